"""Hazard 30: the longest caption is cut to the budget, flagged, and takes linear time.

There is no clock here: a step that was quadratic would take many minutes on these sizes and run into the time limit.
"""

import pytest

from burnish.sensitive import mask
from burnish.texts import MAX_CHARS, cut, decode, look, storable, terminal
from tests.zoo.texts import PIECES

SIZE = 200_000
MORE = (
    *(
        "a",
        "ab ",
        "\x1b[0",
        "\x1b]a",
        "\x9d\x90",
        "<a",
        "</",
        "&#",
        "&#1",
        "&a",
        "a@",
        "a.",
        "a.b@",
        "1 ",
        "+1 ",
        "1-",
        "A1",
    ),
    *(
        "\u0915\u094d",
        "\U0001f468\u200d",
        "\U0001f3f4\U000e0061",
        "http://",
        "www.",
        "DE89 ",
        "eyJa.",
        "-----BEGIN ",
        "sk-",
    ),
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", [*PIECES, *MORE], ids=ascii)
def test_endless_repetition(piece):
    text = piece * (SIZE // len(piece) + 1)
    for view in (look(text), look(text, entities=True), look("x" + text + "y")):
        assert len(view.clean) <= MAX_CHARS
    assert len(terminal(text)) <= 201
    assert len(storable(text)[0]) == len(text)
    assert len(cut(text, SIZE // 2)) <= SIZE // 2


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "start", ["\x1b]", "\x1b[", "<a", "&#", "a@", "+1", "\x90", "\U0001f3f4", "IMG_", "http://"], ids=ascii
)
@pytest.mark.parametrize("piece", ["a", "1", " ", ";", "\U000e0061", "1 ", "a-"], ids=ascii)
def test_a_start_that_never_ends(start, piece):
    text = start + piece * (SIZE // len(piece))
    assert len(look(text, entities=True).clean) <= MAX_CHARS
    assert mask(text)


def test_it_is_flagged_and_the_start_is_shown():
    view = look("A dog. " + "buy now " * 125_000)
    assert view.clean.startswith("A dog. buy now")
    assert view.flags == ("too_long",)
    assert look(decode(b"\xff" * SIZE)).flags == ("invalid_unicode", "too_long")


def test_a_text_of_hidden_characters_is_empty_not_long():
    assert look("\u200b" * SIZE).flags == ("invisible_characters", "empty")
