"""Hazard 31: all scripts, emoji and marks come through whole; floods are bounded; cuts fall between clusters."""

import pytest

from burnish.texts import MAX_MARKS, look
from tests.zoo.texts import FAMILY, GERMANY, GOOD, HEBREW, HINDI, PERSIAN, SINHALA, THAI, WAVE


@pytest.mark.parametrize("text", GOOD)
def test_writing_is_left_alone(text):
    assert look(text).clean == text
    assert "invisible_characters" not in look(text).flags


@pytest.mark.parametrize("text", [PERSIAN, HINDI, SINHALA, THAI])
def test_joiners_survive_where_writing_needs_them(text):
    assert any(c in text for c in "\u200b\u200c\u200d")
    assert look(f"{text} {text}").clean == f"{text} {text}"


def test_emoji_sequences_survive_and_broken_ones_lose_their_joiner():
    assert look(f"{FAMILY}{WAVE}{GERMANY}").clean == f"{FAMILY}{WAVE}{GERMANY}"
    assert look("\U0001f468\u200d family").clean == "\U0001f468 family"


def test_floods_of_marks_are_bounded():
    view = look("Z" + "\u0301\u0489" * 100 + "algo")
    assert view.clean == "Z" + "\u0301\u0489" * (MAX_MARKS // 2) + "algo"
    assert view.flags == ("combining_flood",)
    pointed = "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05c1\u05b4\u05d9\u05ea"
    assert look(pointed).clean == pointed


@pytest.mark.parametrize("text", ["p\u0430ypal", "\u0412OSS", "Ni\u03bde"])
def test_a_word_of_two_alphabets_is_flagged(text):
    assert look(text).flags == ("mixed_scripts",)


@pytest.mark.parametrize(
    "text", [f"{HEBREW} and English", "Москва in winter", "5 \u03bcm", "\u732bcat", "\u03b1-helix"]
)
def test_a_text_of_two_languages_is_not(text):
    assert look(text).flags == ()


@pytest.mark.parametrize("text", GOOD)
def test_cuts_never_leave_half_a_cluster_behind(text):
    repeated = f"{text} " * 10
    shown = {look(repeated, n).clean for n in range(1, len(repeated))}
    tails = ("\u200d", "\U0001f3f4", "\u094d", "\u0dca")
    assert not [s for s in shown if s.endswith(tails)]
