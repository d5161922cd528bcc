"""Captions against reference captions of the same pictures, by role; and against the pictures, by a model with two
towers.

References are those of a table (key, caption; several rows a key), or what is true of a scene: in the format of the
caption's role, else its short forms. Captions without a reference are counted, not measured.
Beside the roles stands "chosen": what each pair of an output trains on.

Words are what `words_of` makes of a text: small letters, no punctuation. COCO's own figures come from another tokenizer
(Stanford's, in Java), so hold these against one another, not against a leaderboard.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from burnish import discovery, images
from burnish.errors import UsageError
from burnish.evals import caption_metrics
from burnish.evals.encoders import AT_ONCE, Encoder
from burnish.evals.figures import Figure, figure
from burnish.evals.labels import table_rows
from burnish.mixing.sources import Entry, entries, known, open_source
from burnish.scenes import captions as scene_captions
from burnish.scenes import truth
from burnish.scenes.scene import Scene
from burnish.values import Caption, Pair, Picture

_WORD = re.compile(r"\w+(?:['’]\w+)*")
CHOSEN = "chosen"
Words = tuple[str, ...]
References = Callable[[Entry, str], tuple[str, ...]]
"""Of a pair and a role: the references, () if there are none."""


def words_of(text: str) -> Words:
    """The words of a text."""
    return tuple(_WORD.findall(text.casefold()))


@dataclass(slots=True)
class Sheet:
    """All captions of one role: words of each and of its references, the pair's key; with towers also the cosine of the
    caption with its picture and the highest with a reference. `bare`: captions without a reference.
    """

    said: list[Words] = field(default_factory=list)
    references: list[tuple[Words, ...]] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    cosines: list[float] = field(default_factory=list)
    nearest: list[float] = field(default_factory=list)
    bare: int = 0


def measure(
    output: str, references: References, encoder: Encoder | None = None
) -> dict[str, tuple[Sheet, list[Figure]]]:
    """Sheets and figures by role. Raises `UsageError` if no caption has a reference."""
    sheets: dict[str, Sheet] = defaultdict(Sheet)
    told = _read(output) if encoder is None else _shown(output, encoder)
    for batch in _batches(told):
        _add(sheets, batch, references, encoder)
    if not any(sheet.said for sheet in sheets.values()):
        raise UsageError(f"no caption of {output} has a reference: keys, or pictures, must be those of the references.")
    if len(sheets) == 2:
        del sheets[CHOSEN]  # the same as the only other one
    found = {}
    for role, sheet in sheets.items():
        readings = [r for name in discovery.names(caption_metrics.KIND) for r in caption_metrics.load(name)(sheet)]
        found[role] = (sheet, [figure(reading) for reading in readings] if sheet.said else [])
    return found


_Told = tuple[Entry, Picture | None]


def _read(output: str) -> Iterator[_Told]:
    source = open_source("captions", output)
    yield from ((entry, None) for shard in source.shards for entry in entries(source, shard))


def _shown(output: str, encoder: Encoder) -> Iterator[_Told]:
    """With pictures; raises `UsageError` for one that cannot be decoded."""
    source = open_source("captions", output)
    pairs = (
        (item, entry)
        for shard in source.shards
        for item, entry in known(source, shard)
        if isinstance(item, Pair) and entry is not None
    )
    with images.Decoder(images.Limits(), encoder.side_px) as decoder:
        while batch := list(islice(pairs, AT_ONCE)):
            decoded = decoder.decode_batch([item.image for item, _ in batch])
            for (item, entry), picture in zip(batch, decoded, strict=True):
                if not isinstance(picture, Picture):
                    raise UsageError(f"{output}: the picture of {item.key!r} cannot be decoded: {picture.detail}.")
                yield entry, picture


def _batches(told: Iterator[_Told]) -> Iterator[list[_Told]]:
    while batch := list(islice(told, AT_ONCE)):
        yield batch


def _add(sheets: Mapping[str, Sheet], batch: Sequence[_Told], references: References, encoder: Encoder | None) -> None:
    rows: list[tuple[Sheet, Caption, tuple[str, ...], Picture | None]] = []
    for entry, picture in batch:
        for role, caption in [*((each.role, each) for each in entry.captions), (CHOSEN, entry.captions[entry.chosen])]:
            sheet = sheets[role]
            given = references(entry, role)
            if not given:
                sheet.bare += 1
                continue
            sheet.said.append(words_of(caption.text))
            sheet.references.append(tuple(map(words_of, given)))
            sheet.groups.append(entry.key)
            rows.append((sheet, caption, given, picture))
    if encoder is not None and rows:
        _compare(encoder, rows)


def _compare(encoder: Encoder, rows: Sequence[tuple[Sheet, Caption, tuple[str, ...], Picture | None]]) -> None:
    pictures = {id(picture): picture for *_, picture in rows if picture is not None}
    seen = dict(zip(pictures, encoder.see(list(pictures.values())), strict=True))
    texts = list(dict.fromkeys(text for _, caption, given, _ in rows for text in (caption.text, *given)))
    read = dict(zip(texts, encoder.read(texts), strict=True))
    for sheet, caption, given, picture in rows:
        own = read[caption.text]
        sheet.cosines.append(float(own @ seen[id(picture)]))
        sheet.nearest.append(max(float(own @ read[text]) for text in given))


def of_scenes(scenes: str) -> References:
    """What is true of each picture. Raises `UsageError` for a source without scenes."""
    known_scenes = truth.load(scenes).by_file

    def given(entry: Entry, role: str) -> tuple[str, ...]:
        scene = known_scenes.get(entry.image_xxh128)
        return () if scene is None else _true(scene, role)

    return given


def _true(scene: Scene, role: str) -> tuple[str, ...]:
    say = scene_captions.FORMATS.get(role)
    return (scene_captions.plain(scene), scene_captions.ssc(scene)) if say is None else (say(scene),)


def of_table(path: str) -> References:
    """Captions of a CSV (columns key, caption) or JSONL file, any number a key. Raises `UsageError` with the line."""
    found: dict[str, list[str]] = defaultdict(list)
    for number, row in table_rows(path):
        key, caption = (str(row.get(column) or "").strip() for column in ("key", "caption"))
        if not key or not caption:
            raise UsageError(f"{path}, line {number}: a reference needs a key and a caption, found {dict(row)!r}"[:300])
        found[key].append(caption)
    return lambda entry, _role: tuple(found.get(entry.key, ()))
