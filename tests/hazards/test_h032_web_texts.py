"""Hazard 32: HTML, addresses, file names, digits and nothing at all pass as they are, flagged."""

import pytest

from burnish.texts import look

FLAGGED = {
    "html": ["<b>Red</b> apple", "a<br/>b", "Tom &amp; Jerry", "it&#39;s", "x <!-- y"],
    "url": ["see https://x.example/a", "www.shop.example now"],
    "file_name": ["IMG_1234.jpg", "DSC00042", "photo-of-a-cat.PNG", "Screenshot 20240101", "image001", "0177.JPG"],
    "digits_only": ["1234", "12/34 - 5", "\u0661\u0662\u0663"],
    "empty": ["", "  \n\t", "\u3000"],
}
PLAIN = (
    "a < b and c > d",
    "AT&T building",
    "R&D; labs",
    "Apollo 11",
    "image of a dog",
    "photo 5",
    "file.",
    "3 < 4 apples",
)


@pytest.mark.parametrize(("flag", "text"), [(flag, text) for flag, texts in FLAGGED.items() for text in texts])
def test_found_and_left_as_it_is(flag, text):
    view = look(text)
    assert view.clean == text.strip()
    assert view.flags == (flag,)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_texts_are_not_flagged(text):
    assert look(text).flags == ()


def test_an_email_address_is_also_personal():
    assert look("write to a.b@mail.example.com").flags == ("email", "pii")


def test_entities_are_decoded_only_if_asked_for():
    text = "Tom &amp; Jerry&#39;s &lt;house&gt; &copy; &unknown; &#" + "9" * 5_000 + ";"
    assert look(text, 10_000).clean == text
    assert look(text, 60, entities=True).clean.startswith("Tom & Jerry's <house> \u00a9 &unknown; &#999")


def test_case_spaces_and_normal_form_are_never_touched():
    text = "BUY  now\u00a0 cre\u0301me \ufb01ne \uff21"
    assert look(text).clean == text
