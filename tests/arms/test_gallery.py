"""Every different image is looked at once, whichever sources it is in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xxhash

from burnish import api
from burnish.arms.gallery import gallery
from burnish.errors import UsageError
from burnish.proxy import Epoch, Floats
from tests.mixing.outputs import make
from tests.shards import write_shard


class Means:
    """A proxy that only looks: the mean colour of each picture."""

    identity, side_px = "means", 64

    def look(self, pictures: Iterable[Any]) -> Floats:
        return np.stack([rgb.mean(axis=(0, 1)) for rgb in pictures]).astype(np.float32)

    def train(self, seen: Floats, epochs: Sequence[Epoch], seed: int) -> Any:
        raise AssertionError(f"nobody trains here: {len(seen)}, {len(epochs)}, {seed}")


def test_rows_are_found_by_the_image_file(tmp_path: Path) -> None:
    known = make(tmp_path / "out", shards=3, each=20)
    found = gallery([str(known.path), f"{known.path}-in"], Means())
    pairs = list(api.open(known.path))
    assert len(found.rows) == len(found.seen) == len({pair.image for pair in pairs})
    alone = Means()
    for pair in pairs[::7]:
        (record,) = api.assess([(pair.image, pair.text)], backend=_nothing)
        row = found.rows[xxhash.xxh3_128_hexdigest(pair.image)]
        assert found.seen[row] == pytest.approx(alone.look([record.picture.rgb])[0], abs=1.0)


def test_an_image_that_cannot_be_decoded_is_no_missing_row(tmp_path: Path) -> None:
    write_shard(tmp_path / "in" / "00000.tar", ["good", "bad"], broken={1})
    with pytest.raises(UsageError, match="cannot be decoded"):
        gallery([str(tmp_path / "in")], Means())


def _nothing(request: Any) -> float:
    return 3.0
