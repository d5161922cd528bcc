"""Groups compared, votes taken, tables written; and that the same comes of any number of workers."""

import pyarrow.parquet as pq
import pytest

from burnish.errors import UsageError
from burnish.passes.disagreements import Member, disagreements, of_group
from burnish.passes.duplicates import Wanted, duplicates
from burnish.passes.sources import given
from burnish.storage.verify import verify
from tests.mixing.outputs import tree
from tests.passes.sets import TEXTS, write


def members(*texts):
    return [Member(group="g", place=at, source="s", shard="a", key=str(at), text=text) for at, text in enumerate(texts)]


def test_the_others_take_a_side():
    rows = list(of_group(members("Two dogs.", "Three dogs.", "Two dogs in the park.", "A park.")))
    assert [(row["one_key"], row["other_key"], row["one_votes"], row["other_votes"], row["side"]) for row in rows] == [
        ("0", "1", 1, 0, "one"),
        ("1", "2", 0, 1, "other"),
    ]
    assert [rows[0][name] for name in ("kind", "about", "one_says", "other_says")] == ["counts", "dog", "2", "3"]


def test_two_alone_are_undecided():
    (row,) = of_group(members("A red car.", "A blue car."))
    assert row["side"] == "tie"


@pytest.fixture
def found(tmp_path):
    source = write(tmp_path / "in")
    duplicates(given([str(source)]), Wanted(of="alt"), str(tmp_path / "dups"), workers=1)
    return source, tmp_path


def test_from_pictures_to_a_table(found):
    source, folder = found
    for workers in (1, 2):
        done = disagreements(
            given([str(source)]), str(folder / "dups"), str(folder / f"out{workers}"), of="alt", workers=workers
        )
    rows = pq.read_table(folder / "out1" / "disagreements" / "00000.parquet").to_pylist()
    assert {(row["one_text"], row["other_text"]) for row in rows} == {(TEXTS[0], TEXTS[1]), (TEXTS[1], TEXTS[2])}
    assert {row["side"] for row in rows} == {"one", "other"}
    assert (done.disagreeing, done.kinds, done.decided) == (2, {"counts": 2}, 2)
    assert tree(folder / "out1") == tree(folder / "out2")
    assert verify(str(folder / "out1")) == []
    assert verify(str(folder / "dups")) == []


def test_groups_of_other_pairs_are_refused(found, tmp_path):
    source, folder = found
    other = write(tmp_path / "other" / "in", seed=100)
    with pytest.raises(UsageError, match="made of other pairs"):
        disagreements(given([str(other)]), str(folder / "dups"), str(tmp_path / "out"))
    with pytest.raises(UsageError, match="no finished pass"):
        disagreements(given([str(source)]), str(source), str(tmp_path / "out2"))
