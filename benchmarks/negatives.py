"""Negatives on scenes: how many captions each way gives, and how many of those that a judge lets through are worse.

    python -m benchmarks.negatives --scenes 300 --seeds 21 22

Every way is put to every good pair. Whether a caption is worse is known from the truth of its scene: it makes a claim
that the picture refutes and the original does not, or it is cut off or out of order. That truth takes texts apart with
the same rules as the perfect judge, so of that one the share that is really worse is a check of the plumbing; of the
faulty ones it is a measurement. One way more is harmless on purpose: nothing of it may pass a judge without faults.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks import measure, negatives_page
from burnish import api
from burnish.claims import Verdict
from burnish.claims.rules import split
from burnish.mixing.sources import open_source
from burnish.negatives import sheet, ways
from burnish.negatives.run import negatives
from burnish.negatives.settings import Settings
from burnish.negatives.ways import Given
from burnish.scenes import broken, writing
from burnish.scenes.checker import TruthChecker
from burnish.scenes.scene import Scene, from_json
from burnish.storage.opening import open_files

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
HARMLESS = "benchmarks.negatives:reworded"
JUDGES: Mapping[str, tuple[str, dict[str, str]]] = {
    "perfect": ("scores", {}),
    "perfect, by claims": ("claims", {}),
    "10 % of scores turned round": ("scores", {"error": "0.1"}),
    "10 % of scores turned round, by claims": ("claims", {"error": "0.1"}),
}
"""What is tested by, and the faults of the oracle that judges."""
_ALL = 64
"""More than there are ways: every caption of a pair is judged."""


def reworded(given: Given, _lots: random.Random) -> str:
    """The way that makes nothing worse."""
    return f"A picture of {given.text[:1].lower()}{given.text[1:]}"


def refuted(scene: Scene, text: str) -> set[Any]:
    """What of a text the picture refutes."""
    claims = split(text)
    found = zip(claims, TruthChecker(scene)(claims), strict=True)
    return {claim.key for claim, verdict in found if verdict is Verdict.REFUTED}


def worse(scene: Scene, original: str, made: str) -> bool:
    """Whether `made` is worse than `original` by the truth."""
    false = refuted(scene, made) - refuted(scene, original)
    return bool(false) or (bool(broken.how(scene, made)) and not broken.how(scene, original))


def made(folder: Path, truth: Mapping[str, Scene]) -> Iterator[tuple[str, bool, bool, str]]:
    """(way, kept, worse by the truth, why refused) of every caption that was made worse and shown to the judge."""
    files = open_files(str(folder))
    for path in sorted((folder / sheet.FOLDER).rglob("*.parquet")):
        shard = path.relative_to(folder / sheet.FOLDER).as_posix().removesuffix(".parquet")
        for row in sheet.rows(files, shard):
            if row["kind"] == "made_bad":
                really = worse(truth[row["key"]], row["target"], row["text"])
                yield row["way"], not row["refused"], really, row["refused"]


def counted(folder: Path, truth: Mapping[str, Scene]) -> dict[str, dict[str, int]]:
    """Counts by way, and over all ways but the harmless one."""
    ways_: dict[str, Counter[str]] = {}
    for way, kept, really, why in made(folder, truth):
        name = "harmless" if way == HARMLESS else way
        for each in (name, *([] if name == "harmless" else ["all"])):
            counts = ways_.setdefault(each, Counter())
            counts["shown"] += 1
            counts["worse"] += really
            counts["kept"] += kept
            counts["kept_worse"] += kept and really
            counts[f"refused:{why}"] += bool(why)
    return {way: dict(counts) for way, counts in sorted(ways_.items())}


def measured(pairs: int, seed: int, work: Path) -> dict[str, Any]:
    """All judges on the scenes of one seed. What is in `work` already is not done again."""
    scenes, better = work / "scenes", work / "better"
    oracle = {"truth": str(scenes)}
    if not better.exists():
        writing.write(scenes, pairs, seed, 0.5)
        mend = {"max_inserted": 60, "max_changed": 1.0}
        api.enhance(scenes, better, backend="oracle", backend_options=oracle, rewrite=mend, workers=1)
    truth = {pair.key: from_json(str(pair.fields["scene"])) for pair in api.open(scenes)}
    found: dict[str, Any] = {}
    for place, (name, (test, faults)) in enumerate(JUDGES.items()):
        kept = work / f"judge-{place}.json"
        if not kept.exists():
            judge = {**oracle, "seed": str(seed), **faults}
            kept.write_text(json.dumps(judged(work, (judge, test, seed), truth, place)), encoding="utf-8")
        found[name] = json.loads(kept.read_text(encoding="utf-8"))
    return found


def judged(work: Path, how: tuple[dict[str, str], str, int], truth: Mapping[str, Scene], place: int) -> dict[str, Any]:
    """What one judge lets through."""
    judge, test, seed = how
    settings = Settings(
        judge="oracle",
        judge_options=judge,
        teacher="oracle",
        teacher_options={"truth": judge["truth"], "harmless": "0.1"},
        ways=",".join((*ways.names(), ways.TEACHER, HARMLESS)),
        test=test,
        per_pair=_ALL,
        tries=_ALL,
        tasks="assess",
        criteria="overall",
        balance="none",
        seed=seed,
    )
    out = work / f"out-{place}"
    done = negatives(open_source("data", str(work / "better")), settings, str(out), workers=1)
    numbers = {name: getattr(done.tally, name) for name in ("pairs", "good", "bad")}
    no_hold = {way: reasons["no_hold"] for way, reasons in done.tally.refused.items() if way in settings.all_ways}
    return {**numbers, "ways": counted(out, truth), "no_hold": no_hold}


def dense(pairs: int, seed: int, work: Path) -> dict[str, Any]:
    """The way `relation`, of which alt texts have none, on scenes whose text is their dense caption."""
    kept = work / "dense.json"
    if not kept.exists():
        scenes, source = work / "dense-scenes", work / "dense"
        writing.write(scenes, pairs, seed, 0.0)
        source.mkdir()
        for path in scenes.iterdir():
            _described(path, source / path.name)
        truth = {pair.key: from_json(str(pair.fields["scene"])) for pair in api.open(source)}
        settings = Settings(
            backend="oracle",
            backend_options={"truth": str(source)},
            ways="relation",
            tasks="assess",
            criteria="overall",
            balance="none",
        )
        done = negatives(open_source("data", str(source)), settings, str(work / "dense-out"), workers=1)
        no_hold = done.tally.refused.get("relation", Counter())["no_hold"]
        counts = counted(work / "dense-out", truth)["relation"]
        kept.write_text(json.dumps({"good": done.tally.good, "no_hold": no_hold, **counts}), encoding="utf-8")
    return dict(json.loads(kept.read_text(encoding="utf-8")))


def _described(source: Path, target: Path) -> None:
    """A shard of scenes with dense captions as texts."""
    with tarfile.open(source) as old, tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as new:
        members = {entry.name: old.extractfile(entry).read() for entry in old.getmembers()}  # type: ignore[union-attr]
        for name, data in members.items():
            stem, _, ending = name.rpartition(".")
            said = json.loads(members[f"{stem}.json"])["caption_dsc"].encode() if ending == "txt" else data
            entry = tarfile.TarInfo(name)
            entry.size = len(said)
            new.addfile(entry, io.BytesIO(said))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=300)
    parser.add_argument("--seeds", type=int, nargs="+", default=[21, 22])
    parser.add_argument("--work", default="", help="a folder that keeps what is done, to go on after a stop")
    options = parser.parse_args()
    runs = {}
    for seed in options.seeds:
        with tempfile.TemporaryDirectory(prefix="burnish-negatives-") as spare:
            work = Path(options.work) / str(seed) if options.work else Path(spare)
            work.mkdir(parents=True, exist_ok=True)
            runs[str(seed)] = measured(options.scenes, seed, work)
            runs[str(seed)]["dense"] = dense(options.scenes // 4, seed, work)
    results = {"scenes": options.scenes, "runs": runs, "machine": measure.machine(["burnish", "pillow"])}
    (FIGURES / "negatives.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "negatives.md").write_text(negatives_page.page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
