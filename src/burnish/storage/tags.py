"""What lies below a place, with sizes and whatever changes when a file does: so a later look tells what has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from burnish.storage.places import local_tag, locate, remote_errors, tag_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file as a listing shows it. `tag`: its etag or time stamp, "" if unknown. `sha256` and `git` (the id of a git
    blob): digests that the place itself knows, "" where it does not.
    """

    size: int
    tag: str = ""
    sha256: str = ""
    git: str = ""


def look(url: str) -> Mapping[str, Seen]:
    """All files below `url` by name, sorted; none if it is not there. Raises `OSError`."""
    place = locate(url)
    if place.fs is None:
        return dict(sorted(_local(place.local)))
    root = place.path.rstrip("/")
    with remote_errors():
        place.fs.invalidate_cache()
        try:
            found = place.fs.find(root, detail=True)
        except FileNotFoundError:
            return {}
        return {
            name.removeprefix(root).lstrip("/"): Seen(size=int(info["size"] or 0), tag=tag_of(info))
            for name, info in sorted(found.items())
            if info.get("type") != "directory"
        }


def _local(root: Path) -> Iterator[tuple[str, Seen]]:
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            stat = path.lstat()
            yield path.relative_to(root).as_posix(), Seen(size=stat.st_size, tag=local_tag(stat))
