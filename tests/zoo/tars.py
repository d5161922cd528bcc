"""Damaged shards by seed, each with a map of the damage: which bytes of the sound shard were changed, lost or added.

A `Mutant` knows its sound members and the edits that were made, so a test can say exactly which pairs must still be
there and where the missing ones would have been. Edits that leave an archive whose headers all check out are not
made: such a file *is* a sound archive, with other content.
"""

from __future__ import annotations

import io
import json
import random
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field

BLOCK = 512
FORMATS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)


@dataclass(frozen=True, slots=True)
class Part:
    """A member of the sound shard: [start, data) headers, [data, end) payload, [end, stop) padding."""

    key: str
    name: str
    payload: bytes
    start: int
    data: int
    stop: int

    @property
    def end(self) -> int:
        return self.data + len(self.payload)


@dataclass(frozen=True, slots=True)
class Sound:
    data: bytes
    parts: tuple[Part, ...]
    nested: bool
    ordered: bool

    @property
    def content_end(self) -> int:
        return self.parts[-1].stop


@dataclass(frozen=True, slots=True)
class Op:
    """At byte `at`, `removed` bytes were replaced by `added`. Offsets count in the shard before this edit."""

    at: int
    removed: int
    added: bytes


@dataclass(frozen=True, slots=True)
class Mutant:
    kind: str
    sound: Sound
    data: bytes
    ops: tuple[Op, ...]
    seed: int
    notes: dict[str, int] = field(default_factory=dict)

    def moved(self, pos: int) -> int:
        """Where byte `pos` of the sound shard is now; where it would be, if it is lost."""
        for op in self.ops:
            if pos >= op.at + op.removed:
                pos += len(op.added) - op.removed
            elif pos >= op.at:
                pos = op.at + min(pos - op.at, len(op.added))
        return pos

    def untouched(self, part: Part) -> bool:
        """Whether no byte of the member's headers and payload was changed and none came between."""
        start, end = part.start, part.end
        for op in self.ops:
            if op.at < end and op.at + op.removed > start:
                return False
            if not op.removed and start < op.at < end:
                return False
            shift = len(op.added) - op.removed if op.at + op.removed <= start else 0
            start, end = start + shift, end + shift
        return True

    def damage_map(self) -> dict[str, object]:
        """The map as plain data, for a person or another program."""
        return {
            "seed": self.seed,
            "kind": self.kind,
            "size": len(self.data),
            "edits": [{"at": o.at, "removed": o.removed, "added": len(o.added)} for o in self.ops],
            "touched": sorted({p.name for p in self.sound.parts if not self.untouched(p)}),
        }


def sound_shard(rng: random.Random) -> Sound:
    """4 to 10 pairs, members of one key adjacent; now and then long names, extra members, an archive in a payload."""
    ordered = rng.random() < 0.7
    nested = rng.random() < 0.2
    keys = [f"{i:09d}" for i in range(rng.randrange(100), rng.randrange(104, 110) + 1)][-rng.randrange(4, 11) :]
    if rng.random() < 0.15:
        keys = ["/".join(["part" * 12] * 3) + "/" + key for key in keys]
    if not ordered:
        keys = [f"{rng.choice(['cat', 'dog', 'house'])}{rng.randrange(10**6)}x{i}" for i in range(len(keys))]
        rng.shuffle(keys)
    tar_format = rng.choice(FORMATS)
    sink = io.BytesIO()
    names: list[tuple[str, str, bytes]] = []
    for key in keys:
        names += [(key, f"{key}.{suffix}", payload) for suffix, payload in _members(rng, key, nested=nested)]
    with tarfile.open(fileobj=sink, mode="w", format=tar_format) as tar:
        for _, name, payload in names:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(payload), rng.randrange(2**30)
            tar.addfile(info, io.BytesIO(payload))
    data = sink.getvalue()
    parts, at = [], 0
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for (key, name, payload), info in zip(names, tar, strict=True):
            stop = info.offset_data + -(-len(payload) // BLOCK) * BLOCK
            parts.append(Part(key, name, payload, at, info.offset_data, stop))
            at = stop
    return Sound(data, tuple(parts), nested, ordered)


def _members(rng: random.Random, key: str, *, nested: bool) -> list[tuple[str, bytes]]:
    text = f"caption of {key} {rng.randrange(10**6)}"
    fields = json.dumps({"caption": text, "key": key, "n": rng.randrange(1000)}).encode()
    image = b"\xff\xd8\xff" + rng.randbytes(rng.choice([30, 400, 509, 1021, 2500, 6000]) + rng.randrange(40))
    members = [("jpg", image), ("json", fields), ("txt", text.encode())]
    if rng.random() < 0.1:
        members.append(("npy", rng.randbytes(rng.randrange(1, 1500))))
    if nested and rng.random() < 0.5:
        members.insert(rng.randrange(len(members) + 1), ("tar", inner_tar(rng)))
    return members


def inner_tar(rng: random.Random) -> bytes:
    """An archive of pairs, as it might hide in a payload. Its keys start with "inner"."""
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=rng.choice(FORMATS)) as tar:
        for i in range(rng.randrange(1, 4)):
            for suffix, payload in (("jpg", b"\xff\xd8\xff" + rng.randbytes(200)), ("txt", b"smuggled")):
                info = tarfile.TarInfo(f"inner{i}.{suffix}")
                info.size = len(payload)
                tar.addfile(info, io.BytesIO(payload))
    return sink.getvalue()[: rng.choice([None, 10240])]


# --- kinds of damage: (rng, sound) -> edits ----------------------------------------------------------------------

Damage = Callable[[random.Random, Sound], list[Op]]


def _part(rng: random.Random, sound: Sound) -> Part:
    return rng.choice(sound.parts)


def _header_at(part: Part) -> int:
    return part.data - BLOCK


def _flip(data: bytes, at: int, bit: int) -> Op:
    return Op(at, 1, bytes([data[at] ^ (1 << bit)]))


def header_bit(rng: random.Random, sound: Sound) -> list[Op]:
    part = _part(rng, sound)
    return [_flip(sound.data, rng.randrange(part.start, part.data), rng.randrange(8))]


def size_bit(rng: random.Random, sound: Sound) -> list[Op]:
    return [_flip(sound.data, _header_at(_part(rng, sound)) + rng.randrange(124, 135), rng.randrange(8))]


def header_zeroed(rng: random.Random, sound: Sound) -> list[Op]:
    return [Op(_header_at(_part(rng, sound)), BLOCK, bytes(BLOCK))]


def header_garbage(rng: random.Random, sound: Sound) -> list[Op]:
    return [Op(_header_at(_part(rng, sound)), BLOCK, rng.randbytes(BLOCK))]


def header_dropped(rng: random.Random, sound: Sound) -> list[Op]:
    return [Op(_header_at(_part(rng, sound)), BLOCK, b"")]


def checksum_wrong(rng: random.Random, sound: Sound) -> list[Op]:
    return [Op(_header_at(_part(rng, sound)) + 148, 6, b"%06o" % rng.randrange(8**6))]


def size_wild(rng: random.Random, sound: Sound) -> list[Op]:
    """Another size under a right checksum."""
    at = _header_at(_part(rng, sound))
    block = bytearray(sound.data[at : at + BLOCK])
    block[124:136] = b"%011o\0" % rng.choice([rng.randrange(9000), rng.randrange(8**11), 8**11 - 1])
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return [Op(at, BLOCK, bytes(block))]


def cut_in_payload(rng: random.Random, sound: Sound) -> list[Op]:
    part = _part(rng, sound)
    return _cut(sound, rng.randrange(part.data, part.end))


def cut_in_header(rng: random.Random, sound: Sound) -> list[Op]:
    part = _part(rng, sound)
    return _cut(sound, rng.randrange(part.start + 1, part.data))


def cut_at_header(rng: random.Random, sound: Sound) -> list[Op]:
    return _cut(sound, rng.choice(sound.parts[1:]).start)


def marker_lost(rng: random.Random, sound: Sound) -> list[Op]:
    return _cut(sound, rng.choice([sound.content_end, sound.content_end + BLOCK]))


def _cut(sound: Sound, at: int) -> list[Op]:
    return [Op(at, len(sound.data) - at, b"")]


def garbage_between(rng: random.Random, sound: Sound) -> list[Op]:
    return [Op(_part(rng, sound).start, 0, rng.randbytes(_length(rng)))]


def garbage_inside(rng: random.Random, sound: Sound) -> list[Op]:
    return [Op(rng.randrange(1, sound.content_end), 0, rng.randbytes(_length(rng)))]


def garbage_behind(rng: random.Random, sound: Sound) -> list[Op]:
    return [Op(len(sound.data), 0, rng.randbytes(_length(rng)))]


def dropped(rng: random.Random, sound: Sound) -> list[Op]:
    at = rng.randrange(sound.content_end)
    return [Op(at, min(_length(rng), sound.content_end - at), b"")]


def block_dropped(rng: random.Random, sound: Sound) -> list[Op]:
    return [Op(rng.randrange(sound.content_end // BLOCK) * BLOCK, BLOCK, b"")]


def overwritten(rng: random.Random, sound: Sound) -> list[Op]:
    at = rng.randrange(sound.content_end)
    length = min(_length(rng), sound.content_end - at)
    return [Op(at, length, rng.choice([bytes(length), rng.randbytes(length)]))]


def payload_bit(rng: random.Random, sound: Sound) -> list[Op]:
    part = _part(rng, sound)
    return [_flip(sound.data, rng.randrange(part.data, part.end), rng.randrange(8))]


def member_twice(rng: random.Random, sound: Sound) -> list[Op]:
    part = _part(rng, sound)
    return [Op(part.stop, 0, sound.data[part.start : part.stop])]


def members_swapped(rng: random.Random, sound: Sound) -> list[Op]:
    """Two neighbours change places: no byte is lost."""
    at = rng.randrange(len(sound.parts) - 1)
    one, two = sound.parts[at], sound.parts[at + 1]
    # As a move of the first behind the second, so that the map of what is where stays right for all others.
    return [Op(two.stop, 0, sound.data[one.start : one.stop]), Op(one.start, one.stop - one.start, b"")]


def two_damages(rng: random.Random, sound: Sound) -> list[Op]:
    """Two places hit, the later one first, so that offsets of the earlier edit hold."""
    middle = sound.parts[len(sound.parts) // 2].start
    for _ in range(50):
        late = rng.choice([header_bit, header_zeroed, cut_in_payload, block_dropped, dropped])(rng, sound)
        early = rng.choice([header_bit, header_garbage, block_dropped, dropped, garbage_between])(rng, sound)
        if late[0].at >= middle > early[0].at + early[0].removed:
            return [*late, *early]
    return header_bit(rng, sound)


def _length(rng: random.Random) -> int:
    return rng.choice([BLOCK, 2 * BLOCK, 7 * BLOCK, rng.randrange(1, 4000)])


SILENT_BY_NATURE: dict[str, Damage] = {d.__name__: d for d in (payload_bit, member_twice, members_swapped)}
"""Headers stay sound; payload damage is for the image decoder to find."""
STRUCTURAL: dict[str, Damage] = {
    d.__name__: d
    for d in (
        header_bit, size_bit, header_zeroed, header_garbage, header_dropped, checksum_wrong, size_wild,
        cut_in_payload, cut_in_header, cut_at_header, marker_lost, garbage_between, garbage_inside, garbage_behind,
        dropped, block_dropped, overwritten, two_damages,
    )
}  # fmt: skip
KINDS: dict[str, Damage] = {**STRUCTURAL, **SILENT_BY_NATURE}


def mutant(seed: int) -> Mutant:
    """The damaged shard of this seed."""
    rng = random.Random(seed)
    kind = list(KINDS)[seed % len(KINDS)]
    while True:
        sound = sound_shard(rng)
        ops = KINDS[kind](rng, sound)
        if kind in SILENT_BY_NATURE or not any(_all_headers_sound(_edited(sound.data, [op])) for op in ops):
            return Mutant(kind, sound, _edited(sound.data, ops), tuple(ops), seed)


def _edited(data: bytes, ops: list[Op]) -> bytes:
    for op in ops:
        data = data[: op.at] + op.added + data[op.at + op.removed :]
    return data


def _all_headers_sound(data: bytes) -> bool:
    """A plain walk from header to header reaches the end, by way of end-of-archive markers, the last thing there is.

    Such a file is one sound archive, or several one behind the other: nothing in it says that bytes were lost.
    """
    at = 0
    marker = False
    while at + BLOCK <= len(data):
        block = data[at : at + BLOCK]
        if not any(block):
            zeros = len(data[at:]) - len(data[at:].lstrip(b"\0"))
            marker = zeros >= 2 * BLOCK
            if not marker:
                return False
            at += zeros // BLOCK * BLOCK
            continue
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            return False
        at += BLOCK + -(-info.size // BLOCK) * BLOCK
        marker = False
    return marker
