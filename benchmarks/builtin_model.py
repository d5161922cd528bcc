"""What the built-in model can and cannot do, held out by text and image similarity.

    python -m benchmarks.builtin_model --clipart DIR --stamps DIR --seeds 3

Trains the heads once per seed from the train split, loads each result as a user would, and writes
docs/figures/builtin_model.json and .md. Clip art: Debian openclipart-svg; stamps: tuxpaint-stamps-default.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import pickle
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import builtin_page, builtin_speed, stamps
from benchmarks.measure import machine
from burnish.backends.builtin import manifest
from burnish.backends.builtin.judge import Judge, Read, Seen
from burnish.backends.builtin.language import identify
from burnish.evals import matching
from burnish.train.builtin import clipart, heads, quality, quality_head, split
from burnish.train.builtin.captions import captions
from burnish.train.builtin.corruption import CORRUPTIONS
from burnish.train.builtin.material import Material, gather

FIGURES = Path(__file__).parents[1] / "docs" / "figures"
PATH = FIGURES / "builtin_model.json"
PARTS = ("matching", "text", "speed")
Measures = dict[str, dict[str, float]]
LIST = Path(__file__).parents[1] / "tests" / "backends" / "builtin" / "text_quality.tsv"
MIDDLE = 3.0  # of the scale: captions below are rewritten by default
END_MARKS = " .!?"
BANDS = ((0.0, 0.3), (0.3, 0.6), (0.6, 1.01))
SEED_STEP = 100  # each build averages heads of neighbouring seeds; runs must not share any


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """Captioned pictures of one kind."""

    name: str
    captions: tuple[str, ...]
    pictures: tuple[npt.NDArray[np.uint8], ...]


def main() -> None:
    """Everything, or the parts asked for, from the command line."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        _measure(options, options.keep or Path(scratch), options.part or list(PARTS))


def _measure(options: argparse.Namespace, kept: Path, parts: Sequence[str]) -> None:
    material = rendered(options.clipart, kept)
    shown = stamps.read(options.stamps)
    subsets = _subsets(options.clipart, material, shown)
    measures = {
        "matching": lambda judge, _: _matched(judge, subsets),
        "text": lambda judge, seed: _texts(judge, shown, material, seed),
    }
    figures: dict[str, Any] = {
        **_earlier(parts),
        "command": "python -m benchmarks.builtin_model --clipart DIR --stamps DIR --seeds " + str(options.seeds),
        "weights": manifest.load().digest,
        "weights_bytes": sum(path.stat().st_size for path in manifest.FOLDER.iterdir()),
        "split": {part: len(stems) for part, stems in split.load().items()},
        "train_pictures_used": len(material.rows("train")),
        "seeds": [number * SEED_STEP for number in range(options.seeds)],
        "n": {subset.name: len(subset.captions) for subset in subsets},
    }
    for part in parts:
        if part == "speed":
            figures["speed"] = builtin_speed.measure(subsets[0].pictures, subsets[0].captions)
        else:
            figures.setdefault("results", {}).update(_fold(_runs(part, measures[part], material, kept, options.seeds)))
        figures.setdefault("measured", {})[part] = {
            "weights": manifest.load().digest,
            "machine": machine(["numpy", "onnxruntime", "py3langid"]),
        }
    FIGURES.mkdir(parents=True, exist_ok=True)
    PATH.write_text(json.dumps(figures, indent=1) + "\n")
    PATH.with_suffix(".md").write_text(builtin_page.page(figures))


def _earlier(parts: Sequence[str]) -> dict[str, Any]:
    """The figures of the parts that are not measured now, as the last run left them."""
    return {} if set(parts) == set(PARTS) else dict(json.loads(PATH.read_text()))


def _runs(
    part: str, measure: Callable[[Judge, int], Measures], material: Material, kept: Path, seeds: int
) -> list[Measures]:
    """One part of every seed; what `kept` holds of the same weights is not measured again."""
    found = []
    for number in range(seeds):
        seed = number * SEED_STEP
        folder = kept / f"seed-{seed}"
        if not (folder / manifest.MANIFEST).exists():
            heads.build(material, folder, seed)
        judge = Judge(folder)
        done = kept / f"{part}-{judge.digest[:12]}.json"
        if not done.exists():
            done.write_text(json.dumps(measure(judge, seed)))
        found.append(json.loads(done.read_text()))
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clipart", type=Path, default=clipart.DEFAULT_CLIPART)
    parser.add_argument("--stamps", type=Path, default=stamps.DEFAULT_STAMPS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--keep", type=Path, help="keep what was rendered, trained and measured here: a stopped run goes on"
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; the other figures stay as they are")
    return parser.parse_args()


def rendered(folder: Path, kept: Path) -> Material:
    """The clip art in `folder` as the towers see it; ten minutes, then kept in `kept`."""
    path = kept / "material.pickle"
    if path.exists():
        found = pickle.loads(path.read_bytes())  # noqa: S301 - a file this command wrote
        assert isinstance(found, Material)
        return found
    material = gather(folder, manifest.FOLDER)
    kept.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(material))
    return material


def _subsets(folder: Path, material: Material, shown: Sequence[stamps.Stamp]) -> list[Subset]:
    named = captions(material.arts)
    test = [art for art in clipart.walk(folder) if art.stem in split.load()["test"] and art.stem in named]
    drawn = dict(clipart.pictures(test))
    photos = [stamp for stamp in shown if stamp.photo]
    drawings = [stamp for stamp in shown if stamp.drawing]
    return [
        Subset(
            name="clip art, test split",
            captions=tuple(named[art.stem][0] for art in drawn),
            pictures=tuple(drawn.values()),
        ),
        _stamps("tuxpaint photos", photos),
        _stamps("tuxpaint drawings", drawings),
    ]


def _stamps(name: str, chosen: Sequence[stamps.Stamp]) -> Subset:
    return Subset(
        name=name, captions=tuple(each.caption for each in chosen), pictures=tuple(each.pixels for each in chosen)
    )


def _matched(judge: Judge, subsets: Sequence[Subset]) -> Measures:
    found = {}
    for subset in subsets:
        seen, read = judge.look(subset.pictures), judge.read(subset.captions)
        found[subset.name] = _matching(judge, seen, read, subset.captions)
    return found


def _texts(judge: Judge, shown: Sequence[stamps.Stamp], material: Material, seed: int) -> Measures:
    stamp_captions = sorted({stamp.caption for stamp in shown})
    left_out, shipped = _spoilt(judge, material, stamp_captions[::2], seed)
    return {
        "text quality, corruption left out of training": left_out,
        "text quality, shipped head": shipped,
        "text quality, what it says of clean and bad captions": _said(judge, shown, material),
        "p(English), tuxpaint captions": _english(judge, shown),
    }


def _matching(judge: Judge, seen: Sequence[Seen], read: Sequence[Read], names: Sequence[str]) -> dict[str, float]:
    table = np.array([[(judge.match(one, other).value - 1) / 4 for other in read] for one in seen])
    texts = np.stack([one.embedding for one in read]).astype(np.float64)
    found = matching.measures(table, texts, names)
    own = [judge.match(one, other) for one, other in zip(seen, read, strict=True)]
    found["abstained"] = float(np.mean([judged.abstained for judged in own]))
    for low, high in BANDS:
        rows = np.array([index for index, one in enumerate(seen) if low <= one.confidence < high], np.int64)
        if len(rows) >= 20:
            part = matching.measures(table[np.ix_(rows, rows)], texts[rows], [names[row] for row in rows])
            found[f"auc_random_where_top_label_{low:.1f}_to_{min(1.0, high):.1f}"] = part["auc_random"]
            found[f"n_where_top_label_{low:.1f}_to_{min(1.0, high):.1f}"] = float(len(rows))
    return found


def _pairs(
    material: Material, stamp_captions: Sequence[str], kind: str, seed: int
) -> list[tuple[list[str], list[str]]]:
    """Good captions and the same ones spoilt by `kind`: clip art of the test split, then stamps.

    No text keeps a mark at its end: clean captions end in a full stop, and that alone would tell them apart.
    """
    plain, _ = quality_head.titles(material, "test")
    rng = random.Random(seed)
    sources = [[text.rstrip(END_MARKS) for text in texts] for texts in (quality.good_texts(plain, rng), stamp_captions)]
    if kind == "shuffled":
        sources = [[text for text in texts if len(text.split()) > 3] for texts in sources]
    return [(texts, [CORRUPTIONS[kind](text, rng).rstrip(END_MARKS) for text in texts]) for texts in sources]


def _spoilt(
    judge: Judge, material: Material, captions_: Sequence[str], seed: int
) -> tuple[dict[str, float], dict[str, float]]:
    """AUC of clean against spoilt by kind: of heads that never saw the kind, and of the judge."""
    samples = quality_head.corpus(material, "train", seed)
    embeddings, surfaces, good = quality_head.arrays(judge.language, samples)
    kinds = np.array([sample.kind for sample in samples])
    read: dict[str, Read] = {}
    left_out, shipped = {}, {}
    for kind in CORRUPTIONS:
        kept = kinds != kind
        head = quality_head.train(embeddings[kept], surfaces[kept], good[kept], seed)
        pairs = _pairs(material, captions_, kind, seed)
        for source, pair in zip(("clip art", "stamps"), pairs, strict=True):
            for text in {*pair[0], *pair[1]} - set(read):
                read[text] = judge.read([text])[0]
            clean, spoilt = ([read[text] for text in texts] for texts in pair)
            left_out[f"{kind}, {source}"] = matching.auc(_scores(head, clean), _scores(head, spoilt))
            shipped[f"{kind}, {source}"] = matching.auc(_values(judge, clean), _values(judge, spoilt))
            shipped[f"n of each, {kind}, {source}"] = float(len(clean))
    return left_out, shipped


def _scores(head: Any, read: Sequence[Read]) -> Any:
    return quality_head.score(head, np.stack([one.embedding for one in read]), np.stack([one.surface for one in read]))


def _values(judge: Judge, read: Sequence[Read]) -> list[float]:
    return [judge.text_quality(one).value for one in read]


def _said(judge: Judge, shown: Sequence[stamps.Stamp], material: Material) -> dict[str, float]:
    """Shares of captions that are called bad (a value below the middle of the scale), good, or not judged."""
    english = {stamp.caption for stamp in shown}
    sets = {
        "tuxpaint captions": sorted(english),
        "tuxpaint captions in " + " ".join(stamps.LANGUAGES): _translations(shown),
        "plain clip-art titles, test split": quality_head.titles(material, "test")[0],
    }
    with LIST.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for part, label in itertools.product(("held", "open"), ("good", "bad")):
        sets[f"{label} captions of our list, {part} half"] = [
            row["text"] for row in rows if (row["part"], row["label"]) == (part, label)
        ]
    found = {}
    for name, texts in sets.items():
        said = [judge.text_quality(read) for read in judge.read(texts)]
        found[f"called bad, {name}"] = float(np.mean([not one.abstained and one.value < MIDDLE for one in said]))
        found[f"not judged, {name}"] = float(np.mean([one.abstained for one in said]))
        found[f"n, {name}"] = float(len(texts))
    return found


def _translations(shown: Sequence[stamps.Stamp]) -> list[str]:
    english = {stamp.caption for stamp in shown}
    told = {stamp.translations.get(code, "") for stamp in shown for code in stamps.LANGUAGES}
    return sorted(told - english - {""})


def _english(judge: Judge, shown: Sequence[stamps.Stamp]) -> dict[str, float]:
    english = sorted({stamp.caption for stamp in shown})
    foreign = _translations(shown)
    own = [[read.p_english for read in judge.read(texts)] for texts in (english, foreign)]
    raw = [[identify(text)[1] for text in texts] for texts in (english, foreign)]
    threshold = judge.english_threshold
    return {
        "auc": matching.auc(*own),
        "auc_py3langid_alone": matching.auc(*raw),
        "english_kept": float(np.mean(np.array(own[0]) >= threshold)),
        "foreign_let_through": float(np.mean(np.array(own[1]) >= threshold)),
        "n_english": float(len(english)),
        "n_foreign": float(len(foreign)),
    }


def _fold(runs: Sequence[Measures]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        name: {
            measure: matching.spread([run[name][measure] for run in runs])
            for measure in runs[0][name]
            if all(measure in run[name] for run in runs)
        }
        for name in runs[0]
    }


if __name__ == "__main__":
    main()
