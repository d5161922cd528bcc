"""From what a user types to a list of shards: a folder, a file, a glob, a brace pattern, on any filesystem."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import has_magic
from itertools import pairwise
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from burnish.errors import StopError, UsageError
from burnish.storage.braces import expand_braces
from burnish.storage.places import Place, local_tag, locate, remote_errors, tag_of
from burnish.storage.redact import redact
from burnish.storage.scratch import scratch_file
from burnish.storage.stopping import stopping
from burnish.texts import storable
from burnish.values import Shard

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A file: what to open, its path on its filesystem, and the folder there that its name is counted from."""

    url: str
    path: str
    root: str
    size: int
    tag: str


def expand(source: str, suffixes: tuple[str, ...]) -> list[Shard]:
    """The shards `source` names, sorted by name (brace patterns: also sorted), names unique.

    `source` is a folder (searched below, hidden entries skipped, links to folders not followed), a file, a glob or a
    brace pattern, local or any fsspec URL. Folders and globs give files whose lower-case name ends in one of
    `suffixes`; a file named outright is taken as it is. Raises `UsageError` if anything named is missing.
    """
    shown = redact(source)
    if not source.strip():
        raise UsageError("the source is empty.\nGive a folder, a file, a pattern (name-{00000..00099}.tar) or a URL.")
    named = pieces(source)
    found: list[_Found] = []
    missing: list[str] = []
    with stopping("list", shown):
        for piece in named:
            files = _files(locate(piece), suffixes)
            found += files
            if not files:
                missing.append(piece)
    if missing:
        raise _nothing(shown, [redact(m) for m in missing], len(named), suffixes)
    return _shards(found, shown)


def pieces(source: str) -> list[str]:
    """What `source` stands for: itself if that exists, else every name of its brace pattern."""
    return [source] if _is_there(source) else expand_braces(source)


def search_root(piece: str) -> tuple[Place, bool]:
    """Where one piece is looked for, and whether everything below that place counts as named."""
    place = locate(piece)
    if place.fs is None and _is_there(piece):
        return place, place.local.is_dir()
    if not _is_glob(place):
        return place, place.fs is not None
    fixed = _fixed_part(place.path)
    return Place(fs=place.fs, path=fixed, url=fixed), "**" in place.path


@contextmanager
def local_copy(shard: Shard) -> Iterator[Path]:
    """A local path with the shard's bytes: its own path if it is local, else a temporary copy, removed afterwards.

    Size and tag are compared with the listing before and after: a shard that changes under the reader raises
    `StopError` (hazard 8), as do network and disk errors.
    """
    place = locate(shard.path)
    _same(shard, place)
    if place.fs is None:
        yield place.local
        _same(shard, place)
        return
    with scratch_file() as path:
        with stopping("fetch", place.shown):
            _fetch(place, path)
        _same(shard, place)
        if path.stat().st_size != shard.size:
            raise _changed(shard, f"{path.stat().st_size:,} bytes arrived")
        yield path


@remote_errors()
def _fetch(place: Place, path: Path) -> None:
    fs: Any = place.fs
    fs.get_file(place.path, str(path))


def _same(shard: Shard, place: Place) -> None:
    with stopping("read", place.shown):
        size, tag = _identity(place)
    if size != shard.size:
        raise _changed(shard, f"{size:,} bytes now")
    if shard.tag and tag != shard.tag:
        raise _changed(shard, "same size, another time stamp or etag")


def _identity(place: Place) -> tuple[int, str]:
    if place.fs is None:
        stat = place.local.stat()
        return stat.st_size, local_tag(stat)
    with remote_errors():
        place.fs.invalidate_cache(place.path)
        info = place.fs.info(place.path)
    return int(info["size"] or 0), tag_of(info)


def _changed(shard: Shard, how: str) -> StopError:
    return StopError(
        f"{shard.name} changed while it was in use: {shard.size:,} bytes when listed, {how}.\n"
        "Let the upload or copy finish, then run the same command again."
    )


def _is_there(source: str) -> bool:
    """A local name with braces or brackets in it that exists is meant as it stands."""
    place = locate(source)
    return place.fs is None and os.path.exists(place.path)  # noqa: PTH110 -- never raises, pathlib does on odd names


def _is_glob(place: Place) -> bool:
    if place.fs is not None and place.url.startswith(("http://", "https://")):
        return has_magic(place.path.split("?", 1)[0])  # in http "?" starts the query
    return has_magic(place.path)


def _files(place: Place, suffixes: tuple[str, ...]) -> list[_Found]:
    if place.fs is None:
        return _local_files(place.local, suffixes)
    return _remote_files(place.fs, place, suffixes)


def _local_files(path: Path, suffixes: tuple[str, ...]) -> list[_Found]:
    if _is_there(str(path)):
        if not path.is_dir():
            return [_local_found(path, path.parent)]
        return [_local_found(file, path) for file in _walk(path) if _wanted(file.name, suffixes)]
    if not has_magic(str(path)):
        return []
    root = Path(_fixed_part(str(path)))
    pattern = str(path.relative_to(root))
    hits = sorted(hit for hit in root.glob(pattern) if not hit.is_dir() and not _hidden(hit, root))
    return [_local_found(hit, root) for hit in hits if _wanted(hit.name, suffixes)]


def _local_found(path: Path, root: Path) -> _Found:
    if path.is_symlink() and not path.exists():
        raise UsageError(f"{path} is a link to nothing.\nMend it or take it away; nothing was touched.")
    stat = path.stat()
    if not S_ISREG(stat.st_mode):
        raise UsageError(f"{path} is not a regular file.\nGive files that can be read twice, no pipes or devices.")
    return _Found(url=str(path), path=str(path), root=str(root), size=stat.st_size, tag=local_tag(stat))


def _walk(root: Path) -> Iterator[Path]:
    def stop(error: OSError) -> None:
        raise error

    for folder, folders, files in os.walk(root, onerror=stop):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(files) if not name.startswith("."))


@remote_errors()
def _remote_files(fs: AbstractFileSystem, place: Place, suffixes: tuple[str, ...]) -> list[_Found]:
    path = place.path.rstrip("/") or place.path
    if _is_glob(place):
        root = _fixed_part(path)
        infos = fs.glob(path, detail=True)
    elif fs.isfile(path):
        root, infos = path.split("?", 1)[0].rpartition("/")[0], {path: fs.info(path)}
        return [_remote_found(fs, name, root, info) for name, info in infos.items()]
    else:
        root, infos = path, fs.find(path, detail=True)
    return [
        _remote_found(fs, name, root, info)
        for name, info in sorted(infos.items())
        if info.get("type") != "directory" and _wanted(name, suffixes) and not _hidden_below(name, root)
    ]


def _remote_found(fs: AbstractFileSystem, name: str, root: str, info: dict[str, Any]) -> _Found:
    size = int(info.get("size") or 0)
    return _Found(url=str(fs.unstrip_protocol(name)), path=name, root=root, size=size, tag=tag_of(info))


def _wanted(name: str, suffixes: tuple[str, ...]) -> bool:
    return name.lower().endswith(suffixes)


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _hidden_below(name: str, root: str) -> bool:
    return any(part.startswith(".") for part in name[len(root) :].split("/"))


def _fixed_part(pattern: str) -> str:
    """The folders of a glob before the first one with a wildcard in it."""
    parts = pattern.split("/")
    fixed = next((at for at, part in enumerate(parts) if has_magic(part)), len(parts))
    return "/".join(parts[:fixed]) or ("/" if pattern.startswith("/") else ".")


def _common(roots: Sequence[str]) -> str:
    unique = sorted(set(roots))
    return unique[0] if len(unique) == 1 else os.path.commonpath(unique)


def _shards(found: Sequence[_Found], shown: str) -> list[Shard]:
    root = _common([f.root for f in found])
    shards = [Shard(name=_name(f.path, root), path=f.url, size=f.size, tag=f.tag) for f in found]
    shards.sort(key=lambda shard: shard.name)
    odd = next((shard.name for shard in shards if storable(shard.name)[1]), None)
    if odd is not None:
        raise UsageError(f"the file name {odd!a} is not UTF-8.\nRename the file.")
    for before, after in pairwise(shards):
        if before.name == after.name:
            raise UsageError(f"{shown} names {before.name} twice.\nGive every shard once.")
    return shards


def _name(path: str, root: str) -> str:
    """The POSIX path below `root`, without the query string a web address may carry."""
    bare = path.split("?", 1)[0] if path.startswith(("http://", "https://")) else path
    return PurePosixPath(os.path.relpath(bare, root)).as_posix()


def _nothing(shown: str, missing: Sequence[str], named: int, suffixes: tuple[str, ...]) -> UsageError:
    if named > 1:
        names = ", ".join(missing[:3]) + (", ..." if len(missing) > 3 else "")
        return UsageError(f"{len(missing)} of the {named} names of {shown} are missing: {names}.")
    looked = ", ".join("*" + suffix for suffix in suffixes)
    place = locate(missing[0])
    if place.fs is None and not has_magic(place.path) and not _is_there(place.path):
        return UsageError(
            f"{shown} does not exist.\nGive a folder, a file, a pattern (name-{{00000..00099}}.tar) or a URL."
        )
    if not any(suffixes):
        return UsageError(f"{shown} holds no files.\nCheck the path; hidden files are not looked at.")
    return UsageError(f"{shown} holds no input: looked for {looked}.\nCheck the path, or name the form with --store.")
