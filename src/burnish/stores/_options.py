"""What a store may be told, and how a wrong word is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from burnish.errors import UsageError
from burnish.storage.sources import expand

IMAGE_NAMES: Final = ("image", "jpg", "jpeg", "png", "webp", "img", "picture", "photo", "image_bytes", "bytes")
TEXT_NAMES: Final = ("caption", "text", "alt", "alt_text", "title", "description", "captions", "prompt")
KEY_NAMES: Final = ("key", "__key__", "id", "uid", "image_id", "sample_id")
FILE_NAMES: Final = ("image", "file_name", "path", "images", "image_path", "filename", "img_path", "img", "image_file")

_SHOWN_NAMES: Final = 20


def known(store: str, options: Mapping[str, str] | None, names: Sequence[str]) -> dict[str, str]:
    """A copy of `options`. Raises `UsageError` if one is not among `names`."""
    given = dict(options or {})
    unknown = sorted(given.keys() - set(names))
    if unknown:
        raise UsageError(f"{store} has no option {unknown[0]!r}.\nIt has: {', '.join(names)}")
    return given


def whole(options: Mapping[str, str], name: str, default: int) -> int:
    """The option `name` as a whole number above 0. Raises `UsageError`."""
    value = options.get(name, str(default))
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise UsageError(f"the store option {name} takes a whole number above 0, got {value!r}.")
    return int(value)


def first_of(wanted: Sequence[str], names: Iterable[str]) -> str | None:
    """The first of `wanted` among `names`, whatever its case; `names` are taken in order where case alone differs."""
    there = {name.lower(): name for name in reversed(list(names))}
    return next((there[name] for name in wanted if name in there), None)


def not_found(where: str, what: str, option: str, names: Iterable[str]) -> UsageError:
    """The answer when a column or field could not be guessed or is not there."""
    listed = list(names)
    shown = ", ".join(listed[:_SHOWN_NAMES]) + (", ..." if len(listed) > _SHOWN_NAMES else "")
    return UsageError(
        f"{where}: {what}\nIt has: {shown or 'nothing'}\nName the right one with: --set store_options.{option}=NAME"
    )


def listed(source: str, suffixes: tuple[str, ...]) -> list[str]:
    """Names of the shards with these endings that `source` stands for; none if there are none, for sniffing."""
    try:
        return [s.name for s in expand(source, suffixes) if s.name.lower().endswith(suffixes)]
    except UsageError:
        return []
