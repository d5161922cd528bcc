"""Figure F6: from a damaged shard every pair whose bytes were not touched is kept, and nothing is missing silently."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from burnish.stores._tar.header import padded
from burnish.stores._tar.payload import Payload
from burnish.stores.webdataset import WebDatasetStore
from burnish.values import Fault, Gap, Item, Pair
from tests.zoo.tars import KINDS, Mutant, Part, mutant

FAST = int(os.environ.get("BURNISH_ZOO_TARS", "1500"))
FULL = 20_000


def read(data: bytes, path: Path) -> list[Item]:
    path.write_bytes(data)
    store = WebDatasetStore(str(path))
    (shard,) = store.shards()
    return list(store.read(shard))


def kept(pair: Pair) -> Payload:
    assert isinstance(pair.payload, Payload)
    return pair.payload


def covered(items: list[Item]) -> Iterator[tuple[int, int]]:
    for item in items:
        if isinstance(item, Pair):
            yield from ((p.member.start, p.member.data + padded(p.member.size)) for p in kept(item).members)
        elif isinstance(item, (Fault, Gap)):
            yield item.start, item.stop


def lost_pairs(m: Mutant, items: list[Item]) -> list[str]:
    """Keys of pairs no byte of which was touched and that are not in the output just as they were."""
    out = [(i.key, i.image, i.text, i.fields) for i in items if isinstance(i, Pair)]
    by_key: dict[str, list[Part]] = {}
    for part in m.sound.parts:
        by_key.setdefault(part.key, []).append(part)
    lost = []
    for key, parts in by_key.items():
        if all(m.untouched(p) for p in parts):
            content = {p.name.rpartition(".")[2]: p.payload for p in parts}
            if (key, content["jpg"], content["txt"].decode(), json.loads(content["json"])) not in out:
                lost.append(key)
    return lost


def silent(m: Mutant, items: list[Item]) -> list[str]:
    """Names of members that are in no item and whose place is in no row either."""
    there = {p.member.name for i in items if isinstance(i, Pair) for p in kept(i).members}
    there |= {name for i in items if isinstance(i, Fault) for name in i.members}
    # Where bytes vanished inside a payload, the row begins where that payload should have ended: such a row speaks for
    # the member in front of it as well, whose pair is flagged `beside_gap`.
    spans = [span for i in items if isinstance(i, Pair) for span in covered([i])]
    rows = [
        (min((start for start, stop in spans if start <= i.start <= stop), default=i.start), i.stop)
        for i in items
        if isinstance(i, (Fault, Gap))
    ]
    missing = [p for p in m.sound.parts if p.name not in there]
    return [
        p.name
        for p in missing
        if not any(start <= m.moved(p.start) <= stop or start <= m.moved(p.data - 512) <= stop for start, stop in rows)
    ]


def smuggled(m: Mutant, items: list[Item]) -> list[str]:
    """Keys of pairs from an archive inside a payload that pass for the shard's own.

    In a shard without order nothing but the chain of headers tells them, and an inner archive that is the last thing
    in its shard ends where the shard ends: such pairs are let through, but flagged.
    """
    known = {i.key for i in items if isinstance(i, Pair) and not i.key.startswith("inner")}
    inner = [i for i in items if isinstance(i, Pair) and i.key.startswith("inner")]
    told = m.sound.ordered and len(known) >= 4
    return [i.key for i in inner if told or "recovered" not in i.flags]


def bare_bytes(m: Mutant, items: list[Item]) -> bytes:
    """Bytes of the shard that belong to no item; only zeros may."""
    left = bytearray(m.data)
    for start, stop in covered(items):
        left[start:stop] = bytes(min(stop, len(left)) - start)
    return bytes(left).replace(b"\0", b"")


def check(seed: int, path: Path) -> tuple[int, int]:
    """(pairs kept, rows) of the mutant of `seed`; fails with the damage map if a promise is broken."""
    m = mutant(seed)
    items = read(m.data, path)
    assert [i.origin.ordinal for i in items] == list(range(len(items))), m.damage_map()
    assert not lost_pairs(m, items), (lost_pairs(m, items), m.damage_map())
    assert not silent(m, items), (silent(m, items), m.damage_map())
    assert not bare_bytes(m, items), m.damage_map()
    assert not smuggled(m, items), (smuggled(m, items), m.damage_map())
    return sum(isinstance(i, Pair) for i in items), sum(not isinstance(i, Pair) for i in items)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_untouched_pair_is_kept_and_no_loss_is_silent(kind: str, tmp_path: Path):
    first = list(KINDS).index(kind)
    for seed in range(first, FAST, len(KINDS)):
        check(seed, tmp_path / "shard.tar")


@pytest.mark.full("F6")
@pytest.mark.timeout(2400)
def test_twenty_thousand_damaged_shards(tmp_path: Path, record_property: Callable[[str, object], None]):
    kept, rows = map(sum, zip(*(check(seed, tmp_path / "shard.tar") for seed in range(FULL)), strict=True))
    record_property("damaged shards", FULL)
    record_property("pairs kept", kept)
    record_property("rows for the rest", rows)
    record_property("silent losses", 0)
