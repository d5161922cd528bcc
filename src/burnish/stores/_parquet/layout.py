"""Which columns hold the image, the text and the key, and whether the files of a source agree about their columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from burnish.errors import UsageError
from burnish.storage.places import locate
from burnish.storage.stopping import stop_error
from burnish.stores._options import IMAGE_NAMES, KEY_NAMES, TEXT_NAMES, first_of, not_found
from burnish.values import Shard

_FOOTERS_AT_ONCE: Final = 8  # remote footers are read in parallel: each costs two round trips


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Names of the columns used; `key` is "" where the row number has to do."""

    image: str
    text: str
    key: str


def layout(schema: pa.Schema, options: Mapping[str, str], where: str) -> Layout:
    """The columns named in `options` or guessed. Raises `UsageError` that names `where` and lists the columns."""
    twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if twice:
        raise UsageError(f"{where}: two columns are called {twice[0]!r}.\nRename one of them.")
    return Layout(
        image=_image(schema, options.get("image_column"), where),
        text=_text(schema, options.get("text_column"), where),
        key=_key(schema, options.get("key_column"), where),
    )


def agreed(shards: Iterable[Shard], options: Mapping[str, str]) -> None:
    """Refuse a source whose files disagree (hazard 15). Files that cannot be read are left to become faults.

    A column may be missing or null in some files; the same column with another kind of value is a `UsageError`
    that names both files, and so are columns for image, text or key that differ.
    """
    kinds: dict[str, tuple[str, str]] = {}
    first: tuple[str, Layout] | None = None
    for shard, schema in _schemas(list(shards)):
        if schema is None:
            continue
        found = layout(schema, options, shard.name)
        first = first or (shard.name, found)
        if found != first[1]:
            raise _differing(first, (shard.name, found))
        for column in schema:
            kind = _kind(column.type)
            before, there = kinds.setdefault(column.name, (kind, shard.name))
            if before == "null":
                kinds[column.name] = (kind, shard.name)
            elif kind not in {before, "null"}:
                raise UsageError(
                    f"column {column.name!r} holds {before} in {there} and {kind} in {shard.name}.\n"
                    "Make the files agree, or give them to separate runs."
                )


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type can be the text."""
    plain = _plain(kind)
    return bool(pa.types.is_string(plain) or pa.types.is_null(plain))


def holds_images(schema: pa.Schema) -> bool:
    """Whether a column could be the images."""
    return any(_is_image(field.type) for field in schema)


def _image(schema: pa.Schema, named: str | None, where: str) -> str:
    fitting = [f.name for f in schema if _is_image(f.type)]
    if named is not None:
        return _checked(schema, named, fitting, "image bytes", ("image_column", where))
    guess = first_of(IMAGE_NAMES, fitting) or (fitting[0] if len(fitting) == 1 else None)
    if guess is None:
        raise not_found(where, "which column holds the image bytes?", "image_column", _described(schema))
    return guess


def _text(schema: pa.Schema, named: str | None, where: str) -> str:
    fitting = [f.name for f in schema if is_text(f.type)]
    if named is not None:
        return _checked(schema, named, fitting, "text", ("text_column", where))
    guess = first_of(TEXT_NAMES, fitting)
    if guess is None:
        raise not_found(where, "which column holds the text?", "text_column", _described(schema))
    return guess


def _key(schema: pa.Schema, named: str | None, where: str) -> str:
    fitting = [f.name for f in schema if pa.types.is_string(_plain(f.type)) or pa.types.is_integer(f.type)]
    if named is not None:
        return _checked(schema, named, fitting, "keys", ("key_column", where))
    return first_of(KEY_NAMES, fitting) or ""


def _checked(schema: pa.Schema, named: str, fitting: list[str], what: str, place: tuple[str, str]) -> str:
    if named in fitting:
        return named
    option, where = place
    why = f"column {named!r} holds no {what}." if named in schema.names else f"there is no column {named!r}."
    raise not_found(where, why, option, _described(schema))


def _described(schema: pa.Schema) -> list[str]:
    return [f"{field.name} ({_kind(field.type)})" for field in schema]


def _is_image(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        at = kind.get_field_index("bytes")
        return at >= 0 and bool(pa.types.is_binary(_plain(kind.field(at).type)))
    return bool(pa.types.is_binary(_plain(kind)))


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type without its encoding: dictionary, large and view forms hold the same values."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind):
        return pa.binary()
    return kind


def _kind(kind: pa.DataType) -> str:
    plain = _plain(kind)
    checks: dict[str, Any] = {
        "text": pa.types.is_string,
        "numbers": lambda t: pa.types.is_integer(t) or pa.types.is_floating(t) or pa.types.is_decimal(t),
        "times": pa.types.is_temporal,
        "lists": lambda t: pa.types.is_list(t) or pa.types.is_large_list(t) or pa.types.is_fixed_size_list(t),
        "records": pa.types.is_struct,
        "bytes": pa.types.is_binary,
    }
    return next((name for name, check in checks.items() if check(plain)), str(plain))


def _differing(one: tuple[str, Layout], other: tuple[str, Layout]) -> UsageError:
    for name in ("image", "text", "key"):
        mine, theirs = getattr(one[1], name), getattr(other[1], name)
        if mine != theirs:
            break
    return UsageError(
        f"the {name} is in column {mine!r} of {one[0]} and in {theirs!r} of {other[0]}.\n"
        f"Make the files agree, or say which to use with: --set store_options.{name}_column=NAME"
    )


def _schemas(shards: list[Shard]) -> Iterable[tuple[Shard, pa.Schema | None]]:
    with ThreadPoolExecutor(_FOOTERS_AT_ONCE) as pool:
        yield from zip(shards, pool.map(schema_of, shards), strict=True)


def schema_of(shard: Shard) -> pa.Schema | None:
    """The file's columns by its footer, None if it has no sound one."""
    place = locate(shard.path)
    try:
        if place.fs is None:
            return pq.read_schema(place.path)
        with place.fs.open(place.path, "rb") as file:
            return pq.read_schema(file)
    except OSError as error:
        if error.errno:
            raise stop_error("read", place.shown, error) from error
        return None
    except (pa.ArrowException, UnicodeDecodeError):
        return None
