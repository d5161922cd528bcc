"""Real clip art with the titles people gave it, junk and all: a world of `benchmarks.arms`.

Pictures are parted as in `benchmarks.hybrid_clipart`, by groups that are alike in text or look: some teach a captioner
that retrieves, others train the proxy, the rest are asked about. Titles are judged and mended by the built-in
model, which was trained on the shipped split of the same library: that flatters it. Captions are the retrieving
captioner's; it goes first, as captions of a later run keep no scores. What the towers see is kept under the towers'
digest, what the model judged under the model's identity: another model judges anew.
Exams ask for titles that pass the rules of plain titles, and for keywords: rules older than this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import xxhash

from benchmarks import hybrid_clipart
from benchmarks.arms_world import World
from benchmarks.builtin_model import rendered
from burnish import api
from burnish.arms.asked import Asked, Question
from burnish.backends.builtin.backend import BuiltinBackend
from burnish.proxy.frozen_towers import towers
from burnish.train.builtin import split
from burnish.train.builtin.material import Material


def worlds(clipart_folder: Path, work: Path) -> Iterator[World]:
    """Everything made in `work`, once; twenty minutes on one core, of which ten for the towers' first look."""
    kept = work / f"clipart-{towers()}"
    material = rendered(clipart_folder, kept)
    parts = hybrid_clipart.parted(material)
    titled = [row for row in parts["proxy"] if material.arts[row].title.strip()]
    rows = [*parts["trial"], *parts["exam"]]
    source = hybrid_clipart.written(kept / "titled", material, titled)
    asked = hybrid_clipart.written(kept / "clipart-asked", material, rows)
    captioned = hybrid_clipart.retrieved(material, source, kept / "captioned")
    output = work / f"clipart-{BuiltinBackend({}).identity}"
    api.enhance(captioned, output, workers=1)
    told = {
        "titles": hybrid_clipart.plain(material, rows),
        "keywords": hybrid_clipart.keywords(material, rows),
    }
    yield World(
        name="clip art, built-in model",
        what="real titles as found; judged and mended by the built-in model",
        output=output,
        exams=tuple(_asked(name, asked, material, each) for name, each in told.items()),
        sizes=(len(titled) // 4, len(titled) // 2, len(titled)),
        caption="nearest",
        proxies={"frozen_towers": 5},
    )


def _asked(name: str, source: Path, material: Material, told: Mapping[int, str]) -> Asked:
    """Once for each different picture; alike ones are one group."""
    titles = {art.stem: art.title for art in material.arts}
    roots = {s: number for number, g in enumerate(split.groups(titles, material.features[0]).values()) for s in g}
    questions: dict[str, Question] = {}
    for pair in api.open(source):
        row = int(pair.key)
        if row in told:
            digest = xxhash.xxh3_128_hexdigest(pair.image)
            group = roots[material.arts[row].stem]
            questions.setdefault(digest, Question(image_xxh128=digest, text=told[row], group=group))
    return Asked(name=name, source=str(source), questions=tuple(questions.values()))
