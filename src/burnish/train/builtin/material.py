"""What the heads learn from: features of every picture in three views, captions and their embeddings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from burnish.backends.builtin.language import Language
from burnish.backends.builtin.vision import View, Vision, trim
from burnish.train.builtin import clipart, split
from burnish.train.builtin.captions import captions

Floats = npt.NDArray[np.float32]
ZOOM = 0.08  # of each side cut off in the zoomed view


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """`features` (views, n, 1280), `logits` (views, n, 1000), `colours` (views, n, 70); views: as is, mirrored, zoomed.

    `captions[i]` are rows of `embeddings` (texts, 384), the best caption first; `texts` names those rows.
    """

    arts: tuple[clipart.ClipArt, ...]
    features: Floats
    logits: Floats
    colours: Floats
    texts: tuple[str, ...]
    embeddings: Floats
    captions: tuple[tuple[int, ...], ...]
    labels: Floats

    def rows(self, part: str) -> npt.NDArray[np.int64]:
        """Indices of the pictures of one part of the split that have a caption."""
        stems = split.load()[part]
        return np.array([i for i, art in enumerate(self.arts) if art.stem in stems and self.captions[i]], np.int64)


def thin(arts: Sequence[clipart.ClipArt]) -> list[clipart.ClipArt]:
    """At most `split.SERIES` pictures that are called the same: one series holds 1,375 generated stars."""
    keys = split.text_keys({art.stem: art.title for art in arts})
    used: Counter[str] = Counter()
    kept = []
    for art in arts:
        used[keys[art.stem]] += 1
        if used[keys[art.stem]] <= split.SERIES:
            kept.append(art)
    return kept


def views(vision: Vision, rgb: npt.NDArray[np.uint8]) -> list[View]:
    """The picture as is, mirrored, and zoomed in."""
    inner = trim(rgb)
    top, left = int(inner.shape[0] * ZOOM), int(inner.shape[1] * ZOOM)
    zoomed = inner[top : inner.shape[0] - top, left : inner.shape[1] - left]
    return [vision.view(rgb), vision.view(rgb[:, ::-1]), vision.view(zoomed)]


def gather(folder: Path, weights: Path) -> Material:
    """Renders and looks at the clip art in `folder` with the towers in `weights`; about ten minutes on two cores."""
    vision = Vision(weights / "vision.onnx")
    arts, seen = [], []
    for art, rgb in clipart.pictures(thin(clipart.walk(folder))):
        arts.append(art)
        seen.append(views(vision, rgb))
    columns = list(zip(*seen, strict=True))
    language = Language(weights / "text.onnx", weights / "tokenizer.json")
    return assemble(
        arts,
        np.array([[view.features for view in column] for column in columns], np.float32),
        np.array([[view.logits for view in column] for column in columns], np.float32),
        np.array([[view.colours for view in column] for column in columns], np.float32),
        language=language,
        names=(weights / "labels.txt").read_text().splitlines(),
    )


def assemble(
    arts: Sequence[clipart.ClipArt],
    features: Floats,
    logits: Floats,
    colours: Floats,
    *,
    language: Language,
    names: Sequence[str],
) -> Material:
    """Adds captions and embeddings to what the image tower saw."""
    named = captions(arts)
    texts = sorted({caption for options in named.values() for caption in options})
    row = {text: index for index, text in enumerate(texts)}
    return Material(
        arts=tuple(arts),
        features=features,
        logits=logits,
        colours=colours,
        texts=tuple(texts),
        embeddings=np.stack([language.embed(text) for text in texts]),
        captions=tuple(tuple(row[caption] for caption in named.get(art.stem, ())) for art in arts),
        labels=np.stack([language.embed(name.split(",")[0]) for name in names]),
    )
