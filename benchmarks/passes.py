"""Passes over whole sets: what near duplicates are found, what contradictions, and what a million pairs cost.

    python -m benchmarks.passes [--part images|captions|cost ...] [--rows 10000 100000 1000000]

Writes docs/figures/passes.json and .md; parts that are not asked for keep their figures.

images: scenes (`burnish.scenes`, three seeds) re-encoded, resized, cropped and brightened, each against itself; and all
pairs of different scenes. captions: two captions of one scene, each of four facts in wordings of its own, half of the
time with one fact of the first said otherwise in the second. Which fact, and that it is false, is known by construction
(`facts.altered`). cost: CPU, peak of anonymous memory (sampled, mapped files not counted) and bytes on disk of each
step, on made-up rows, 10 % of them alike to another one.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from PIL import Image, ImageEnhance

from benchmarks import passes_page
from benchmarks.measure import machine
from burnish import images
from burnish.claims import Claim, Kind
from burnish.passes.alike.near_image import NearImage, signature
from burnish.passes.alike.near_text import NearText
from burnish.passes.components import Components
from burnish.passes.conflicts import Read, between
from burnish.passes.grouping import Signatures, link, mapped, places
from burnish.scenes import compose, draw, facts, phrasing
from burnish.scenes.scene import Scene

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
SEEDS = (101, 102, 103)
SCENES = 100
CAPTIONS = 400
FACTS = 4
_PEOPLE = ("Maria Lopez", "Jonas Weber", "Aiko Tanaka", "Peter Novak")


# --- images ------------------------------------------------------------------------------------------------------


def encoded(image: Image.Image, kind: str = "JPEG", **how: Any) -> bytes:
    import io

    sink = io.BytesIO()
    image.save(sink, kind, **how)
    return sink.getvalue()


def cropped(image: Image.Image, share: float) -> Image.Image:
    """Without `share` of width and height, more of it left and below."""
    width, height = image.size
    left, low = int(0.7 * share * width), int(0.7 * share * height)
    return image.crop((left, int(0.3 * share * height), width - int(0.3 * share * width), height - low))


def scaled(image: Image.Image, by: float) -> Image.Image:
    return image.resize((round(image.width * by), round(image.height * by)), Image.Resampling.BICUBIC)


CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "JPEG, quality 85": lambda image: encoded(image, quality=85),
    "JPEG, quality 40": lambda image: encoded(image, quality=40),
    "WebP, quality 70": lambda image: encoded(image, "WEBP", quality=70),
    "half the size": lambda image: encoded(scaled(image, 0.5)),
    "twice the size": lambda image: encoded(scaled(image, 2)),
    "10 % brighter": lambda image: encoded(ImageEnhance.Brightness(image).enhance(1.1)),
    "2 % cropped": lambda image: encoded(cropped(image, 0.02)),
    "5 % cropped": lambda image: encoded(cropped(image, 0.05)),
    "10 % cropped": lambda image: encoded(cropped(image, 0.1)),
    "mirrored": lambda image: encoded(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)),
}


def looked(data: bytes) -> bytes:
    picture = images.decode(data, NearImage(None).side_px)
    found = signature(picture) if not isinstance(picture, images.ImageFault) else None
    assert found is not None
    return found


def rows_of(signatures: Sequence[bytes]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.frombuffer(b"".join(signatures), np.uint8).reshape(len(signatures), -1)


def of_images() -> dict[str, Any]:
    """Share of changed pictures found, by change, and of different scenes taken for one; a seed each."""
    way = NearImage(None)
    found: dict[str, list[float]] = {name: [] for name in CHANGES}
    wrong = pairs = 0
    for seed in SEEDS:
        pictures = [draw.draw(compose.scene(seed, number)) for number in range(SCENES)]
        first = rows_of([looked(encoded(picture, "PNG")) for picture in pictures])
        for name, change in CHANGES.items():
            found[name].append(float(way.same(first, rows_of([looked(change(each)) for each in pictures])).mean()))
        one, other = np.triu_indices(SCENES, 1)
        wrong += int(way.same(first[one], first[other]).sum())
        pairs += len(one)
    return {
        "scenes": SCENES,
        "seeds": list(SEEDS),
        "limit_bits": way.limit,
        "found": {name: [round(share, 4) for share in shares] for name, shares in found.items()},
        "different_pairs": pairs,
        "taken_for_one": wrong,
    }


# --- captions ----------------------------------------------------------------------------------------------------


def said(scene: Scene, fact: Claim, part: int, lots: random.Random) -> str:
    form = phrasing.form_of(fact, scene)
    wordings = phrasing.FRESH[form] if part else phrasing.wordings(form, held_out=False)
    return phrasing.say(fact, scene, lots.choice(wordings), lots.choice((0, 1, 3) if part else (0, 1)))


def both(scene: Scene, lots: random.Random) -> tuple[str, str, str]:
    """Two captions and the kind of fact they contradict each other in, "" if in none."""
    known = [fact for fact in facts.facts(scene) if not (fact.kind is Kind.COUNT and fact.value == "1")]
    mine = lots.sample(known, min(FACTS, len(known)))
    shared = mine[: FACTS // 2]
    theirs = [*shared, *lots.sample(known, min(FACTS - len(shared), len(known)))]
    makers = [lots.choice(_PEOPLE)] * 2
    planted = ""
    if lots.random() < 0.5:
        planted, theirs = _planted(scene, theirs, lots)
        if planted == "name":
            makers = lots.sample(_PEOPLE, 2)
    one = " ".join(said(scene, fact, 0, lots) for fact in mine)
    other = " ".join(
        fact if isinstance(fact, str) else said(scene, fact, 1, lots) for fact in lots.sample(theirs, len(theirs))
    )
    return f"{one} A drawing by {makers[0]}.", f"{other} It was drawn by {makers[1]}.", planted


def _planted(scene: Scene, theirs: list[Any], lots: random.Random) -> tuple[str, list[Any]]:
    """The facts of the second caption with one of the shared ones said otherwise."""
    if lots.random() < 1 / 6:
        return "name", theirs
    at = lots.randrange(FACTS // 2)
    fact = theirs[at]
    if fact.kind is Kind.EXISTENCE:
        rest = [each for each in theirs if fact.subject not in {each.subject, each.other}]
        return "existence", [f"There is no {fact.subject} here.", *rest]
    wrong = facts.altered(scene, fact, lots)
    if wrong is None:
        return "", theirs
    rest = [each for each in theirs if each.key != fact.key]
    return _kind(fact), [wrong, *rest]


def _kind(fact: Claim) -> str:
    return "size" if fact.value in {"large", "small"} else str(fact.kind)


def of_captions() -> dict[str, Any]:
    """Counts by seed: planted and found by kind, and consistent pairs flagged, with by what."""
    seeds = []
    for seed in SEEDS:
        lots = random.Random(f"passes captions 1 {seed}")
        planted: Counter[str] = Counter()
        found: Counter[str] = Counter()
        by: Counter[str] = Counter()
        for number in range(CAPTIONS):
            one, other, kind = both(replace(compose.scene(seed, number)), lots)
            conflicts = between(Read.of(one), Read.of(other))
            planted[kind] += 1
            found[kind] += bool(conflicts)
            if not kind:
                by.update({conflict.kind for conflict in conflicts})
        seeds.append({"seed": seed, "pairs": dict(planted), "flagged": dict(found), "wrongly_by": dict(by)})
    return {"pairs_a_seed": CAPTIONS, "facts_a_caption": FACTS, "seeds": seeds}


# --- cost --------------------------------------------------------------------------------------------------------


class Peak:
    """The largest anonymous memory of this process while inside, in MB."""

    def __enter__(self) -> Self:
        self.before, self.mb = anonymous_mb(), 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            self.mb = max(self.mb, anonymous_mb() - self.before)


def anonymous_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1e3
    raise RuntimeError("this kernel does not tell anonymous memory")


def made_up(way: NearImage | NearText, rows: int) -> Iterator[list[bytes | None]]:
    """Signatures without any picture or text behind them; each tenth is nearly the one before."""
    rng = np.random.default_rng(rows)
    for start in range(0, rows, 1_000):
        block = rng.integers(0, 256, (min(1_000, rows - start), way.size), np.uint8)
        block[9::10] = block[8::10][: len(block[9::10])]
        block[9::10, 3] ^= 5
        if isinstance(way, NearImage):
            block[:, 8:16] = 0
        yield [row.tobytes() for row in block]


STEPS = ("group by near_image", "group by near_text", "threshold of a score")


def of_cost(rows: int) -> dict[str, Any]:
    """Each step on `rows` rows, in a process of its own: CPU in us a row, peak memory, bytes on disk a row."""
    found = {}
    for step in STEPS:
        call = [sys.executable, "-m", "benchmarks.passes", "--step", step, "--rows", str(rows)]
        done = subprocess.run(call, check=True, capture_output=True, text=True, cwd=FIGURES.parents[1])
        found[step] = json.loads(done.stdout.splitlines()[-1])
    return found


def of_step(step: str, rows: int) -> dict[str, Any]:
    """One step, in this process."""
    if step == "threshold of a score":
        return of_scores(rows)
    name = step.rpartition(" ")[2]
    way = NearImage(None) if name == "near_image" else NearText(None)
    with tempfile.TemporaryDirectory(prefix="burnish-bench-") as scratch, Peak() as peak:
        folder = Path(scratch)
        signatures = Signatures(folder / name, way, rows)
        at = 0
        for block in made_up(way, rows):
            signatures.put(at, block)
            at += len(block)
        components = Components(mapped(folder / "parents", "<i8", (rows,)))
        before = time.process_time()
        met = link(signatures, components, folder)
        outcome = places(components, mapped(folder / "preferred", "<f8", (rows,)), {name: signatures}, folder)
        cpu_s = time.process_time() - before
        disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        found = {
            "cpu_us": round(1e6 * cpu_s / rows, 2),
            "disk_bytes": round(disk / rows + 16),  # and the table at hand, removed by now
            "tables": way.tables(rows),
            "in_groups": round(float((outcome.size > 1).mean()), 4),
            "compared": met.compared,
        }
    return {**found, "peak_mb": round(peak.mb)}


def of_scores(rows: int) -> dict[str, Any]:
    """A quantile of made-up scores that crowd between 1 and 5."""
    from burnish.mixing.census import Spill
    from burnish.passes import quantiles

    rng = np.random.default_rng(rows)
    with tempfile.TemporaryFile() as file, Peak() as peak:
        scores = Spill(file, "<f8")
        for start in range(0, rows, 10_000):
            for value in rng.beta(4, 2, min(10_000, rows - start)) * 4 + 1:
                scores.add(float(value))
        scores.flush()
        before = time.process_time()
        quantiles._found(scores, (0.3,), ("overall", "chosen", rows))  # noqa: SLF001 -- the step alone
        cpu_s = time.process_time() - before
    return {"cpu_us": round(1e6 * cpu_s / rows, 3), "disk_bytes": 8, "peak_mb": round(peak.mb)}


def of_signing() -> dict[str, float]:
    """CPU in us to make one signature, median of five rounds; decoding comes on top."""
    pictures = [images.decode(encoded(draw.draw(compose.scene(7, n)), "PNG"), 64) for n in range(50)]
    texts = [both(compose.scene(7, n), random.Random(n))[0] for n in range(200)]
    from burnish.passes.alike import Seen

    seen = [Seen(text=text, image_xxh128="0" * 32) for text in texts]
    rounds: dict[str, list[float]] = {"near_image": [], "near_text": []}
    for _ in range(5):
        before = time.process_time()
        for picture in pictures:
            signature(picture)  # type: ignore[arg-type]
        rounds["near_image"].append(1e6 * (time.process_time() - before) / len(pictures))
        before = time.process_time()
        NearText(None).signatures(seen)
        rounds["near_text"].append(1e6 * (time.process_time() - before) / len(seen))
    return {
        **{name: round(statistics.median(values), 1) for name, values in rounds.items()},
        "mean_chars": round(statistics.mean(map(len, texts))),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--part", nargs="+", choices=("images", "captions", "cost"), default=["images", "captions", "cost"]
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--step", choices=STEPS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(of_step(options.step, options.rows[0])))
        return
    path = FIGURES / "passes.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if "images" in options.part:
        found["images"] = of_images()
    if "captions" in options.part:
        found["captions"] = of_captions()
    if "cost" in options.part:
        found["signing"] = of_signing()
        found["cost"] = found.get("cost", {}) | {str(rows): of_cost(rows) for rows in options.rows}
        found["machine"] = machine(("numpy", "pyarrow", "pillow"))
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    FIGURES.joinpath("passes.md").write_text(passes_page.page(found), encoding="utf-8")
    print(passes_page.page(found))


if __name__ == "__main__":
    main()
