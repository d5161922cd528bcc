"""Decisions as chat samples for `burnish train`: what a judge should say of the text as found, and which text an
enhancer should give for it. One folder: ``samples.jsonl`` and the images.

People say good or bad, not how good: a judge learns the ends of the scale, so that what it expects at run time between
them is how likely people are to call a text good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import orjson

from burnish.criteria import SCALE
from burnish.errors import UsageError
from burnish.images.formats import ending
from burnish.negatives.lines import Line, Taught, lines
from burnish.negatives.settings import Settings
from burnish.negatives.shards import split_of
from burnish.review.decisions import Action, Event
from burnish.review.session import Review, judged
from burnish.storage.files import Files, put_whole
from burnish.storage.layout import new_run_id
from burnish.storage.opening import open_files
from burnish.storage.overlap import refuse_overlap
from burnish.storage.stopping import stopping
from burnish.values import Json, Picture

FILE = "samples.jsonl"
KIND = "reviewed"
_SEEN = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="", mode="RGB")
"""Stands for the image in a prompt, of which only the place is written."""


def write(review: Review, destination: str) -> dict[str, Json]:
    """Write the folder; how many samples of which task there are, and pairs whose image was not found.

    Raises `UsageError` if something is there already.
    """
    refuse_overlap(review.run.path, destination)
    files = open_files(destination.rstrip("/"))
    with stopping("write to", files.shown):
        if files.sizes():
            raise UsageError(f"{files.shown} is not empty.\nGive a new folder, as --export samples/")
        files.make_folder("")
        return _written(review, files)


def _written(review: Review, files: Files) -> dict[str, Json]:
    settings = Settings(tasks="assess,rewrite", criteria="overall")
    counts: Counter[str] = Counter()
    found: list[bytes] = []
    run_id = new_run_id()
    for row, event, _ in review.reviewed():
        chats = list(_chats(row, event, settings))
        image = review.pictures.image(row) if chats else None
        if image is None:
            counts["without an image"] += bool(chats)
            continue
        name = f"images/{row['image']}.{ending(image)}"
        put_whole(files, name, image, run_id)
        for line in chats:
            counts[f"{line.task} samples"] += 1
            found.append(orjson.dumps(_sample(row, event, line, name), option=orjson.OPT_APPEND_NEWLINE))
    put_whole(files, FILE, b"".join(found), run_id)
    return dict(sorted(counts.items()))


def _chats(row: Mapping[str, Any], event: Event, settings: Settings) -> Iterator[Line]:
    good = judged(row, event).good
    scores = {} if good is None else {"overall": float(SCALE[-1] if good else SCALE[0])}
    targets = {Action.ACCEPT: row["chosen"], Action.EDIT: event.text}
    target = targets.get(event.action)
    taught = Taught(picture=_SEEN, text=row["original"], target=target or "", scores=scores)
    yield from (line for line in lines(taught, settings) if line.task != "rewrite" or target)


def _sample(row: Mapping[str, Any], event: Event, line: Line, image: str) -> dict[str, Any]:
    return {
        "id": f"{event.shard}-{event.ordinal}-{line.criterion or line.task}",
        "key": row["key"],
        "kind": KIND,
        "way": str(event.action),
        "task": line.task,
        "criterion": line.criterion,
        "score": line.score,
        "image": image,
        "messages": line.messages,
        "split": split_of(row["image"], Settings().held_out),
    }
