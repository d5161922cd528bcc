"""A tiny job over the commit protocol: deterministic shards with outputs of odd sizes, some with quarantine."""

import hashlib
import sys
from pathlib import Path

from burnish.storage.ledger import Counts
from burnish.storage.opening import open_files
from burnish.storage.run import Run
from burnish.values import Fault, Gap, Origin, Reason, Shard

SHARDS = 3
PLAN = {"source": "in", "threshold": 3.0, "prompts": {"assess": "a1"}}


def shards(count):
    return [Shard(name=f"part{i % 2}/{i:05d}.tar", path="", size=100 + i, tag="t") for i in range(count)]


def payload(shard, edition=0):
    seed = hashlib.sha256(f"{shard.name} {edition}".encode()).digest()
    return seed * (1 + seed[0])


def write_shard(commit, shard, edition=0):
    """One tar-like file, one side file, and for every third shard a fault and a gap."""
    data = payload(shard, edition)
    with commit.create(shard.name) as file:
        for at in range(0, len(data), 1000):
            file.write(data[at : at + 1000])
    with commit.create(shard.name.replace(".tar", ".parquet")) as file:
        file.write(data[:40])
    if shard.size % 3 or edition:
        return commit.publish(Counts(total=2, kept=1, rewritten=1))
    origin = Origin(source="in", shard=shard.name, ordinal=0)
    quarantine = commit.quarantine()
    quarantine.put(Fault(origin=origin, key="a", reason=Reason.DECODE_ERROR, detail="cut", raw=data[:99], raw_size=99))
    quarantine.put(Gap(origin=origin, reason=Reason.BAD_HEADER, detail="zeroed", start=512, stop=1024))
    return commit.publish(Counts(total=4, kept=1, passed=1, quarantined=1, gaps=1))


def work(out, count, files=None):
    """The whole job, going on from wherever an earlier run ended; returns how many shards it did itself."""
    did = 0
    with Run.open(str(out), PLAN, files=files) as run:
        for shard in shards(count):
            if run.done(shard):
                continue
            with run.commit(shard) as commit:
                write_shard(commit, shard)
            did += 1
        run.seal({"README.md": b"# A data set\n"})
    return did


def tree(out):
    """Every file below `out` with its bytes."""
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(Path(out).rglob("*")) if p.is_file()}


def remote_tree(out):
    """Every object below the URL `out` with its bytes."""
    files = open_files(out)
    return {name: files.read(name) for name in files.sizes()}


if __name__ == "__main__":
    work(sys.argv[1], int(sys.argv[2]))
