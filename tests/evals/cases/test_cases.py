"""Classes and texts from scenes, from any source, and from tars in clip_benchmark's form."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from burnish.errors import UsageError
from burnish.evals import cases
from burnish.evals.scenarios import Given
from burnish.scenes import catalogue, writing
from tests.builders import jpeg
from tests.shards import write_shard


def given(source: object = "", limit: int = 1_000, seed: int = 0) -> Given:
    return Given(source=str(source), limit=limit, side_px=256, seed=seed)


def benchmark(folder: Path, members: list[dict[str, bytes]], **files: str) -> Path:
    """A data set as `clip_benchmark_export_wds` writes it, two pictures a shard."""
    shards = folder / "test"
    shards.mkdir(parents=True)
    for first in range(0, len(members), 2):
        with tarfile.open(shards / f"{first // 2}.tar", "w") as tar:
            for at, parts in enumerate(members[first : first + 2], first):
                for suffix, data in parts.items():
                    info = tarfile.TarInfo(f"s{at:07d}.{suffix}")
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))
    (shards / "nshards.txt").write_text(f"{(len(members) + 1) // 2}\n")
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


def classes_of(folder: Path, **options: str) -> cases.Classes:
    return cases.load("clip_benchmark").classes(given(folder), options)


def test_classes_in_clip_benchmarks_form(tmp_path):
    folder = benchmark(
        tmp_path / "set",
        [{"jpg": jpeg(0), "cls": b"2"}, {"jpg": jpeg(1), "cls": b"0"}, {"jpg": jpeg(2), "cls": b"1"}],
        classnames="cat\ngreat white shark\ndog\n",
        zeroshot_classification_templates="a photo of a {c}.\na {c}.\n",
    )
    found = classes_of(folder)
    assert found.names == ("cat", "great white shark", "dog")
    assert found.templates == ("a photo of a {c}.", "a {c}.")
    shown = list(found.cases)
    assert [case.label for case in shown] == [2, 0, 1]
    assert [case.key for case in shown] == ["s0000000", "s0000001", "s0000002"]
    assert found.missing.count == 0


def test_what_cannot_be_shown_is_counted(tmp_path):
    folder = benchmark(
        tmp_path / "set",
        [{"jpg": b"\xff\xd8 no image", "cls": b"0"}, {"jpg": jpeg(1), "cls": b"x"}, {"jpg": jpeg(2), "cls": b"1"}],
        classnames="cat\ndog\n",
    )
    found = classes_of(folder)
    assert [case.label for case in found.cases] == [1]
    assert found.missing.count == 2
    assert found.templates == cases.TEMPLATES


def test_several_captions_a_picture(tmp_path):
    folder = benchmark(
        tmp_path / "set",
        [{"jpg": jpeg(0), "txt": b"a cat\nein Kater\n\nuna gata"}, {"jpg": jpeg(1), "txt": b"a dog"}],
        dataset_type="retrieval\n",
    )
    found = cases.load("clip_benchmark").texts(given(folder), {})
    assert [case.texts for case in found.cases] == [("a cat", "ein Kater", "una gata"), ("a dog",)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "classnames.txt"),
        ({"classnames": "cat\n"}, "of class 1, but"),
        ({"classnames": "cat\ndog\n", "dataset_type": "retrieval"}, "for retrieval"),
        ({"classnames": "cat\ndog\n", "dataset_type": "multilabel"}, "for multilabel"),
        ({"classnames": "cat\ndog\n", "zeroshot_classification_templates": "a photo"}, "no place for a class"),
    ],
)
def test_data_sets_that_are_none(tmp_path, files, said):
    folder = benchmark(tmp_path / "set", [{"jpg": jpeg(0), "cls": b"1"}], **files)
    with pytest.raises(UsageError, match=said):
        list(classes_of(folder).cases)


def test_a_missing_shard_or_split_is_named(tmp_path):
    folder = benchmark(tmp_path / "set", [{"jpg": jpeg(at), "cls": b"0"} for at in range(4)], classnames="a\nb\n")
    with pytest.raises(UsageError, match="is no folder"):
        classes_of(folder, split="train")
    (folder / "test" / "1.tar").unlink()
    with pytest.raises(UsageError, match="speaks of 2 shards, 1 are there"):
        classes_of(folder)
    with pytest.raises(UsageError, match="no option 'colour'"):
        classes_of(folder, colour="red")


def test_pairs_with_a_field_and_with_their_text(tmp_path):
    write_shard(tmp_path / "in" / "00000.tar", ["a dog", "a cat", ""], broken=[1])
    pairs = cases.load("pairs")
    found = pairs.classes(given(tmp_path / "in"), {"field": "key"})
    assert found.names == ("000000000", "000000001", "000000002")
    assert [case.label for case in found.cases] == [0, 2]
    assert found.missing.count == 1
    told = pairs.texts(given(tmp_path / "in"), {})
    assert [case.texts for case in told.cases] == [("a dog",)]
    assert told.missing.count == 2  # no picture, no text
    for options, said in (({}, "which field"), ({"field": "status"}, "1 different values")):
        with pytest.raises(UsageError, match=said):
            pairs.classes(given(tmp_path / "in"), options)
    with pytest.raises(UsageError, match="needs a source"):
        pairs.texts(given(), {})


def test_objects_are_cut_out_of_scenes(tmp_path):
    kind = cases.load("scenes")
    found = kind.classes(given(limit=3), {})
    shown = list(found.cases)
    assert len({case.group for case in shown}) == 3
    assert all(case.key.endswith(found.names[case.label]) for case in shown)
    assert all(8 < min(case.picture.rgb.shape[:2]) < 130 for case in shown)
    assert set(found.names) == {thing.noun for thing in catalogue.objects()}
    again = list(kind.classes(given(limit=3), {}).cases)
    assert all(np.array_equal(one.picture.rgb, two.picture.rgb) for one, two in zip(shown, again, strict=True))
    other = list(kind.classes(given(limit=3, seed=1), {}).cases)
    assert {case.group for case in shown}.isdisjoint(case.group for case in other)


def test_captions_of_scenes(tmp_path):
    writing.write(tmp_path / "scenes", 4, 17, 0.0)
    kind = cases.load("scenes")
    short = list(kind.texts(given(tmp_path / "scenes"), {}).cases)
    dense = list(kind.texts(given(tmp_path / "scenes"), {"captions": "dsc"}).cases)
    assert [case.key for case in short] == [case.key for case in dense]
    assert all(len(a.texts[0]) < len(b.texts[0]) for a, b in zip(short, dense, strict=True))
    with pytest.raises(UsageError, match="no captions 'long'"):
        kind.texts(given(), {"captions": "long"})
