"""Rows to pairs: many images are fetched at once, and come out in the order of the rows."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from burnish.fetching import Got, Result
from burnish.fetching.fetcher import Fetcher
from burnish.fetching.kept import Kept
from burnish.stores._urls.earlier import SHA256
from burnish.stores._urls.rows import missed, url_of
from burnish.values import Fault, Item, Json, Pair, Reason

_AHEAD: Final = 8
"""Rows begun for each fetch that may run: a slow host keeps the others waiting only when so many rows are its."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Where images come from: what is `kept`, else the web. `sha256` is the column of hashes they must have, or ""."""

    fetcher: Fetcher
    kept: Kept
    sha256: str = ""

    def of(self, rows: Iterable[Item]) -> Iterator[Item]:
        """One item a row, same order; rows that are no pairs come as they are. Raises `StopError`."""
        begun: deque[tuple[Item, Future[None] | None]] = deque()
        ahead = _AHEAD * self.fetcher.settings.concurrency
        try:
            for row in rows:
                begun.append((row, self._begin(row)))
                if len(begun) > ahead:
                    yield self._finish(*begun.popleft())
            while begun:
                yield self._finish(*begun.popleft())
        finally:
            for _, future in begun:
                if future is not None:
                    future.cancel()

    def _begin(self, row: Item) -> Future[None] | None:
        if not isinstance(row, Pair) or self.kept.has(row.origin.ordinal, url_of(row)):
            return None
        return self._submit(row)

    def _submit(self, pair: Pair) -> Future[None]:
        url = url_of(pair)
        return self.fetcher.submit(url, partial(self.kept.put, pair.origin.ordinal, url))

    def _finish(self, row: Item, future: Future[None] | None) -> Item:
        if not isinstance(row, Pair):
            return row
        if future is not None:
            future.result()
        result = self.kept.get(row.origin.ordinal, url_of(row))
        if result is None:  # damaged on disk since
            self._submit(row).result()
            result = self.kept.get(row.origin.ordinal, url_of(row))
        assert result is not None
        return self._paired(row, result)

    def _paired(self, row: Pair, result: Result) -> Pair | Fault:
        if not isinstance(result, Got):
            return missed(row, result.reason, result.detail, retryable=result.retryable)
        digest = hashlib.sha256(result.data).hexdigest()
        wanted = row.fields.get(self.sha256) if self.sha256 else None
        if isinstance(wanted, str) and wanted.strip().lower() not in {"", digest}:
            return missed(row, Reason.ANOTHER_IMAGE, f"has SHA-256 {digest}, not {wanted[:80]!r}", retryable=True)
        fields: dict[str, Json] = {**row.fields, SHA256: digest}
        return replace(row, image=result.data, fields=fields)
