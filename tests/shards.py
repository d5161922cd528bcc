"""Clean img2dataset-like tar shards for tests, written with the standard library."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from tests.builders import jpeg


def write_shard(
    path: Path,
    texts: Sequence[str],
    *,
    first: int = 0,
    broken: Collection[int] = (),
    image_of: Callable[[int], bytes] = jpeg,
) -> Path:
    """One pair per text: KEY.jpg KEY.json KEY.txt, keys counting from `first`; `broken` ones hold no image data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as tar:
        for index, text in enumerate(texts):
            key = f"{first + index:09d}"
            image = b"\xff\xd8 not an image" if index in broken else image_of(first + index)
            meta = json.dumps({"caption": text, "key": key, "status": "success"}).encode()
            for suffix, data in (("jpg", image), ("json", meta), ("txt", text.encode())):
                info = tarfile.TarInfo(f"{key}.{suffix}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return path
