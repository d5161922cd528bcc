"""Exams: what is asked, of whom, and who counts as alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from burnish.arms import asked
from burnish.errors import UsageError
from tests.builders import jpeg
from tests.shards import write_shard


@pytest.fixture
def source(tmp_path: Path) -> str:
    texts = [f"text {number // 2}" for number in range(40)]
    write_shard(tmp_path / "in" / "00000.tar", texts, image_of=lambda number: jpeg(number % 30))
    return str(tmp_path / "in")


def test_each_different_picture_is_asked_about_once_and_those_of_one_text_are_alike(source: str) -> None:
    (exam,) = asked.read([source])
    assert exam.name == "text"
    assert len(exam.questions) == 30
    by_text: dict[str, set[int]] = {}
    for one in exam.questions:
        by_text.setdefault(one.text, set()).add(one.group)
    assert len(by_text) == 15
    assert all(len(groups) == 1 for groups in by_text.values())
    assert len({one.group for one in exam.questions}) == 15


def test_a_field_says_what_is_right_and_the_same_picture_is_in_one_group_of_all_exams(source: str) -> None:
    own, field = asked.read([source, f"caption={source}"])
    assert (own.name, field.name) == ("text", "caption")
    assert {one.image_xxh128: one.group for one in own.questions} == {
        one.image_xxh128: one.group for one in field.questions
    }
    assert own.digest == field.digest


def test_of_the_arms_own_source_a_share_is_held_out_the_same_one_in_all_exams(source: str) -> None:
    one, other = asked.read([source, f"caption={source}"], source, held_out=0.5)
    assert 10 <= len(one.questions) < 30
    assert {q.image_xxh128 for q in one.questions} == {q.image_xxh128 for q in other.questions}
    whole = {q.image_xxh128 for q in asked.read([source])[0].questions}
    assert {q.image_xxh128 for q in one.questions} < whole


def test_the_arms_own_source_is_known_however_its_path_is_spelt(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = asked.read([source], source, held_out=0.5)[0].questions
    folder = Path(source)
    monkeypatch.chdir(folder.parent)
    (folder.parent / "link").symlink_to(folder)
    for spelt in (f"{source}/", "in", "./in", "../" + folder.parent.name + "/in/", f"file://{source}", "link"):
        assert asked.read([spelt], source, held_out=0.5)[0].questions == wanted, spelt
    assert asked.read(["caption=./in"], source, held_out=0.5)[0].questions == wanted


def test_exams_of_one_name_are_numbered_and_the_same_one_twice_is_refused(source: str, tmp_path: Path) -> None:
    others = [str(tmp_path / name) for name in ("a", "b")]
    for number, other in enumerate(others):
        texts = [f"other {number} {at}" for at in range(12)]
        write_shard(Path(other) / "0.tar", texts, first=100 * (number + 1))
    exams = asked.read([source, *others, f"caption={source}"])
    assert [exam.name for exam in exams] == ["text", "text 2", "text 3", "caption"]
    with pytest.raises(UsageError, match="given twice"):
        asked.read([source, *others, f"{source}/"])


def test_more_than_are_wanted_are_drawn_the_same_way_each_time(source: str) -> None:
    (few,) = asked.read([source], at_most=12)
    assert len(few.questions) == 12
    assert few == asked.read([source], at_most=12)[0]
    exam = few.exam({one.image_xxh128: row for row, one in enumerate(few.questions)})
    assert exam.pictures.tolist() == list(range(12))


@pytest.mark.parametrize(("given", "said"), [([], "--exam"), (["nothing={}"], "0 pictures")])
def test_an_exam_that_asks_nothing_is_refused(source: str, given: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        asked.read([one.format(source) for one in given])


def test_a_share_that_cannot_be_is_refused(source: str) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        asked.read([source], source, held_out=1.0)
