"""Reading writing in images: what is read by size, face and angle, what is read where nothing stands, what it costs.

``python -m benchmarks.ocr`` draws strings of words and numbers (from a seed, never looked at while anything was tuned)
into the bundled sample pictures with the faces that Pillow ships, and writes docs/figures/ocr.{json,md}.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import burnish
import burnish.sample
from benchmarks.ocr_page import page
from burnish import evidence, images
from burnish.backends.builtin.backend import SIDE_PX as MODEL_SIDE_PX
from burnish.backends.builtin.backend import BuiltinBackend
from burnish.ocr import identity, lines
from burnish.ocr.engine import Engine
from burnish.ocr.lines import Line
from burnish.ocr.reader import SIDE_PX
from burnish.recipes import load
from burnish.values import AssessRequest, Pair, Picture

SEED = 20_261_121
SHIPPED = Path(burnish.sample.__file__).parent
FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"

EACH = 40
SIZES = (8, 10, 12, 16, 24, 32, 48)
FACES = ("plain", "bold", "bitmap")
ANGLES = (0, 5, 15, 30, 45, 90, 180)
CONFIDENCES = (0.5, 0.7, 0.85, 0.95)
SIDES = (512, 768, 1_024, 1_536)
LARGE_PX = 1_536
LARGE_SIZES = (16, 24, 32, 48)
LARGE_EACH = 15

PLACES = 20
CONTRAST = 96
CLEAR_SHARE = 0.97
"""Clear ground: of 20 places tried, the first where 97 % of the pixels are 96 grey levels and more from the ink."""

WRITTEN = {
    "000000018": "STOP",
    "000000056": "STOP",
    "000000066": "source",
    "000000089": "kde 645 dan 530",
    "000000113": "Xn - Nocif",
    "000010001": "PAPRIKA",
    "000010022": "Nokin",
    "000010035": "WMD",
    "000010058": "compact disc",
}
"""What stands in those sample pictures in which anything was read with a confidence of 0.5 and more, by eye."""

WORDS = (
    "anchor bakery castle dolphin engine flower garage harbor island jacket kitchen ladder market needle orange parcel"
    " quarry rocket summer ticket uncle velvet winter yellow zebra exit open closed sale welcome museum street bridge"
    " school police coffee danger silver hotel airport library theatre pharmacy gallery lemon brick tower river station"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a string is drawn: letters of `size` pixels (of the em), turned by `angle` degrees."""

    size: int
    face: str = "plain"
    angle: int = 0


def strings(count: int, rng: random.Random) -> list[str]:
    """One to three words in one of three cases, in one of three with a number."""
    made = []
    for _ in range(count):
        words = rng.sample(WORDS.split(), rng.randint(1, 3))
        case = rng.choice((str.upper, str.lower, str.capitalize))
        number = [str(rng.randint(2, 9_999))] if rng.random() < 1 / 3 else []
        made.append(" ".join([*map(case, words), *number]))
    return made


def lettering(text: str, look: Look, ink: tuple[int, int, int]) -> Image.Image:
    """The string alone, on nothing."""
    if look.face == "bitmap":
        small = ImageFont.load_default_imagefont()
        left, top, right, bottom = small.getbbox(text)
        mask = Image.new("L", (int(right - left), int(bottom - top)))
        ImageDraw.Draw(mask).text((-left, -top), text, font=small, fill=255)
        scale = look.size / 11  # the height of its one size
        mask = mask.resize(
            (max(1, round(mask.width * scale)), max(1, round(mask.height * scale))), Image.Resampling.BOX
        )
    else:
        font = ImageFont.load_default(look.size)
        stroke = max(1, look.size // 16) if look.face == "bold" else 0
        left, top, right, bottom = font.getbbox(text, stroke_width=stroke)
        mask = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2))
        ImageDraw.Draw(mask).text((1 - left, 1 - top), text, font=font, fill=255, stroke_width=stroke)
    made = Image.new("RGBA", mask.size, (*ink, 0))
    made.putalpha(mask)
    return made.rotate(look.angle, Image.Resampling.BICUBIC, expand=True)


def drawn(
    rgb: NDArray[np.uint8], text: str, look: Look, rng: random.Random, *, clear: bool
) -> NDArray[np.uint8] | None:
    """The picture with the string somewhere in it, in black or white, whichever differs more from the ground there;
    None where it does not fit. `clear`: only on ground that differs from the ink nearly everywhere.
    """
    picture = Image.fromarray(rgb)
    room = lettering(text, look, (0, 0, 0))
    if room.width > picture.width or room.height > picture.height:
        return None
    gray = np.asarray(picture.convert("L"))
    for _ in range(PLACES):
        at = rng.randint(0, picture.width - room.width), rng.randint(0, picture.height - room.height)
        ground = gray[at[1] : at[1] + room.height, at[0] : at[0] + room.width]
        level = 0 if ground.mean() > 127 else 255
        if not clear or np.mean(np.abs(ground.astype(int) - level) >= CONTRAST) >= CLEAR_SHARE:
            word = lettering(text, look, (level, level, level))
            picture.paste(word, at, word)
            return np.asarray(picture)
    return None


def examples(
    look: Look, count: int, rgbs: Sequence[NDArray[np.uint8]], seed: str, *, clear: bool = True
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """So many strings in pictures, the same for the same seed."""
    rng = random.Random(f"{SEED} {seed}")
    found = 0
    while found < count:
        [text] = strings(1, rng)
        picture = drawn(rng.choice(rgbs), text, look, rng, clear=clear)
        if picture is not None:
            found += 1
            yield text, picture


def exactly(read: Sequence[Line], text: str) -> bool:
    """Whether the lines hold the string, whatever its case and spacing, without an error."""
    whole = "".join(line.text for line in read).casefold().replace(" ", "")
    return text.casefold().replace(" ", "") in whole


def recall(
    engine: Engine, look: Look, rgbs: Sequence[NDArray[np.uint8]], seed: str, *, clear: bool = True
) -> dict[str, float]:
    """Shares of strings: read without an error, and borne out as the guards compare."""
    exact = borne_out = 0
    for text, picture in examples(look, EACH, rgbs, seed, clear=clear):
        read = lines.chosen(engine.read(picture))
        exact += exactly(read, text)
        borne_out += evidence.says([line.text for line in read], text)
    return {"n": EACH, "exact": exact / EACH, "borne_out": borne_out / EACH}


def by_confidence(engine: Engine, rgbs: Sequence[NDArray[np.uint8]]) -> dict[str, float]:
    """Share of strings read without an error at 16 px, by the confidence that is asked for."""
    hits = dict.fromkeys(map(str, CONFIDENCES), 0)
    for text, picture in examples(Look(size=16), EACH, rgbs, "confidence"):
        read = engine.read(picture)
        for least in CONFIDENCES:
            hits[str(least)] += exactly([line for line in read if line.confidence >= least], text)
    return {least: count / EACH for least, count in hits.items()}


def by_side(engine: Engine, rgbs: Sequence[NDArray[np.uint8]]) -> list[dict[str, float]]:
    """Large pictures read at several sides: share of strings read without an error, and CPU seconds a picture."""
    large = [np.asarray(Image.fromarray(rgb).resize(_enlarged(rgb), Image.Resampling.BICUBIC)) for rgb in rgbs[:20]]
    rows = []
    for side in SIDES:
        for size in LARGE_SIZES:
            hits, started = 0, time.process_time()
            for text, picture in examples(Look(size=size), LARGE_EACH, large, f"side {size}"):
                small = Image.fromarray(picture)
                small.thumbnail((side, side), Image.Resampling.BILINEAR)
                hits += exactly(lines.chosen(engine.read(np.asarray(small))), text)
            cpu_s = (time.process_time() - started) / LARGE_EACH
            rows.append(
                {"side": side, "size": size, "n": LARGE_EACH, "exact": hits / LARGE_EACH, "cpu_s": round(cpu_s, 3)}
            )
    return rows


def _enlarged(rgb: NDArray[np.uint8]) -> tuple[int, int]:
    scale = LARGE_PX / max(rgb.shape[:2])
    return round(rgb.shape[1] * scale), round(rgb.shape[0] * scale)


def found_in_sample(
    engine: Engine, pairs: Sequence[Pair], rgbs: Sequence[NDArray[np.uint8]]
) -> list[dict[str, object]]:
    """Every line of the untouched sample pictures read with the least confidence of all, and what stands there."""
    rows: list[dict[str, object]] = []
    for pair, rgb in zip(pairs, rgbs, strict=True):
        for line in engine.read(rgb):
            if line.confidence >= CONFIDENCES[0] and len({c for c in line.text.casefold() if c.isalnum()}) > 1:
                true = evidence.says((WRITTEN.get(pair.key, ""),), line.text)
                rows.append({"key": pair.key, "read": line.text, "confidence": round(line.confidence, 3), "true": true})
    return rows


def costs(engine: Engine, pairs: Sequence[Pair]) -> dict[str, float]:
    """CPU milliseconds a pair of decoding, of judging with the built-in model, of decoding for reading, of reading."""
    backend, criteria = BuiltinBackend({}), load("aitqe").criteria
    spent = dict.fromkeys(("decode", "judge", "decode again", "read"), 0.0)
    for pair in pairs:
        marks = [time.process_time()]
        picture = images.decode(pair.image, MODEL_SIDE_PX)
        assert isinstance(picture, Picture)
        marks.append(time.process_time())
        backend.answer([AssessRequest(picture=picture, text=pair.text, criterion=name) for name in criteria])
        marks.append(time.process_time())
        larger = images.decode(pair.image, SIDE_PX)
        assert isinstance(larger, Picture)
        marks.append(time.process_time())
        engine.read(larger.rgb)
        marks.append(time.process_time())
        for part, start, stop in zip(spent, marks, marks[1:], strict=False):
            spent[part] += stop - start
    return {part: round(1e3 * cpu_s / len(pairs), 2) for part, cpu_s in spent.items()}


def sizes(engine: Engine, rgbs: Sequence[NDArray[np.uint8]]) -> dict[str, dict[str, dict[str, float]]]:
    """Recall by face and size on clear ground, and of one face anywhere."""
    looks = {face: [Look(size=size, face=face) for size in SIZES] for face in FACES}
    found = {f: {str(at.size): recall(engine, at, rgbs, f"{f} {at.size}") for at in looks[f]} for f in FACES}
    anywhere = {str(at.size): recall(engine, at, rgbs, f"any {at.size}", clear=False) for at in looks["plain"]}
    return {**found, "plain anywhere": anywhere}


def peak_mb(engine: Engine, rgbs: Sequence[NDArray[np.uint8]]) -> int:
    """Memory of this process when it has read pictures of the largest size."""
    for rgb in rgbs[:5]:
        engine.read(np.asarray(Image.fromarray(rgb).resize((SIDE_PX, SIDE_PX))))
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    pairs = list(burnish.open(f"{SHIPPED}/0000{{0,1}}.tar"))
    pictures = [images.decode(pair.image, SIDE_PX) for pair in pairs]
    rgbs = [picture.rgb for picture in pictures if isinstance(picture, Picture)]
    engine = Engine()
    clean = [rgb for pair, rgb in zip(pairs, rgbs, strict=True) if pair.key not in WRITTEN]
    results = {
        "reader": identity(),
        "seed": SEED,
        "pictures": len(pairs),
        "peak_mb": peak_mb(engine, clean),
        "cost_ms": costs(engine, pairs),
        "sizes": sizes(engine, clean),
        "angles": {str(a): recall(engine, Look(size=24, angle=a), clean, f"angle {a}") for a in ANGLES},
        "confidence": by_confidence(engine, clean),
        "sides": by_side(engine, clean),
        "sample": found_in_sample(engine, pairs, rgbs),
        "large_px": LARGE_PX,
        "side_px": SIDE_PX,
    }
    (FIGURES / "ocr.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    (FIGURES / "ocr.md").write_text(page(results))


if __name__ == "__main__":
    main()
