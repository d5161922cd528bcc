"""Which columns of a list hold the URL and the text, and its rows as pairs that still lack their images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from burnish.errors import UsageError
from burnish.fetching import FetchError
from burnish.fetching.targets import parse
from burnish.stores._numbering import Numbering
from burnish.stores._options import TEXT_NAMES, first_of, not_found
from burnish.stores._rows.entries import Entry
from burnish.stores._rows.rules import Fields, not_a_text, text_of
from burnish.stores._strict_json import dumps
from burnish.texts import storable
from burnish.values import Fault, Item, Json, Pair, Reason

URL_NAMES: Final = ("url", "image_url", "img_url", "image_link", "contenturl", "image_uri", "uri")
_IMG2DATASET: Final = frozenset({"key", "status", "url"})
_RAW_BYTES: Final = 64 << 10
_RAW_CHARS: Final = 10_000
"""Of a text in quarantine: its row has to stay whole JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Names of the columns used; `text` and `sha256` are "" where there is none. `ports` may be asked."""

    url: str
    text: str
    sha256: str = ""


def columns_of(found: Fields, options: Mapping[str, str], where: str) -> Columns:
    """Those named in `options`, else guessed. A list without texts is fine. Raises `UsageError`."""
    for option in ("url_column", "text_column", "sha256_column"):
        named = options.get(option)
        if named is not None and found.names and named not in found.names:
            raise not_found(where, f"there is no column {named!r}.", option, found.names)
    url = options.get("url_column") or first_of(URL_NAMES, found.names)
    if url is None and found.names:
        raise not_found(where, "which column holds the URL of the image?", "url_column", found.names)
    url = url or URL_NAMES[0]
    text = options.get("text_column") or first_of(TEXT_NAMES, [n for n in found.texts if n != url]) or ""
    return Columns(url=url, text=text, sha256=options.get("sha256_column", ""))


def agreed(columns: list[tuple[str, Columns]]) -> None:
    """Raise `UsageError` if the files of one source disagree about their columns (hazard 15)."""
    for name, found in columns[1:]:
        first, wanted = columns[0]
        if found != wanted:
            raise UsageError(
                f"{first} has its URL and text in {wanted.url!r} and {wanted.text!r}, {name} in {found.url!r} and "
                f"{found.text!r}.\nMake the files agree, or say which to use: --set "
                "store_options.url_column=NAME --set store_options.text_column=NAME"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Numbers pairs as img2dataset does: the shard's number, then the row's, each with its zeros."""

    shard: int
    rows_per_shard: int

    def key(self, row: int) -> str:
        """The key of a row of this shard."""
        digits = len(str(self.rows_per_shard - 1))
        return f"{self.shard:05d}{row:0{digits}d}"

    def row(self, key: str) -> int:
        """The row of a key of this shard; -1 if it is none."""
        row = key.removeprefix(f"{self.shard:05d}")
        return int(row) if row.isascii() and row.isdigit() and self.key(int(row)) == key else -1


def items(entries: Iterator[Entry], columns: Columns, keys: Keys, numbering: Numbering) -> Iterator[Item]:
    """One item a row: a pair without image bytes, or the fault of a row that cannot be read."""
    for entry in entries:
        origin = numbering.origin()
        key = keys.key(origin.ordinal)
        url, text = entry.fields.get(columns.url), entry.fields.get(columns.text)
        wrong = (Reason.BAD_LINE, not_a_text(columns.text, text)) if text_of(text) is None else None
        fault = entry.fault or wrong
        if fault is not None:
            reason, detail = fault
            yield Fault(
                origin=origin,
                key=key,
                reason=reason,
                detail=f"{entry.place}: {detail}"[:500],
                start=entry.start,
                stop=entry.start + entry.size if entry.start >= 0 else -1,
                raw=entry.raw[:_RAW_BYTES],
                raw_size=entry.size,
            )
            continue
        others = {_kept_as(name): one for name, one in entry.fields.items() if name not in {columns.url, columns.text}}
        yield Pair(
            origin=origin,
            key=key,
            image=b"",
            image_name=f"{key}.jpg",
            text=text_of(text) or "",
            fields={**others, "url": storable(url)[0] if isinstance(url, str) else ""},
        )


def _kept_as(name: str) -> str:
    """The name of a further column in the json members, where some names mean what img2dataset means by them."""
    return f"source_{name}" if name in _IMG2DATASET else name


def refused(pair: Pair, ports: frozenset[int]) -> Fault | None:
    """The fault of a pair whose URL is never asked for, whoever answers; None if it may be."""
    try:
        parse(url_of(pair), ports)
    except FetchError as error:
        return replace(missed(pair, error.reason, str(error), retryable=False), stage="read")
    return None


def missed(pair: Pair, reason: Reason, detail: str, *, retryable: bool) -> Fault:
    """The fault of a pair without an image; its row goes along."""
    raw = row_bytes(url_of(pair), pair.text)
    return Fault(
        origin=pair.origin,
        key=pair.key,
        reason=reason,
        detail=detail[:500],
        raw=raw[:_RAW_BYTES],
        raw_size=len(raw),
        stage="fetch",
        retryable=retryable,
    )


def row_bytes(url: str, text: str) -> bytes:
    """What quarantine keeps of a row."""
    row: dict[str, Json] = {"url": url, "text": storable(text[:_RAW_CHARS])[0]}
    return dumps(row).encode()


def url_of(pair: Pair) -> str:
    """The URL of a pair from a list."""
    url = pair.fields["url"]
    assert isinstance(url, str)
    return url
