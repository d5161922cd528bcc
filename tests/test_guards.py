"""What no rewrite may be. Each kind once in and once out: a guard that always speaks would be worth nothing."""

from __future__ import annotations

import pytest

from burnish import guards


@pytest.mark.parametrize(
    ("before", "after", "flaw"),
    [
        ("a cat IMG", "I'm sorry, I can't help with that.", "refusal"),
        ("a cat IMG", "As an AI language model I cannot see", "refusal"),
        ("dog", "Give it back unchanged: a dog", "echo"),
        ("hat", "a hat on top of a hat on top of a hat on top of a hat on top", "loop"),
        ("hat", "hut " * 60, "loop"),
        ("dog", "Sure! A dog", "boilerplate_opening"),
        ("dog", "Here is the mended caption: a dog", "boilerplate_opening"),
        ("dog beach", "The image shows a dog on a beach", "boilerplate_opening"),
        ("Hund", "Das Bild zeigt einen Hund", "boilerplate_opening"),
        ("dog", "一只狗", "language_changed"),
        ("пёс на пляже", "a dog on the beach", "language_changed"),
        (
            "a small dog runs along the beach in the evening sun",
            "Ein kleiner Hund läuft in der Abendsonne am Strand entlang",
            "language_changed",
        ),
    ],
)
def test_a_rewrite_with_a_flaw_is_told(before: str, after: str, flaw: str) -> None:
    assert guards.flaw(before, after) == flaw


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("red_barn_IMG", "red barn"),
        ("The image shows a dog .jpg", "The image shows a dog"),
        ("Sorry, we are closed sign jpg", "Sorry, we are closed sign"),
        ("NEW YORK NEW YORK", "New York, New York"),
        ("東京の夜 IMG_1", "東京の夜"),
        ("東京 Tower by night", "Tokyo Tower by night"),
        ("Hund am Strand DSC_1", "Hund am Strand"),
        ("", "a dog"),
        ("12345", "12345"),
        ("Hund", "they were walking there together"),  # of one word nobody is sure
    ],
)
def test_a_plain_rewrite_has_none(before: str, after: str) -> None:
    assert guards.flaw(before, after) == ""


def test_what_was_there_before_may_stay() -> None:
    loop = "row row row your boat gently down the stream " * 6
    assert guards.flaw(loop, loop.strip()) == ""


@pytest.mark.parametrize("text", ["", "a", "New York, New York", "that that is is that that is not is not", "a " * 5])
def test_short_repetitions_are_no_loops(text: str) -> None:
    assert not guards.loops(text)


@pytest.mark.parametrize(
    ("after", "writing", "flaw"),
    [
        ("a sign in Vienna", None, "new_facts"),
        ("a sign in Vienna", (), "new_facts"),
        ("a sign in Vienna", ("WIEN", "VIENNA"), ""),
        ("a sign that reads 'open'", None, ""),  # nobody looked
        ("a sign that reads 'open'", (), "writing_not_in_image"),
        ("a sign that reads 'open'", ("CLOSED",), "writing_not_in_image"),
        ("a sign that reads 'open'", ("OPEN 24 h",), ""),
        ("a road sign", ("CLOSED",), ""),
    ],
)
def test_a_claim_needs_the_text_or_the_writing_in_the_picture(
    after: str, writing: tuple[str, ...] | None, flaw: str
) -> None:
    assert guards.unfounded("a road sign", after, writing) == flaw


CAPTION = (
    "An old wooden boat lies upside down on a stony beach below high white cliffs, under a sky with a few thin clouds"
)


@pytest.mark.parametrize(
    ("text", "looping"),
    [
        ("x a b c d y a b c d z a b c d", True),  # three times, the last time at the end
        ("x a b c d y a b c d z", False),
        ("ab" * 60, True),  # 120 characters: long enough to tell by compression
        ("ab" * 59 + "a", False),
        (CAPTION + ", drawn by hand", False),  # longer than that, and nothing is said twice
        ("\ud800" * 200, True),  # what is no text can still be measured
    ],
)
def test_a_loop_is_told_at_its_limits(text: str, *, looping: bool) -> None:
    assert guards.loops(text) is looping


def test_letters_count_by_their_script_and_not_by_their_case() -> None:
    assert guards._scripts("RED apple") == {"LATIN"}
    assert guards._scripts("ねこ") == guards._scripts("猫") == {"CJK"}
    assert guards._scripts("\U00017000") == {"?"}  # a letter that Python has no name for


@pytest.mark.parametrize(("text", "scripts"), [("abcdж", {"LATIN", "CYRILLIC"}), ("abcdeж", {"LATIN"})])
def test_a_fifth_of_the_letters_makes_a_script(text: str, scripts: set[str]) -> None:
    assert guards._scripts(text) == scripts


def test_five_words_are_enough_to_tell_a_language() -> None:
    before, after = "they were walking there together", "der alte Mann schläft nicht"
    assert min(guards.languages.classify(text)[1] for text in (before, after)) >= guards.LANGUAGE_SURE
    assert guards.flaw(before, after) == "language_changed"


@pytest.mark.parametrize(
    ("text", "language", "foreign"),
    [
        ("they were walking there together", "en", False),
        ("they were walking there together", "de", True),
        ("they were walking there", "de", False),  # four words: nobody is sure
        ("a small dog runs fast", "de", False),  # five, and still not sure
    ],
)
def test_a_text_in_another_language_is_told_when_it_is_sure(text: str, language: str, *, foreign: bool) -> None:
    assert guards.foreign(text, language) is foreign
