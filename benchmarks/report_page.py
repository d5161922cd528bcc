"""What `burnish report` costs at a million pairs: time, memory, size of the page, and how soon a browser shows it.

    python -m benchmarks.report_page --work DIR [--pairs 100000 1000000] [--rounds 2] [--keep]

Writes docs/figures/report.json and .md. The outputs are made up but real to the command: committed shards of 10,000
pairs in img2dataset's layout (tiny pictures, so that a million take 3 GB in DIR; removed afterwards), 18 % of the pairs
rewritten, six criteria, texts of 3 to 16 words of a long-tailed vocabulary. `burnish report` runs as a process
of its own; `opened` is the time from the request for the page to its load event in a headless Chromium, where there is
one. Ten shards are made pair by pair; the others are copies of them under other names.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import shutil
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from PIL import Image

from benchmarks.measure import as_dict, machine, run
from burnish.plan import Plan
from burnish.records import RecordsWriter
from burnish.storage.journal import Journal
from burnish.storage.layout import CARD, SEAL, SUMMARY, records_name
from burnish.storage.ledger import Counts
from burnish.storage.opening import open_files
from burnish.storage.run import Run
from burnish.values import Caption, Decision, Edit, Origin, Pair, Picture, Record, Score, Shard, State

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
PER_SHARD = 10_000
PATTERNS = 10
WORDS = 60_000
PICTURES = 64
_MEMBER = 1 << 9
CRITERIA = ("overall", "text_quality", "image_text_matching", "object_detail", "semantic_understanding", "text_chart")
_SMALL = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=384, height=288, format="WEBP", mode="RGB")


def pictures() -> list[bytes]:
    """Small enough for one block of a tar."""
    found = []
    for number in range(PICTURES):
        sink = io.BytesIO()
        colour = ((number * 37) % 256, (number * 91) % 256, (number * 53) % 256)
        Image.new("RGB", (96, 72), colour).save(sink, "WEBP", quality=40)
        found.append(sink.getvalue())
    assert max(map(len, found)) <= _MEMBER
    return found


def vocabulary() -> list[str]:
    lots = random.Random("report page vocabulary 1")
    return ["".join(lots.choices("abcdefghiklmnoprstuvw", k=lots.randint(3, 9))) for _ in range(WORDS)]


def records(shard: str, lots: random.Random, known: tuple[list[bytes], list[str]]) -> Iterator[Record]:
    images, words = known
    for ordinal in range(PER_SHARD):
        ranks = [min(WORDS - 1, int(lots.paretovariate(0.6))) for _ in range(lots.randint(3, 16))]
        text = " ".join(words[rank] for rank in ranks)
        key = f"{ordinal:09d}"
        low = lots.random() < 0.18
        pair = Pair(
            origin=Origin(source="in", shard=shard, ordinal=ordinal),
            key=key,
            image=images[lots.randrange(PICTURES)],
            image_name=f"{key}.webp",
            text=f"{text} - Shop24 IMG_{ordinal}.JPG" if low else text,
        )
        yield decided(pair, text, lots, low=low)


def decided(pair: Pair, text: str, lots: random.Random, *, low: bool) -> Record:
    value = 1 + lots.betavariate(2, 3) * 2 if low else 3 + lots.betavariate(3, 2) * 2
    captions = (Caption(text=pair.text, role="alt", maker="source", scores=scores(value, lots)),)
    made = Record(pair=pair, picture=_SMALL, view=pair.text, captions=captions, decision=Decision.KEPT)
    if not low:
        return replace(made, flags=("duplicate_key",) if lots.random() < 0.02 else ())
    edit = Edit(start=len(text), before=pair.text[len(text) :], after="", why="shop suffix", junk=True)
    better = Caption(
        text=text,
        role="rewrite",
        maker="made-up",
        edits=(edit,),
        scores=scores(value + 1.5, lots),
        verdict="accepted",
    )
    return replace(made, captions=(*captions, better), chosen=1, decision=Decision.REWRITTEN)


def scores(value: float, lots: random.Random) -> tuple[Score, ...]:
    values = [min(5.0, max(1.0, value + lots.gauss(0, 0.3))) for _ in CRITERIA]
    return tuple(
        Score(criterion=name, value=None, confidence=0.0, state=State.ABSTAINED)
        if name == "text_chart"
        else Score(criterion=name, value=round(each, 4), confidence=0.9, reason="by its letters and words")
        for name, each in zip(CRITERIA, values, strict=True)
    )


def lay(out: Path, pairs: int) -> None:
    """Goes on where it was stopped."""
    known = (pictures(), vocabulary())
    stored = {"plan": Plan(source="in").semantic(), "model": "made-up", "burnish": "0.1.0"}
    with Run.open(str(out), stored) as opened:
        for number in range(pairs // PER_SHARD):
            shard = Shard(name=f"{number:05d}.tar", path="", size=number, tag="t")
            if opened.done(shard):
                continue
            with opened.commit(shard) as commit:
                if number < PATTERNS:
                    made(commit, shard, records(shard.name, random.Random(f"report page {number}"), known))
                else:
                    copied(commit, shard, out, f"{number % PATTERNS:05d}.tar")
        counts = sum((record.counts for record in opened.records().values()), start=Counts())
        opened.seal({CARD: b"# made up\n", SUMMARY: orjson.dumps({"counts": counts.as_json()})})


def made(commit: Any, shard: Shard, found: Iterator[Record]) -> None:
    writer = RecordsWriter(commit.create_records())
    fates = {"kept": 0, "rewritten": 0}
    with commit.create(shard.name) as file:
        for record in found:
            writer.put(record)
            fates[str(record.decision)] += 1
            text = record.caption.text.encode()[:_MEMBER]
            for ending, data in (("webp", record.pair.image), ("json", b"{}"), ("txt", text)):
                file.write(member(f"{record.pair.key}.{ending}", data))
        file.write(bytes(2 * _MEMBER))
    writer.finish()
    commit.publish(Counts(total=PER_SHARD, **fates))


def copied(commit: Any, shard: Shard, out: Path, pattern: str) -> None:
    with commit.create(shard.name) as file:
        file.write((out / pattern).read_bytes())
    with commit.create_records() as file:
        file.write((out / records_name(pattern)).read_bytes())
    found = Journal(open_files(str(out))).read(pattern)
    assert found is not None
    commit.publish(found.counts)


def member(name: str, data: bytes) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    return entry.tobuf(tarfile.USTAR_FORMAT) + data.ljust(_MEMBER, b"\0")


def opened_s(page: Path) -> float | None:
    """Until the load event, in seconds; None without a browser."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as drive:
        browser = drive.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        shown = browser.new_page()
        began = time.monotonic()
        shown.goto(page.as_uri(), wait_until="load")
        taken = time.monotonic() - began
        browser.close()
    return round(taken, 3)


def measured(work: Path, pairs: int, rounds: int, *, keep: bool) -> dict[str, Any]:
    out, log = work / f"out-{pairs}", work / "log"
    began = time.monotonic()
    if not (out / SEAL).exists():
        lay(out, pairs)
        print(f"{pairs:,} pairs made in {time.monotonic() - began:.0f} s", flush=True)
    command = [sys.executable, "-m", "burnish", "report", str(out), "--json"]
    runs = [as_dict(run(command, log=log, timeout_s=900)) for _ in range(rounds)]
    page = out / "report.html"
    held = sum(path.stat().st_size for path in (out / ".burnish" / "records").rglob("*.parquet"))
    found = {
        "runs": runs,
        "page_bytes": page.stat().st_size,
        "records_mb": round(held / 1e6, 1),
        "pictures": page.read_text("utf-8").count("data:image/webp"),
        "opened_s": opened_s(page),
    }
    if not keep:
        shutil.rmtree(out)
    return found


def page_of(found: dict[str, Any]) -> str:
    lines = [
        "# The report at scale",
        "",
        "Written by `python -m benchmarks.report_page`; see there for what is measured.",
        "",
        "| pairs | records, MB | seconds | CPU, s | peak memory, MB | page, MB | pictures | opened, s |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for pairs, row in found["sizes"].items():
        wall, cpu, peak = (max(each[name] for each in row["runs"]) for name in ("wall_s", "cpu_s", "peak_mb"))
        opened = "" if row["opened_s"] is None else f"{row['opened_s']:.2f}"
        lines.append(
            f"| {int(pairs):,} | {row['records_mb']:,} | {wall:.1f} | {cpu:.1f} | {peak:,.0f} |"
            f" {row['page_bytes'] / 1e6:.2f} | {row['pictures']} | {opened} |"
        )
    rounds = len(next(iter(found["sizes"].values()))["runs"])
    lines += ["", f"The largest of {rounds} rounds each. Seconds by the clock, beside whatever else the machine did."]
    lines += ["", "Measured on: "]
    lines[-1] += ", ".join(f"{key} {value}" for key, value in found["machine"].items()) + "."
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--pairs", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="leave the outputs for another count")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    found = {"machine": machine(["pyarrow", "numpy", "jinja2"]), "sizes": {}}
    for pairs in given.pairs:
        found["sizes"][str(pairs)] = measured(given.work, pairs, given.rounds, keep=given.keep)
        print(json.dumps(found["sizes"][str(pairs)], indent=1), flush=True)
    (FIGURES / "report.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    (FIGURES / "report.md").write_text(page_of(found), "utf-8")


if __name__ == "__main__":
    main()
