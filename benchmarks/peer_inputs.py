"""What the peers need before they can be measured: environments of their own, and the corpus in the form they read.

Never in the project's environment: their dependencies would replace its libraries.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PACKAGES = {
    "frameworks": ("daft", "datatrove", "datasets", "webdataset", "pillow", "numpy", "pyarrow", "xxhash"),
    # Data-Juicer 1.6 imports aiohttp without asking for it; its deduplicator needs imagededup, which brings torch.
    "limits": ("numpy", "pillow", "simplejpeg", "opencv-python-headless", "cykooz.resizer", "xxhash", "orjson"),
    "data_juicer": ("py-data-juicer", "aiohttp", "imagededup", "xxhash"),
}
_READS = {"webdataset": "tar", "data_juicer": "jsonl"}


def environment(work: Path, peer: str) -> Path:
    """The Python of the environment `peer` runs in, made with pip if it is not there."""
    group = peer if peer in PACKAGES else "frameworks"
    folder = work / f"venv-{group}"
    python = folder / "bin" / "python"
    if not (folder / ".complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES[group]], check=True)
        (folder / ".complete").touch()
    return python


def versions(python: Path, packages: tuple[str, ...]) -> dict[str, str]:
    """Installed versions of `packages` in another environment."""
    code = "import sys,json,importlib.metadata as m;print(json.dumps({p:m.version(p) for p in sys.argv[1:]}))"
    done = subprocess.run([str(python), "-c", code, *packages], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def source(corpus: Path, peer: str) -> Path:
    """`corpus` in the form `peer` reads best: itself, Parquet with the image bytes, or JSONL beside image files."""
    form = _READS.get(peer, "parquet")
    if form == "tar":
        return corpus
    final = corpus.with_name(f"{corpus.name}-{form}")
    if not final.exists():
        unfinished = final.with_name(f".{final.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        (_to_parquet if form == "parquet" else _to_jsonl)(corpus, unfinished, final)
        unfinished.rename(final)
    return final


def _pairs(tar_path: Path) -> Iterator[dict[str, Any]]:
    with tarfile.open(tar_path) as tar:
        payloads = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    for name, image in payloads.items():
        key, _, suffix = name.rpartition(".")
        if suffix == "jpg":
            text = payloads[f"{key}.txt"].decode()
            yield {"key": key, "image": image, "text": text, "json": payloads[f"{key}.json"].decode()}


def _to_parquet(corpus: Path, folder: Path, _final: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for tar in sorted(corpus.glob("*.tar")):
        pq.write_table(pa.Table.from_pylist(list(_pairs(tar))), folder / f"{tar.stem}.parquet", row_group_size=250)


def _to_jsonl(corpus: Path, folder: Path, final: Path) -> None:
    (folder / "images").mkdir()
    with (folder / "pairs.jsonl").open("w", encoding="utf-8") as lines:
        for tar in sorted(corpus.glob("*.tar")):
            for pair in _pairs(tar):
                image = f"images/{pair['key']}.jpg"
                (folder / image).write_bytes(pair["image"])
                row = {"text": f"<__dj__image> {pair['text']} <|__dj__eoc|>", "images": [str(final.resolve() / image)]}
                lines.write(json.dumps(row) + "\n")
