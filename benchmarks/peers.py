"""The data path's work in other tools, as their users write it; run by an environment of its own, one tool a process.

    ENV/bin/python benchmarks/peers.py NAME SOURCE OUT

The work is the same for all: decode with Pillow, scale to 224 px, look at size and content, hash the file, look at
the text, write image, text and what was found. Nothing of burnish is imported. `SOURCE` is what the tool reads best:
tar shards for webdataset, Parquet with an image column for the others, JSONL beside image files for Data-Juicer.
Nothing here syncs to disk, resumes or keeps a journal; burnish does all three.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from typing import Any

WORKERS = 2
SIDE_PX = 224
URL = re.compile(r"https?://|www\.", re.IGNORECASE)
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
FILE = re.compile(r"\S+\.(jpe?g|png|gif|webp|svg)", re.IGNORECASE)


def look(image: bytes, text: str) -> dict[str, Any]:
    """What a user finds out about a pair before any model sees it."""
    import numpy as np
    import xxhash
    from PIL import Image, ImageOps

    try:
        picture = Image.open(io.BytesIO(image))
        width, height, kind = picture.width, picture.height, picture.format
        small = ImageOps.exif_transpose(picture).convert("RGB")
        small.thumbnail((SIDE_PX, SIDE_PX))
    except OSError as error:
        return _found(error=str(error))
    pixels = np.asarray(small)
    words = text.split()
    return _found(
        width=width,
        height=height,
        format=kind or "",
        hash=xxhash.xxh3_128_hexdigest(image),
        uniform=bool(pixels.std() < 2),
        strange=max(width, height) > 10 * min(width, height) or min(width, height) < 16,
        words=len(words),
        repeated=max(Counter(words).values(), default=0) / max(len(words), 1),
        odd=bool(URL.search(text) or MAIL.search(text) or FILE.fullmatch(text)) or not text.isprintable(),
    )


def _found(**values: Any) -> dict[str, Any]:
    empty = {"width": 0, "height": 0, "format": "", "hash": "", "uniform": False, "strange": False}
    return empty | {"words": 0, "repeated": 0.0, "odd": False, "error": ""} | values


def daft(source: Path, out: Path) -> None:
    import daft

    kinds = {int: daft.DataType.int64(), float: daft.DataType.float64(), bool: daft.DataType.bool()}
    fields = {k: kinds.get(type(v), daft.DataType.string()) for k, v in _found().items()}

    @daft.cls(use_process=True, max_concurrency=WORKERS)
    class Look:
        @daft.method(return_dtype=daft.DataType.struct(fields))
        def see(self, image: bytes, text: str) -> dict[str, Any]:
            return look(image, text)

    frame = daft.read_parquet(f"{source}/*.parquet")
    frame.with_column("found", Look().see(frame["image"], frame["text"])).write_parquet(str(out))


def datatrove(source: Path, out: Path) -> None:
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.base import PipelineStep
    from datatrove.pipeline.readers import ParquetReader
    from datatrove.pipeline.writers import ParquetWriter

    class Look(PipelineStep):
        name = "look"
        type = "own"

        def run(self, data: Any, rank: int = 0, world_size: int = 1) -> Any:  # noqa: ARG002
            for document in data:
                document.metadata |= look(document.metadata["image"], document.text)
                yield document

    def keep_empty(_reader: Any, data: dict[str, Any], _path: str, _row: int) -> dict[str, Any]:
        text = data["text"] or " "  # the reader drops documents without text
        return {"text": text, "id": data["key"], "metadata": {"image": data["image"], "json": data["json"]}}

    LocalPipelineExecutor(
        pipeline=[
            ParquetReader(str(source), adapter=keep_empty),
            Look(),
            ParquetWriter(str(out), expand_metadata=True),
        ],
        tasks=WORKERS,
        workers=WORKERS,
        logging_dir=f"{out}-logs",
    ).run()


def datasets(source: Path, out: Path) -> None:
    from datasets import load_dataset

    out.mkdir()
    rows = load_dataset("parquet", data_dir=str(source), split="train", cache_dir=f"{out}-cache")
    found = rows.map(lambda row: look(row["image"], row["text"]), num_proc=WORKERS)
    found.to_parquet(str(out / "all.parquet"))


def webdataset(source: Path, out: Path) -> None:
    out.mkdir()
    with get_context("fork").Pool(WORKERS) as pool:
        pool.starmap(_one_tar, [(str(tar), str(out / tar.name)) for tar in sorted(source.glob("*.tar"))], chunksize=1)


def _one_tar(source: str, out: str) -> None:
    import webdataset as wds

    with wds.TarWriter(out) as sink:
        for sample in wds.WebDataset(source, shardshuffle=False, empty_check=False):
            fields = json.loads(sample["json"]) | look(sample["jpg"], sample["txt"].decode("utf-8", "replace"))
            sink.write({"__key__": sample["__key__"], "jpg": sample["jpg"], "txt": sample["txt"], "json": fields})


def data_juicer(source: Path, out: Path) -> None:
    """Its own operators, which write JSONL and no images; its hash of images is perceptual."""
    from data_juicer.config import init_configs
    from data_juicer.core import DefaultExecutor

    recipe = {
        "project_name": "peer",
        "dataset_path": str(source / "pairs.jsonl"),
        "export_path": str(out / "pairs.jsonl"),
        "work_dir": f"{out}-work",
        "np": WORKERS,
        "open_tracer": False,
        "process": [
            {"image_shape_filter": {"min_width": 1, "min_height": 1}},
            {"image_aspect_ratio_filter": {"min_ratio": 0.01, "max_ratio": 100.0}},
            {"text_length_filter": {"min_len": 0, "max_len": 1_000_000}},
            {"word_repetition_filter": {"rep_len": 1, "min_ratio": 0.0, "max_ratio": 1.0}},
            {"special_characters_filter": {"min_ratio": 0.0, "max_ratio": 1.0}},
            {"image_deduplicator": {"method": "phash"}},
        ],
    }
    out.mkdir()
    path = Path(f"{out}-recipe.yaml")
    path.write_text(json.dumps(recipe), encoding="utf-8")  # JSON is YAML
    DefaultExecutor(init_configs(["--config", str(path)])).run()


PEERS = {job.__name__: job for job in (daft, datatrove, datasets, webdataset, data_juicer)}

if __name__ == "__main__":
    PEERS[sys.argv[1]](Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve())
