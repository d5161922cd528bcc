"""`burnish disagreements`: captions of nearly the same picture that contradict each other, and whom others side with.

Goes by the groups that `burnish duplicates` found. Their captions are parted into files by group, so that memory is
that of one part; of each group every pair of captions is compared (`burnish.passes.conflicts`), and the others vote.
"""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson
import xxhash

import burnish
from burnish.engines import processes
from burnish.engines.jobs import spread
from burnish.errors import UsageError
from burnish.mixing.keeping import name_of, seals
from burnish.mixing.sources import Source, entries
from burnish.passes.conflicts import Conflict, Read, between
from burnish.passes.signatures import caption_of
from burnish.passes.sources import claim
from burnish.passes.tables import Columns, writer
from burnish.storage.files import Files
from burnish.storage.layout import CARD, SUMMARY
from burnish.storage.ledger import Counts
from burnish.storage.opening import open_files
from burnish.storage.overlap import refuse_overlap
from burnish.storage.run import Run, Ticket
from burnish.storage.stopping import stopping
from burnish.values import Json, Shard

MAX_MEMBERS = 20
"""Of larger groups only the first so many are compared: 190 pairs of captions."""
PART_MEMBERS = 200_000
"""Captions held at once, some 200 MB."""
EXAMPLES = 5

COLUMNS: Columns = (
    ("group", "string"),
    *((f"{side}_{name}", "string") for side in ("one", "other") for name in ("source", "shard", "key", "text", "says")),
    ("kind", "string"),
    ("about", "string"),
    ("one_votes", "int64"),
    ("other_votes", "int64"),
    ("side", "string"),
)

OnPart = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A caption of a group."""

    group: str
    place: int
    source: str
    shard: str
    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The outcome in numbers. `members` of `groups` have a caption and were compared, `left_out` were not: they are
    beyond the first `MAX_MEMBERS`, or like their group's first only through others. `kinds`: conflicts by kind;
    `examples`: the first few rows.
    """

    groups: int
    members: int
    left_out: int
    compared: int
    disagreeing: int
    kinds: dict[str, int]
    decided: int
    examples: tuple[dict[str, Json], ...] = ()

    def as_json(self) -> dict[str, Json]:
        """All numbers by name, and the examples."""
        names = ("groups", "members", "left_out", "compared", "disagreeing", "decided")
        return {
            **{name: getattr(self, name) for name in names},
            "kinds": dict(self.kinds),
            "examples": list(self.examples),
        }


def disagreements(
    sources: Sequence[Source],
    groups: str,
    output: str,
    *,
    of: str = "chosen",
    workers: int = 0,
    on_part: OnPart | None = None,
) -> Found:
    """Compare the captions `of` the groups in the folder `groups` of `burnish duplicates` over the same `sources`, and
    write what contradicts into the new folder or URL `output`.

    Raises `UsageError` before anything is touched, `StopError`/`Interrupted` with finished parts intact.
    """
    for path in (*(source.path for source in sources), groups):
        refuse_overlap(path, output)
    plan: dict[str, Json] = {
        "disagreements": {"of": of, "groups": {source.name: seals((groups,), source.name) for source in sources}},
        "sources": claim(sources),
        "burnish": burnish.__version__,
    }
    files = open_files(groups)
    parts = max(1, math.ceil(_members_of(files) / PART_MEMBERS))
    with Run.open(output, plan) as run, processes.interruptible():
        try:
            return _compare(run, _Reading(sources=tuple(sources), files=files, of=of), parts, (workers, on_part))
        except KeyboardInterrupt:
            raise processes.interrupted() from None


def _members_of(files: Files) -> int:
    with stopping("read", files.shown):
        try:
            summary = orjson.loads(files.read(SUMMARY))
        except FileNotFoundError:
            summary = {}
    if not {"groups", "later"} <= summary.keys():
        raise UsageError(f"{files.shown} holds no duplicates.\nFind them with: burnish duplicates OUT -o DUPS")
    return int(summary["groups"]) + int(summary["later"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """Where captions come from."""

    sources: tuple[Source, ...]
    files: Files
    of: str

    def members(self) -> Iterator[Member | None]:
        """The captions of all groups; None for a pair that is not compared."""
        for source in self.sources:
            for shard in source.shards:
                yield from self._of_shard(source, shard)

    def _of_shard(self, source: Source, shard: Shard) -> Iterator[Member | None]:
        name = name_of(source.name, shard.name)
        with stopping("read", self.files.shown), self.files.open(name) as file:
            wanted = {row["row"]: row for row in _rows(file)}
        if not wanted:
            return
        for at, entry in enumerate(entries(source, shard)):
            row = wanted.get(at)
            if row is None:
                continue
            if row["image_xxh128"] != entry.image_xxh128:
                raise UsageError(
                    f"{self.files.shown} was made of other pairs: {shard.name} differs at {entry.key!r}.\n"
                    "Run burnish duplicates again, over the same sources."
                )
            text = caption_of(entry, self.of)
            fits = row["near"] and row["place"] < MAX_MEMBERS and text.strip()
            yield (
                Member(
                    group=row["group"],
                    place=row["place"],
                    source=source.name,
                    shard=shard.name,
                    key=entry.key,
                    text=text,
                )
                if fits
                else None
            )


def _rows(file: BinaryIO) -> Iterator[dict[str, Any]]:
    from burnish.storage import arrow

    with arrow.parquet_of_ours(file) as opened:
        for batch in opened.iter_batches(columns=["row", "image_xxh128", "group", "place", "near"], use_threads=False):
            yield from batch.to_pylist()


def _compare(run: Run, reading: _Reading, parts: int, how: tuple[int, OnPart | None]) -> Found:
    workers, on_part = how
    with tempfile.TemporaryDirectory(prefix="burnish-disagreements-") as scratch:
        members, left_out = _parted(reading, parts, Path(scratch))
        jobs = [_Part(path=str(Path(scratch, f"{at:05d}")), number=at) for at in range(parts)]
        run.reopen()
        for done, _ in enumerate(spread(jobs, workers, _comparer, run.ticket), 1):
            if on_part:
                on_part(done, parts)
    facts = [cast("dict[str, Any]", record.facts) for _, record in sorted(run.records().items())]
    kinds: Counter[str] = Counter()
    for fact in facts:
        kinds.update(fact["kinds"])
    numbers = {name: sum(fact[name] for fact in facts) for name in ("groups", "compared", "disagreeing", "decided")}
    examples = tuple(example for fact in facts for example in fact["examples"])[:EXAMPLES]
    found = Found(**numbers, members=members, left_out=left_out, kinds=dict(sorted(kinds.items())), examples=examples)
    summary = orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2) + b"\n"
    run.seal({CARD: _card(found).encode(), SUMMARY: summary})
    return found


def _parted(reading: _Reading, parts: int, folder: Path) -> tuple[int, int]:
    """Captions in files by group, a line of JSON each; how many there are, and how many were left out."""
    members = left_out = 0
    with ExitStack() as stack:
        with stopping("write", str(folder)):
            sinks = [stack.enter_context((folder / f"{at:05d}").open("wb")) for at in range(parts)]
        for member in reading.members():
            if member is None:
                left_out += 1
                continue
            members += 1
            text = member.text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            line = orjson.dumps({**{name: getattr(member, name) for name in Member.__slots__}, "text": text})
            with stopping("write", str(folder)):
                sinks[xxhash.xxh3_64_intdigest(member.group.encode()) % parts].write(line + b"\n")
    return members, left_out


# --- in a worker -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    path: str
    number: int


def _comparer(ticket: Ticket) -> Callable[[_Part], int]:
    return lambda part: _compare_part(part, ticket)


def _compare_part(part: _Part, ticket: Ticket) -> int:
    groups: dict[str, list[Member]] = {}
    with stopping("read", part.path), Path(part.path).open("rb") as file:
        for line in file:
            member = Member(**orjson.loads(line))
            groups.setdefault(member.group, []).append(member)
    counts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    examples: list[dict[str, Json]] = []
    name = f"disagreements/{part.number:05d}.parquet"
    with ticket.commit(Shard(name=name, path="", size=0)) as commit:
        table = writer(commit.create(name), COLUMNS)
        for _, members in sorted(groups.items()):
            rows = list(of_group(sorted(members, key=lambda member: member.place)))
            counts["groups"] += len(members) > 1
            counts["compared"] += len(members) * (len(members) - 1) // 2
            counts["disagreeing"] += len({(row["one_place"], row["other_place"]) for row in rows})
            for row in rows:
                kinds[row["kind"]] += 1
                counts["decided"] += row["side"] != "tie"
                table.put(row)
            examples += rows[: EXAMPLES - len(examples)]
        table.finish()
        numbers: dict[str, Json] = {key: counts[key] for key in ("groups", "compared", "disagreeing", "decided")}
        commit.publish(Counts(), {**numbers, "kinds": dict(sorted(kinds.items())), "examples": list(examples)})
    return part.number


def of_group(members: Sequence[Member]) -> Iterator[dict[str, Any]]:
    """A row for each conflict between captions of one group, with the votes of its other members: a member sides with
    the caption it agrees with if it contradicts the other on the same matter.
    """
    reads = [Read.of(member.text) for member in members]
    found = {pair: between(reads[pair[0]], reads[pair[1]]) for pair in combinations(range(len(members)), 2)}
    for (at, to), conflicts in found.items():
        for conflict in conflicts:
            votes = [
                sum(
                    _against(found, third, loser, conflict) and not _against(found, third, winner, conflict)
                    for third in range(len(members))
                    if third not in {at, to}
                )
                for winner, loser in ((at, to), (to, at))
            ]
            side = "tie" if votes[0] == votes[1] else "one" if votes[0] > votes[1] else "other"
            yield {
                "group": members[at].group,
                "one_place": members[at].place,
                "other_place": members[to].place,
                **_told("one", members[at], conflict.one),
                **_told("other", members[to], conflict.other),
                "kind": conflict.kind,
                "about": conflict.about,
                "one_votes": votes[0],
                "other_votes": votes[1],
                "side": side,
            }


def _against(found: dict[tuple[int, int], tuple[Conflict, ...]], third: int, member: int, conflict: Conflict) -> bool:
    pair = (min(third, member), max(third, member))
    return any((each.kind, each.about) == (conflict.kind, conflict.about) for each in found[pair])


def _told(side: str, member: Member, says: str) -> dict[str, str]:
    return {
        f"{side}_source": member.source,
        f"{side}_shard": member.shard,
        f"{side}_key": member.key,
        f"{side}_text": member.text,
        f"{side}_says": says,
    }


def _card(found: Found) -> str:
    kinds = ", ".join(f"{kind} {number:,}" for kind, number in found.kinds.items()) or "none"
    return (
        "# Disagreements\n\n"
        f"{found.compared:,} pairs of captions of nearly the same picture, {found.disagreeing:,} of them contradict\n"
        f"each other ({kinds}).\n\n"
        "`disagreements/*.parquet` has a row for each conflict: both captions (`one_*`, `other_*`), its `kind`, what\n"
        "it is `about`, what each `says`, and which `side` the group's other captions take. Made with burnish\n"
        "disagreements; no pair was changed or dropped.\n"
    )
