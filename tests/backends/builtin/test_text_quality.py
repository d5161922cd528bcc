"""Good captions of many languages and kinds are not called bad; bad ones are caught.

The list (text_quality.tsv) was written before the head was trained. Its held half served for the count alone.
"""

import csv
from pathlib import Path

import pytest

from burnish.backends.builtin.judge import Judge

MIDDLE = 3.0  # captions below are rewritten by default
LIST = Path(__file__).parent / "text_quality.tsv"
OTHER_LANGUAGES = 25


def rows(part: str, label: str) -> list[dict[str, str]]:
    with LIST.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in found if (row["part"], row["label"]) == (part, label)]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


def said(judge: Judge, part: str, label: str) -> dict[str, list[str]]:
    """ "bad", "good" or "" (not judged) -> the texts of which it is said."""
    answers: dict[str, list[str]] = {"bad": [], "good": [], "": []}
    for row in rows(part, label):
        judged = judge.text_quality(judge.read([row["text"]])[0])
        answers["" if judged.abstained else "bad" if judged.value < MIDDLE else "good"].append(row["text"])
    return answers


def test_the_list_is_as_large_and_as_wide_as_it_claims():
    good, bad = rows("held", "good") + rows("open", "good"), rows("held", "bad") + rows("open", "bad")
    assert len(good) >= 200
    assert len(bad) >= 80
    assert len({row["kind"] for row in good if not row["kind"].startswith("en_")}) >= OTHER_LANGUAGES
    assert len({row["text"] for row in good + bad}) == len(good) + len(bad)


@pytest.mark.parametrize(("part", "most"), [("open", 0), ("held", 2)])
def test_good_captions_are_not_called_bad(judge, part, most):
    assert len(said(judge, part, "good")["bad"]) <= most


@pytest.mark.parametrize(("part", "least"), [("open", 47), ("held", 47)])
def test_bad_captions_are_caught(judge, part, least):
    assert len(said(judge, part, "bad")["bad"]) >= least


@pytest.mark.parametrize("part", ["open", "held"])
def test_good_english_is_mostly_judged(judge, part):
    english = {row["text"] for row in rows(part, "good") if row["kind"].startswith("en_")}
    praised = english & set(said(judge, part, "good")["good"])
    assert len(praised) >= 0.85 * len(english)


@pytest.mark.parametrize(
    "text",
    ["Красная машина перед домом", "公園で遊ぶ子供たち", "كلب في الحديقة", "Der alte Schlüssel liegt auf dem Tisch"],
)
def test_what_may_not_be_english_is_not_judged(judge, text):
    judged = judge.text_quality(judge.read([text])[0])
    assert judged.abstained
    assert judged.confidence == 0.0
    assert "English" in judged.reason


@pytest.mark.parametrize(
    "text", ["собака_02.jpg", "<p>公園で遊ぶ子供たち</p>", "МÐ¾ÑÐºÐ²Ð°", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"]
)
def test_sure_signs_of_junk_count_in_every_language(judge, text):
    judged = judge.text_quality(judge.read([text])[0])
    assert not judged.abstained
    assert judged.value < 1.5
    assert judged.confidence > 0.9
