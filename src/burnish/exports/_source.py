"""The pairs of an output as exports tell them, from its records or from its columns, with their images if asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import xxhash

from burnish import records
from burnish.columns import earlier
from burnish.errors import StopError, UsageError
from burnish.exports import Told
from burnish.protocols import Store
from burnish.storage.files import is_there
from burnish.storage.layout import SEAL, shard_of_records
from burnish.storage.opening import open_files
from burnish.storage.plan_file import read_plan
from burnish.storage.sealed import DamagedError
from burnish.storage.stopping import stopping
from burnish.stores import open_store
from burnish.values import Json, Pair


class Source:
    """All pairs of an output, shard after shard; `left_out` counts what could not be read as a pair."""

    def __init__(self, output: str, store: str) -> None:
        """`store` names the output's form; "" looks. Raises `UsageError` for an output that is not finished."""
        self.output = output
        self._form = store
        self._files = open_files(output)
        self.left_out = 0
        with stopping("read", self._files.shown):
            self._records = records.names(self._files)
            finished = not self._records or is_there(self._files, SEAL)
        if not finished:
            shown = self._files.shown
            raise UsageError(f"the run into {shown} has not finished.\nFinish it with the same command, then export.")

    @property
    def model(self) -> str:
        """The identity of the model that judged; "" if the output does not say."""
        try:
            with stopping("read", self._files.shown):
                return str(read_plan(self._files).get("model") or "")
        except (StopError, DamagedError):
            return ""

    def pairs(self, *, images: bool) -> Iterator[Told]:
        """Every pair in order, with the bytes of its image if `images`. Raises `StopError` if those are not the ones
        that the records speak of.
        """
        self.left_out = 0
        if not self._records:
            return self._of_columns(images=images)
        return self._with_images() if images else self._of_records()

    def _of_records(self) -> Iterator[Told]:
        for name in self._records:
            for at, row in enumerate(self._rows(name)):
                yield _told(row, shard_of_records(name), at)

    def _with_images(self) -> Iterator[Told]:
        store = self._store()
        shards = {shard.name: shard for shard in store.shards()}
        for name in self._records:
            shard = shards.get(shard_of_records(name))
            if shard is None:
                raise self._differs(shard_of_records(name))
            found = (item for item in store.read(shard) if isinstance(item, Pair))
            at = -1
            for at, row in enumerate(self._rows(name)):
                pair = next(found, None)
                if pair is None or xxhash.xxh3_128_hexdigest(pair.image) != row["image_xxh128"]:
                    raise self._differs(shard.name)
                yield _told(row, shard.name, at, pair.image)
            if next(found, None) is not None:
                raise self._differs(shard.name)

    def _of_columns(self, *, images: bool) -> Iterator[Told]:
        store = self._store()
        for shard in store.shards():
            at = 0
            for item in store.read(shard):
                if not isinstance(item, Pair):
                    self.left_out += 1
                    continue
                if "burnish_decision" not in item.fields:
                    raise UsageError(
                        f"{self._files.shown} is not an output of burnish: {item.key!r} has no decision.\n"
                        "Make one with: burnish enhance SRC -o OUT"
                    )
                yield _of_pair(item, shard.name, at, images=images)
                at += 1

    def _rows(self, name: str) -> Iterator[dict[str, Any]]:
        with stopping("read", f"{self._files.shown}/{name}"), self._files.open(name) as file:
            yield from records.rows(file)

    def _store(self) -> Store:
        return open_store(self.output, self._form or None)

    def _differs(self, shard: str) -> StopError:
        return StopError(
            f"{shard} of {self._files.shown} does not hold the images that its records speak of.\n"
            f"See what changed: burnish verify {self._files.shown}"
        )


def _told(row: dict[str, Any], shard: str, at: int, image: bytes = b"") -> Told:
    return Told(
        key=row["key"],
        image_name=row["image_name"],
        captions=records.captions(row),
        chosen=row["chosen"],
        shard=shard,
        row=at,
        decision=row["decision"],
        reason=row["reason"],
        flags=tuple(row["flags"]),
        width=row["width"],
        height=row["height"],
        format=row["format"],
        image=image,
    )


def _of_pair(pair: Pair, shard: str, at: int, *, images: bool) -> Told:
    captions, chosen = earlier(pair)
    return Told(
        key=pair.key,
        image_name=pair.image_name,
        captions=captions,
        chosen=chosen,
        shard=shard,
        row=at,
        decision=_text(pair.fields.get("burnish_decision")),
        reason=_text(pair.fields.get("burnish_reason")),
        flags=tuple(_text(pair.fields.get("burnish_flags")).split()),
        image=pair.image if images else b"",
    )


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
