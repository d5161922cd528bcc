"""Real titles of real drawings for a tiny enhancer to learn from, good and spoilt, with a judge that knows which.

    python -m tools.train_tiny_enhancer CAPTIONER WORK --clipart DIR      # uses this

The drawings of Debian's `openclipart-svg` (public domain) that the built-in model was trained on; those that
measurements ask about are of the split's other parts. Half of the titles stay as they are, the others are spoilt in the
kinds of `train.builtin.corruption` in turns, or belong to another drawing. `truth` is a backend for `burnish negatives`
that looks the title up by the picture: nothing here guesses.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Mapping
from itertools import cycle
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

from benchmarks.hybrid_world import write_tar
from burnish import edits
from burnish.backends.function import Answer, FunctionBackend
from burnish.errors import UsageError
from burnish.train.builtin import clipart, split
from burnish.train.builtin.captions import captions
from burnish.train.builtin.corruption import CORRUPTIONS
from burnish.values import AssessRequest, Request

TRUTH = "truth.json"
MIN_WORDS = 2
SIDE_PX = 192
SWAPPED = "swapped"
LEAST, MOST_SPOILT, BEST = 1.0, 2.5, 5.0
"""What a title is worth: of another drawing, spoilt with all its words there, as it should be."""


def titles(folder: Path) -> dict[str, str]:
    """Stem -> title of what may be learnt from, each title once; the order is that of the stems. Raises `UsageError`
    for a folder that holds nothing of it.
    """
    arts = clipart.walk(folder)
    learnt = split.load()["train"]
    named = captions(arts)
    stems: dict[str, str] = {}
    for art in arts:
        if art.stem in learnt and art.stem in named:
            stems.setdefault(named[art.stem][0], art.stem)
    found = {stem: title for title, stem in stems.items() if len(edits.words(title)) >= MIN_WORDS}
    if not found:
        raise UsageError(f"{folder} holds no clip art to learn from (svg/**/*.svg).\nInstall Debian's openclipart-svg.")
    return found


def texts(folder: Path, seed: int) -> Iterator[tuple[str, str]]:
    """Titles without pictures, good ones and ones spoilt so that the words are still there, each with what it should
    become; without end.
    """
    lots = random.Random(f"enhancer reads titles {seed}")
    told = list(titles(folder).values())
    lots.shuffle(told)
    kinds = cycle(("", *CORRUPTIONS))
    for title in cycle(told):
        kind = next(kinds)
        made = CORRUPTIONS[kind](title, lots) if kind else title
        if not kind or (title in made and made != title):
            yield made, title


def spoilt(titles_: Mapping[str, str], lots: random.Random) -> Iterator[tuple[str, str]]:
    """(Stem, text) of each: its title, or in turns with that what became of it."""
    kinds = cycle((*CORRUPTIONS, SWAPPED))
    told = list(titles_.values())
    for at, (stem, title) in enumerate(titles_.items()):
        if at % 2 == 0:
            yield stem, title
            continue
        kind = next(kinds)
        yield stem, lots.choice(told) if kind == SWAPPED else CORRUPTIONS[kind](title, lots)


def write(folder: Path, output: Path, pairs: int, seed: int) -> None:
    """At most so many pairs as one shard in a new folder, and beside them the title of each picture."""
    if output.exists():
        return
    lots = random.Random(f"enhancer titles {seed}")
    told = titles(folder)
    chosen = {stem: told[stem] for stem in lots.sample(sorted(told), min(pairs, len(told)))}
    truth_: dict[str, str] = {}
    drawn: list[tuple[str, NDArray[np.uint8], str]] = []
    for at, (stem, text) in enumerate(spoilt(chosen, lots)):
        pixels = clipart.render(folder / "svg" / f"{stem}.svg", SIDE_PX)
        if pixels is None or truth_.setdefault(_digest(pixels), chosen[stem]) != chosen[stem]:
            continue
        drawn.append((f"{at:05d}", pixels, text))
    made = output.with_suffix(".drawn")
    shutil.rmtree(made, ignore_errors=True)  # a stopped run's may hold other pairs
    write_tar(made, drawn)
    (made / TRUTH).write_text(json.dumps(truth_), encoding="utf-8")
    made.rename(output)


def _digest(rgb: NDArray[np.uint8]) -> str:
    return xxhash.xxh3_128_hexdigest(repr(rgb.shape).encode() + rgb.tobytes())


def truth(options: Mapping[str, str]) -> FunctionBackend:
    """The judge and editor of a set that `write` made: ``backend_options.truth`` names its folder. It raises `KeyError`
    for a picture that is not of it.
    """
    raw = (Path(options["truth"]) / TRUTH).read_bytes()
    told: dict[str, str] = json.loads(raw)

    def judge(request: Request) -> Answer:
        title = told[_digest(request.picture.rgb)]
        return worth(request.text, title) if isinstance(request, AssessRequest) else title

    return FunctionBackend(judge, name=f"titles:{xxhash.xxh3_64_hexdigest(raw)}", side_px=SIDE_PX)


def worth(text: str, title: str) -> float:
    """What a text is worth where `title` would be right: the best only for the title itself, else by its words."""
    if text == title:
        return BEST
    wanted = set(edits.words(title))
    return LEAST + (MOST_SPOILT - LEAST) * len(wanted & set(edits.words(text))) / len(wanted)


def joined(sets: Mapping[str, Path], output: Path) -> None:
    """One folder of samples out of several sets, each under a name of its own; `burnish train` reads them all."""
    if output.exists():
        return
    made = output.with_suffix(".made")
    made.mkdir(parents=True, exist_ok=True)
    for name, folder in sets.items():
        (made / name).unlink(missing_ok=True)
        (made / name).symlink_to(folder.resolve(), target_is_directory=True)
        with (made / f"samples-{name}.jsonl").open("w", encoding="utf-8") as file:
            for line in (folder / "samples.jsonl").read_text(encoding="utf-8").splitlines():
                sample = json.loads(line)
                sample |= {"id": f"{name}/{sample['id']}", "image": f"{name}/{sample['image']}"}
                file.write(json.dumps(sample, ensure_ascii=False) + "\n")
    made.rename(output)
