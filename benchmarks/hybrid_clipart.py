"""Real clip art with the titles people gave it, and captioners that are really there: a world of `hybrid_sweep`.

Pictures are parted by groups that are alike in text or look (`split.groups`): some teach the captioner, others the
proxy, some are the trials, the rest the exam. AltText is the title as found, junk and all. The captioners:

- ``nearest`` picks, of the cleaned captions of the captioner's pictures, the one nearest to the picture by an image
  head trained on those pictures alone. It knows other pictures of this library, and can only say what one was called.
- ``labels`` says the two likeliest ImageNet labels of the frozen tower. It knows ImageNet and nothing of this library.

``chosen`` is no captioner but what `burnish enhance` leaves of the title; the built-in model was trained on the shipped
split, so that arm flatters it. Exams ask for titles that pass the rules of plain titles and stand under few pictures,
and, apart, for keywords; both rules are the built-in model's own, older than this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from benchmarks import hybrid_kept
from benchmarks.builtin_model import rendered
from benchmarks.hybrid_world import Arm, World, write_tar
from burnish import api
from burnish.arms.exam import Exam
from burnish.backends.builtin import manifest
from burnish.backends.builtin.vision import Vision
from burnish.backends.function import FunctionBackend
from burnish.formats import Format
from burnish.proxy import Proxy
from burnish.proxy.frozen_towers import towers
from burnish.train.builtin import captions, clipart, matcher, quality_head, split
from burnish.train.builtin.material import Material
from burnish.values import CaptionRequest, Request

PARTS = (("captioner", 30), ("proxy", 70), ("trial", 78), ("exam", 100))
"""Each with the percentage of groups at which it ends."""
SEED = 0
LABELS = 2
_SHORT: dict[str, Any] = {
    "source": "a retrieved caption (benchmarks)",
    "instruction": "Say what the image shows in as few words as possible.",
    "min_tokens": 1,
    "max_tokens": 75,
    "full_stop": False,
    "language": "",
}
NEAREST = Format(name="nearest", **_SHORT)
LABELLED = Format(name="labels", **_SHORT)


class Captioner:
    """Both captioners as one function of a request; a picture is looked at once for both."""

    def __init__(self, material: Material, rows: Sequence[int]) -> None:
        """`rows`: the pictures of `material` that may teach."""
        self._torch = matcher.torch_module()
        taught = np.array(rows, np.int64)
        self._heads = [matcher.train(material, taught, SEED + number) for number in range(matcher.SEEDS)]
        own = sorted({material.captions[row][0] for row in rows})
        self._bank = [material.texts[index] for index in own]
        self._vectors = material.embeddings[own]
        self._labels = material.labels
        self._vision = Vision(manifest.load().path("vision.onnx"))
        names = manifest.load().path("labels.txt").read_text(encoding="utf-8").splitlines()
        self._names = [name.split(",")[0] for name in names]
        self._said: tuple[str, dict[str, str]] = ("", {})

    def __call__(self, request: Request) -> str | None:
        """The caption in the format that is asked for; anything else is not its business."""
        if not isinstance(request, CaptionRequest):
            return None
        digest = xxhash.xxh3_128_hexdigest(np.ascontiguousarray(request.picture.rgb).tobytes())
        if digest != self._said[0]:
            self._said = (digest, self._captions(request))
        return self._said[1][request.format.rpartition(":")[2].lower()]

    def _captions(self, request: CaptionRequest) -> dict[str, str]:
        view = self._vision.view(request.picture.rgb)
        torch = self._torch
        inputs = matcher.image_inputs(torch, view.features[None], view.logits[None], view.colours[None], self._labels)
        with torch.no_grad():
            joint = torch.stack([head(inputs) for head in self._heads]).mean(dim=0).numpy()[0]
        best = np.argsort(-view.logits, kind="stable")[:LABELS]
        return {
            "nearest": self._bank[int(np.argmax(self._vectors @ joint))],
            "labelled": ", ".join(self._names[index] for index in best),
        }


def world(clipart_folder: Path, work: Path, proxy: Proxy) -> World:
    """Everything made in `work`, once; twenty minutes on one core, of which ten for the towers' first look."""
    material = rendered(clipart_folder, work)
    parts = parted(material)
    often = Counter(art.title for art in material.arts)
    titled = [row for row in parts["proxy"] if material.arts[row].title.strip()]
    source = written(work / "clipart-proxy", material, titled)
    asked = written(work / "clipart-asked", material, [*parts["trial"], *parts["exam"]])
    output = captioned(material, source, work)
    seen = hybrid_kept.looked(work, [output, asked], proxy)
    rows = _rows(asked, seen.rows)
    exams = {part: _exams(material, parts[part], rows) for part in ("trial", "exam")}
    titles = [material.arts[row].title for row in titled]
    return World(
        name="clip art",
        what="real titles as found",
        arms=(
            Arm(name="nearest", path=output, role="nearest", what="nearest caption of other pictures"),
            Arm(name="labels", path=output, role="labels", what="ImageNet labels of the frozen tower"),
            Arm(name="enhanced", path=output, role="chosen", what="what burnish enhance leaves of the title"),
        ),
        gallery=seen,
        exams=exams["exam"],
        trials=exams["trial"],
        cut=5,
        facts={
            "captioner's pictures": len(parts["captioner"]),
            "training pictures": sum(1 for _ in api.open(source)),
            "different titles": len(set(titles)),
            "titles of more than 6 pictures": sum(often[title] > captions.REPEATED for title in titles),
        },
    )


def captioned(material: Material, source: Path, work: Path) -> Path:
    """The pictures of `source` with their titles mended by the built-in model, and both captioners' captions."""
    enhanced = work / "clipart-enhanced"
    api.enhance(source, enhanced, workers=1)
    return retrieved(material, enhanced, work / "clipart-captioned")


def retrieved(material: Material, source: Path, output: Path) -> Path:
    """The pairs of `source` with both captioners' captions; the heads are trained only if a caption is missing."""

    @cache
    def captioner() -> Captioner:
        return Captioner(material, [row for row in parted(material)["captioner"] if material.captions[row]])

    def caption(request: Request) -> str | None:
        return captioner()(request)

    formats = ",".join(f"{__name__}:{name}" for name in ("NEAREST", "LABELLED"))
    backend = FunctionBackend(caption, name=f"hybrid-captioner-1({towers()})")
    rules = {"formats": formats, "check": False}
    api.enhance(source, output, backend=backend, recipe="recaption", recaption=rules)
    return output


def parted(material: Material) -> dict[str, list[int]]:
    """Rows of `material` by part; alike pictures lie in one part."""
    titles = {art.stem: art.title for art in material.arts}
    place = {art.stem: row for row, art in enumerate(material.arts)}
    parts: dict[str, list[int]] = {name: [] for name, _ in PARTS}
    for root, stems in split.groups(titles, material.features[0]).items():
        percent = split.percent(f"hybrid {root}")
        part = next(name for name, end in PARTS if percent < end)
        parts[part] += [place[stem] for stem in stems]
    return {name: sorted(rows) for name, rows in parts.items()}


def written(folder: Path, material: Material, rows: Sequence[int]) -> Path:
    """The pictures of `rows` with their titles as found, as one shard."""
    return write_tar(folder, _drawn(material, rows))


def _drawn(material: Material, rows: Sequence[int]) -> Iterator[tuple[str, Any, str]]:
    arts = [material.arts[row] for row in rows]
    names = {art.stem: f"{row:05d}" for art, row in zip(arts, rows, strict=True)}
    for art, pixels in clipart.pictures(arts):
        yield names[art.stem], pixels, art.title


def _rows(source: Path, rows: Mapping[str, int]) -> dict[int, int]:
    """Row of the material -> row of the gallery."""
    return {int(pair.key): rows[xxhash.xxh3_128_hexdigest(pair.image)] for pair in api.open(source)}


def _exams(material: Material, part: Sequence[int], rows: Mapping[int, int]) -> tuple[Exam, ...]:
    titles = {art.stem: art.title for art in material.arts}
    roots = {s: number for number, g in enumerate(split.groups(titles, material.features[0]).values()) for s in g}
    made = []
    for name, told in (("titles", plain(material, part)), ("keywords", keywords(material, part))):
        made.append(
            Exam(
                name=name,
                pictures=np.array([rows[row] for row in told], np.int64),
                texts=tuple(told.values()),
                groups=np.array([roots[material.arts[row].stem] for row in told], np.int64),
            )
        )
    return tuple(made)


def plain(material: Material, part: Sequence[int]) -> dict[int, str]:
    """Row -> title, where it is plain words and names no collection."""
    often = Counter(art.title for art in material.arts)
    known = {title for name in ("train", "dev", "test") for title in quality_head.titles(material, name)[0]}
    found = {row: " ".join(material.arts[row].title.split()) for row in part}
    return {r: t for r, t in found.items() if t in known and often[material.arts[r].title] <= captions.REPEATED}


def keywords(material: Material, part: Sequence[int]) -> dict[int, str]:
    """Row -> keywords that are neither common nor the creator's name."""
    common = Counter(word for art in material.arts for word in set(art.keywords))
    told = {}
    for row in part:
        art = material.arts[row]
        words = [captions.clean(w, art.creator).lower() for w in art.keywords if common[w] <= captions.COMMON]
        if shown := ", ".join(dict.fromkeys(word for word in words if sum(map(str.isalpha, word)) >= 3)):
            told[row] = shown
    return told
