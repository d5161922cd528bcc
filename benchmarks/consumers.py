"""Does what `burnish mix` writes go into the trainers it is meant for? Their own loaders, in their own environments.

    python -m benchmarks.consumers --work DIR --open-clip PYTHON --swift PYTHON

Writes docs/figures/consumers.json. `--open-clip` is the Python of an environment with ``open_clip_torch[training]`` and
the webdataset that it asks for, `--swift` of one with ``ms-swift``. A mix of true and alt captions of generated scenes
is read by ``open_clip_train.data.get_wds_dataset``, with a training step on the last batch, and by
``swift.dataset.load_dataset``, which reads the LLaVA form too. Every sample has to come out with exactly the text that
went in, and images have to open. LLaVA itself is not packaged: its own trainer is not run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.measure import machine
from burnish import api
from burnish.backends.oracle import OracleBackend
from burnish.mixing import bind, mix, preset
from burnish.scenes import writing

HERE = Path(__file__).resolve().parent
FIGURES = HERE.parent / "docs" / "figures"
PAIRS, SEED = 120, 51
FORMS = ("webdataset", "swift", "llava")


def made(work: Path) -> dict[str, Path]:
    """The mix in each form, made once."""
    source, captioned = work / "scenes", work / "captioned"
    if not source.exists():
        writing.write(source, PAIRS, SEED, 0.5)
    backend = OracleBackend({"truth": str(source)})
    api.enhance(source, captioned, backend=backend, recipe="recaption", recaption={"formats": "ssc", "check": False})
    for form in FORMS:
        mix(bind(preset("clip", [{"form": form}]), [str(captioned)]), str(work / form), workers=1)
    return {form: work / form for form in FORMS}


def open_clip(python: str, folder: Path, work: Path) -> dict[str, Any]:
    """What open_clip's own pipeline gives of the webdataset form."""
    (shard,) = folder.rglob("*.tar")
    texts = [pair.text for pair in api.open(folder)]
    (work / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    return _asked(python, "consumer_open_clip.py", [str(shard), str(work / "texts.json")], work)


def swift(python: str, folder: Path) -> dict[str, Any]:
    """What ms-swift's loader gives of a chat form; paths of images count from the folder."""
    (lines,) = folder.rglob("*.jsonl")
    return _asked(python, "consumer_swift.py", [str(lines.relative_to(folder))], folder)


def _asked(python: str, script: str, arguments: list[str], folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [python, str(HERE / script), *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=900
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--open-clip", metavar="PYTHON", required=True)
    parser.add_argument("--swift", metavar="PYTHON", required=True)
    options = parser.parse_args()
    folders = made(options.work.resolve())
    found = {
        "pairs": PAIRS,
        "open_clip, webdataset": open_clip(options.open_clip, folders["webdataset"], options.work.resolve()),
        "ms-swift, swift": swift(options.swift, folders["swift"]),
        "ms-swift, llava": swift(options.swift, folders["llava"]),
        "machine": machine(["burnish"]),
    }
    FIGURES.joinpath("consumers.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
