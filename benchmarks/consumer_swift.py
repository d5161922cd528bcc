"""Run by `benchmarks.consumers` in ms-swift's environment: LINES -> one line of JSON."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PIL import Image
from swift.dataset import load_dataset


def said(line: dict[str, Any]) -> list[str]:
    """The turns of a line in either form."""
    if "messages" in line:
        return [turn["content"] for turn in line["messages"]]
    return [turn["value"] for turn in line["conversations"]]


def main(path: str) -> None:
    wanted = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    found, _ = load_dataset([path], strict=True, load_from_cache_file=False)
    sizes = {Image.open(image["path"]).size for row in found for image in row["images"]}
    told = {
        "samples": len(found),
        "texts_as_written": [said(row) for row in found] == [said(line) for line in wanted],
        "images_opened": sum(len(row["images"]) for row in found),
        "sizes": len(sizes),
        "versions": {name: version(name) for name in ("ms-swift", "datasets", "transformers")},
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
