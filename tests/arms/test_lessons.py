"""A proxy trains on what `MixedPairs` would give it, picture by picture and text by text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xxhash

from burnish.arms import lessons
from burnish.errors import UsageError
from burnish.mixing import MixedPairs
from burnish.mixing.mixture import Mixture
from tests.mixing.mixtures import mixture
from tests.mixing.outputs import make

FILTERED = """[groups.all]
missing = ["ssc", "alt"]
roles = { alt = 0.4, ssc = 0.6 }
[groups.all.scores]
criterion = "overall"
of = "ssc"
unscored = 1
weights = { "< 3" = 0, ">= 3" = 2 }
"""
COMPENSATED = '[groups.all]\nmissing = "compensate"\nroles = { alt = 0.5, ssc = 0.5 }\n'
SHARED = 'weights = "shares"\nsize = 13\n[groups.all]\nmissing = "drop"\nroles = { alt = 0.5, ssc = 0.5 }\n'


def rows_of(mixed: Mixture) -> dict[str, int]:
    """Each picture with the number of its first sample in the stream."""
    rows: dict[str, int] = {}
    for epoch in range(4):
        for sample in MixedPairs(replace(mixed, epoch=epoch)):
            rows.setdefault(xxhash.xxh3_128_hexdigest(sample["image"]), len(rows))
    return rows


@pytest.mark.parametrize("toml", [FILTERED, COMPENSATED, SHARED])
def test_epochs_hold_what_the_stream_gives(tmp_path: Path, toml: str) -> None:
    mixed = mixture(toml, make(tmp_path / "out").path, head="seed = 5")
    rows = rows_of(mixed)
    given = lessons.epochs(mixed, lessons.read(mixed), rows, 4)
    for number, epoch in enumerate(given):
        stream = MixedPairs(replace(mixed, epoch=number))
        wanted = sorted((rows[xxhash.xxh3_128_hexdigest(s["image"])], s["text"]) for s in stream)
        assert sorted(zip(epoch.pictures.tolist(), epoch.texts, strict=True)) == wanted
    assert len({epoch.texts for epoch in given}) > 1


def test_one_reading_serves_all_shares(tmp_path: Path) -> None:
    mixed = mixture(COMPENSATED, make(tmp_path / "out").path)
    reading, rows = lessons.read(mixed), rows_of(mixed)
    alone = mixture("[groups.all]\nroles = { alt = 1 }\n", tmp_path / "out")
    (epoch,) = lessons.epochs(alone, reading, rows, 1)
    assert len(epoch.texts) == 20
    assert all(text.startswith("alt ") for text in epoch.texts)


def test_a_picture_nobody_looked_at_is_no_row_0(tmp_path: Path) -> None:
    mixed = mixture(COMPENSATED, make(tmp_path / "out").path)
    with pytest.raises(UsageError, match="was not looked at"):
        lessons.epochs(mixed, lessons.read(mixed), {}, 1)


def test_shuffled_lessons_have_the_same_texts_with_other_pictures_the_same_in_all_epochs(tmp_path: Path) -> None:
    mixed = mixture("[groups.all]\nroles = { alt = 1 }\n", make(tmp_path / "out").path)
    given = lessons.epochs(mixed, lessons.read(mixed), rows_of(mixed), 3)
    wrong = lessons.shuffled(given, seed=1)
    assert [epoch.texts for epoch in wrong] == [epoch.texts for epoch in given]
    assert sorted(wrong[0].pictures) == sorted(given[0].pictures)
    assert np.mean(wrong[0].pictures == given[0].pictures) < 0.5
    assert (wrong[0].pictures == wrong[2].pictures).all()
