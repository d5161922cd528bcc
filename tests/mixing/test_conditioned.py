"""A tiny captioner trained on the stream with its level: asked for the top level it is right more often than for the
bottom one (AlignGPT, arXiv 2405.14129). The pictures are plain squares, so that what is right is known.
"""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from burnish.mixing import MixedPairs
from tests.mixing.outputs import make

torch = pytest.importorskip("torch", reason="the tiny captioner is torch's: pip install 'burnish[train]'")

COLOURS = {"red": (200, 30, 30), "green": (30, 170, 40), "blue": (40, 60, 210), "yellow": (220, 210, 40)}
WORDS = tuple(COLOURS)
LEVELS = 8
PAIRS = 960
MIXTURE = """[groups.all]
missing = "drop"
roles = { ssc = 1 }
[levels]
count = 8
"""


def colour_of(number: int) -> str:
    return random.Random(f"colour {number}").choice(WORDS)


def square(number: int) -> bytes:
    lots = random.Random(f"square {number}")
    sink = io.BytesIO()
    Image.new("RGB", (4, 4), tuple(c + lots.randint(-25, 25) for c in COLOURS[colour_of(number)])).save(sink, "PNG")
    return sink.getvalue()


def captioned(number: int) -> dict[str, tuple[str, float]]:
    """The better the score, the more captions are right: none at the bottom, all at the top."""
    lots = random.Random(f"caption {number}")
    quality = lots.randrange(LEVELS)
    right = colour_of(number)
    said = right if lots.random() < quality / (LEVELS - 1) else lots.choice([w for w in WORDS if w != right])
    return {"ssc": (f"a {said} square", 1 + quality / 2 + lots.random() / 4)}


def pixels(image: bytes) -> list[float]:
    with Image.open(io.BytesIO(image)) as opened:
        return [value / 255 for value in opened.convert("RGB").getpixel((1, 1))]


def told(level: int) -> list[float]:
    return [float(level == each) for each in range(1, LEVELS + 1)]


def test_the_top_level_is_right_more_often_than_the_bottom_one(tmp_path: Path) -> None:
    out = make(tmp_path / "out", captioned, shards=4, each=PAIRS // 4, image_of=square)
    (tmp_path / "m.toml").write_text(MIXTURE)
    samples = list(MixedPairs(str(tmp_path / "m.toml"), [str(out.path)]))
    assert {sample["alignment"] for sample in samples} == set(range(1, LEVELS + 1))

    torch.manual_seed(0)
    seen = torch.tensor([pixels(s["image"]) + told(s["alignment"]) for s in samples])
    said = torch.tensor([WORDS.index(s["text"].split()[1]) for s in samples])
    model = torch.nn.Sequential(torch.nn.Linear(3 + LEVELS, 48), torch.nn.Tanh(), torch.nn.Linear(48, len(WORDS)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=1e-4)
    for _ in range(250):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(seen), said).backward()
        optimizer.step()

    fresh = range(PAIRS, PAIRS + 200)
    truth = torch.tensor([WORDS.index(colour_of(number)) for number in fresh])

    def right_at(level: int) -> float:
        asked = torch.tensor([pixels(square(number)) + told(level) for number in fresh])
        return float((model(asked).argmax(1) == truth).float().mean())

    assert right_at(LEVELS) > 0.9
    assert right_at(1) < 0.2
    assert right_at(LEVELS // 2 + 2) > right_at(2)
