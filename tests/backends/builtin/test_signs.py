"""Signs of junk need no language; what only looks like one is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.backends.builtin import lexicon, signs


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("кошка 3.JPG", "a file name"),
        ("DSC_0042", "a file name"),
        ("5d41402abc4b2a76b9719d911017c592", "a code, not words"),
        ("Zr8Tq03XwB", "a code, not words"),
        ("<em>Haus</em>", "remains of markup"),
        ("&nbsp;&nbsp;Haus", "remains of markup"),
        ("FrÃ¼hling", "letters broken by a wrong encoding"),
        ("na\ufffdve", "letters broken by a wrong encoding"),
        ("https://example.org/a/b", "an address"),
        ("sdfg hjkl", ""),
        ("lkjhgf", "keys hit at random"),
        ("zapatos baratos zapatos rojos zapatos nuevos", "the same words over and over"),
    ],
)
def test_the_sign_is_named(text, sign):
    assert signs.sure(text) == sign


@pytest.mark.parametrize(
    "text",
    [
        "", "x < y and y > z", "Salt & pepper", "AT&T store", "PÃO DE QUEIJO", "Ðorð", "São João", "iPhone12ProMax",
        "Mars 2020", "P-51 Mustang", "A sign that says www.example.org on a wall", "property", "strewn", "Schwyz",
        "Boeing 747-400", "row, row, row your boat", "Mr. Brown's no. 5", "Łódź", "深圳", "B2B", "H2O", "R2-D2", "Zzz",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_left_alone(text):
    assert signs.sure(text) == ""


def test_a_common_word_is_no_mash_though_it_runs_over_the_keys():
    words = ["property", "liberty", "poverty", "puberty", "strew", "strewn", "strewing", "deeded", "muumuu"]
    assert all(map(lexicon.known, words))
    assert not any(map(signs.mashed, words))


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text):
    assert isinstance(signs.sure(text), str)
