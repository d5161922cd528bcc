"""What the gates of the built-in editor rest on: the matcher's noise, captions that need no repair, added nouns.

    python -m benchmarks.editor_gates --unpacked DIR [--pictures DIR]

DIR holds openclipart-svg and tuxpaint-stamps-default, unpacked with `dpkg-deb -x`. Prints three counts as JSON. The
pictures with a noun go into a folder, named by gate and noun, to be judged by eye: whether a noun is right no program
can tell.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.fresh_titles import OPENCLIPART
from burnish.backends.builtin import editor
from burnish.backends.builtin.judge import Judge, Seen, Support
from burnish.train.builtin import clipart, split
from burnish.values import Budget

STAMPS = "usr/share/tuxpaint/stamps"
LANGUAGES = ("de", "es", "fr", "it", "ja", "nl")
BUDGET = Budget(max_changed=0.9, max_inserted=3)
TRAIN_TITLES = 250
SURE_LABEL = 0.9
Pixels = npt.NDArray[np.uint8]
DIRT: Mapping[str, Callable[[str], str]] = {
    "shop": lambda text: f"{text} | Shutterstock",
    "stock": lambda text: f"{text} Stock Photo - 12345678",
    "credit": lambda text: f"{text}. Photo by Jane Roe",
    "maker": lambda text: f"Clipart by Jane Roe - {text}",
    "file": lambda text: text.replace(" ", "_") + "_02.jpg",
    "capitals": str.upper,
    "time": lambda text: f"{text} (Mon Mar 3 12:04:11 2003)",
    "letter": lambda text: text.replace("e", "\u00c3\u00a9", 1),
    "dash": lambda text: f"{text} \u00e2\u20ac\u201c ",
    "markup": lambda text: f"<b>{text}</b>&nbsp;",
}


@dataclass(frozen=True, slots=True)
class Yes:
    """An image that confirms everything: the worst case for a caption that needs no repair."""

    def support(self, _noun: str) -> Support:
        """Confirmed."""
        return Support(confirmed=True, label_probability=1.0, match_probability=1.0, label="")

    def fits(self, _text: str) -> float:
        """Surely."""
        return 1.0


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture's real evidence, as far as a text without words asks for it."""

    judge: Judge
    seen: Seen

    def support(self, noun: str) -> Support:
        """What the judge says."""
        return self.judge.support(self.seen, noun)

    def fits(self, _text: str) -> None:
        """Nothing: a text without words leaves nothing to ask about."""


def noise(root: Path, judge: Judge) -> dict[str, float]:
    """How much lower clean titles match than the same titles with harmless dirt, in points of 1 to 5."""
    parts, arts = split.load(), clipart.walk(root)
    train = random.Random(0).sample([art for art in arts if art.stem in parts["train"]], TRAIN_TITLES)
    lost: list[float] = []
    for art in (*(art for art in arts if art.stem in parts["dev"]), *train):
        title = " ".join(art.title.split())
        plain = title.isascii() and "_" not in title and not any(map(str.isdigit, title)) and " " in title
        pixels = clipart.render(art.path) if plain else None
        if pixels is not None:
            lost += _lost(judge, judge.look([pixels])[0], title)
    shares = {f"q{q}": round(float(np.quantile(lost, q / 100)), 2) for q in (50, 95, 98, 99)}
    return {"pairs": len(lost), **shares}


def _lost(judge: Judge, seen: Seen, title: str) -> Iterator[float]:
    clean = judge.match(seen, judge.read([title])[0])
    for spoil in DIRT.values():
        dirty = judge.match(seen, judge.read([spoil(title)])[0])
        if not clean.abstained and not dirty.abstained:
            yield dirty.value - clean.value


def left_alone(stamps: Path) -> dict[str, object]:
    """Captions of the stamps that the editor changes though the image would confirm anything."""
    captions = dict.fromkeys(text for path in sorted(stamps.rglob("*.txt")) for text in _captions(path))
    changed = {text: editor.propose(text, name="", evidence=Yes(), budget=BUDGET) for text in captions}
    whys = {text: sorted({edit.why for edit in draft.edits}) for text, draft in changed.items() if draft.edits}
    return {
        "captions": len(captions),
        "changed": len(whys),
        "why": sorted({why for one in whys.values() for why in one}),
    }


def _captions(path: Path) -> Iterator[str]:
    first, *others = path.read_text(encoding="utf-8", errors="replace").splitlines()
    yield first.strip()
    for line in others:
        language, found, text = line.partition(".utf8=")
        if found and language.strip() in LANGUAGES and text.strip():
            yield text.strip()


def nouns(unpacked: Path, judge: Judge, pictures: Path | None) -> dict[str, int]:
    """How often a held-out picture would get a noun: by a sure label and the matcher alone, and by its file's name."""
    counts = {"pictures": 0, "by_label": 0, "by_name": 0}
    for name, pixels in _held_out(unpacked):
        seen = judge.look([pixels])[0]
        best = seen.evidence[0][0]
        sure = judge.support(seen, best)
        draft = editor.propose("image", name=name, evidence=Looked(judge, seen), budget=BUDGET)
        found = {
            "by_label": best if sure.confirmed and sure.label_probability >= SURE_LABEL else "",
            "by_name": draft.text if draft.edits else "",
        }
        counts["pictures"] += 1
        for gate in [gate for gate, noun in found.items() if noun]:
            counts[gate] += 1
            if pictures is not None:
                (pictures / gate).mkdir(parents=True, exist_ok=True)
                Image.fromarray(pixels).save(pictures / gate / f"{found[gate]}-{counts[gate]:03}.png")
    return counts


def _held_out(unpacked: Path) -> Iterator[tuple[str, Pixels]]:
    parts = split.load()
    held = parts["test"] | parts["editor_holdout"] | parts["sample_pool"]
    for art in (art for art in clipart.walk(unpacked / OPENCLIPART) if art.stem in held):
        pixels = clipart.render(art.path)
        if pixels is not None:
            yield art.path.name, pixels
    for path in sorted((unpacked / STAMPS).rglob("*.png")):
        stamp = Image.open(path).convert("RGBA")
        sheet = Image.new("RGBA", stamp.size, "white")
        sheet.alpha_composite(stamp)
        sheet.thumbnail((clipart.LONG_SIDE_PX, clipart.LONG_SIDE_PX))
        yield path.name, np.asarray(sheet.convert("RGB"))


def main() -> None:
    """Print the three counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unpacked", type=Path, required=True)
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    judge = Judge()
    print(json.dumps({"captions_left_alone": left_alone(asked.unpacked / STAMPS)}), flush=True)
    print(json.dumps({"nouns": nouns(asked.unpacked, judge, asked.pictures)}), flush=True)
    print(json.dumps({"match_noise": noise(asked.unpacked / OPENCLIPART, judge)}), flush=True)


if __name__ == "__main__":
    main()
