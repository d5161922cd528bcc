"""Do all captions that are written keep their format, and how far is the estimate of tokens from real tokenizers?

    python -m benchmarks.formats

Runs `burnish recaption` on the bundled pairs against the fake server, whose captions are random words of about the
asked length (up to a fifth too few or too many), once in estimated tokens and once in those of a `tokenizer.json`, and
counts what was written again, by its own means. Writes docs/figures/formats.json and formats.md. CLIP's tokenizer is
compared if open_clip can be found.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from burnish import formats, records, tokens
from burnish.errors import UsageError
from burnish.fakeserver import FakeServer, Settings
from burnish.stores import open_store
from burnish.values import Pair

NAMES = ("ssc", "dsc", "dsc+", "afc")
SAMPLE = str(files("burnish.sample"))
PIECES = str(files("burnish.backends.builtin") / "weights" / "tokenizer.json")
FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def main() -> None:
    """Measure and write."""
    found: dict[str, Any] = {"command": "python -m benchmarks.formats", "kept": {}, "estimate": estimate()}
    for name, shown in ((tokens.WORDS, "words"), (PIECES, "tokenizer.json (BERT's word pieces)")):
        with tempfile.TemporaryDirectory() as folder, FakeServer(Settings()) as server:
            recaption(Path(folder) / "out", name, server.url)
            found["kept"][shown] = kept(Path(folder) / "out", name)
    (FIGURES / "formats.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "formats.md").write_text(page(found), encoding="utf-8")


def recaption(output: Path, tokenizer: str, url: str) -> None:
    """The command, as a user runs it."""
    asked = ["recaption", SAMPLE, "-o", str(output), "--backend", "openai", "--format", ",".join(NAMES)]
    subprocess.run(
        [sys.executable, "-m", "burnish", *asked, "--tokenizer", tokenizer, "-q"],
        env={**os.environ, "OPENAI_BASE_URL": url},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def kept(output: Path, tokenizer: str) -> dict[str, dict[str, int]]:
    """By format: what the summary says, and how many of the captions in the records have a length that is allowed."""
    said = json.loads((output / ".burnish" / "summary.json").read_bytes())["captions"]
    counted: dict[str, dict[str, int]] = {name: {**said[name], "in_records": 0, "of_length": 0} for name in NAMES}
    count = tokens.load(tokenizer).count
    for path in sorted((output / ".burnish" / "records").rglob("*.parquet")):
        with path.open("rb") as file:
            for caption in (c for row in records.read(file) for c in row["captions"] if c["role"] in NAMES):
                form = formats.load(caption["role"])
                counted[form.name]["in_records"] += 1
                counted[form.name]["of_length"] += form.min_tokens <= count(caption["text"]) <= form.max_tokens
    return counted


def estimate() -> dict[str, dict[str, Any]]:
    """Estimated tokens against real ones, by kind of text and tokenizer."""
    real = {"BERT's word pieces": tokens.load(PIECES)}
    try:
        real["CLIP's"] = tokens.load(tokens.OPEN_CLIP)
    except UsageError:
        print("open_clip_torch is not installed: CLIP's tokenizer is left out", file=sys.stderr)
    return {
        f"{kind}, {name}": compared(texts, tokenizer)
        for kind, texts in kinds().items()
        for name, tokenizer in real.items()
    }


def compared(texts: Sequence[str], tokenizer: tokens.Tokenizer) -> dict[str, float | int]:
    """The estimate's error over texts of at least one token: of the sum, and mean and largest of a single text."""
    pairs = [(tokens.estimate(text), tokenizer.count(text)) for text in texts]
    each = [abs(guess - true) / true for guess, true in pairs if true]
    total = sum(true for _, true in pairs)
    return {
        "texts": len(each),
        "tokens": total,
        "of_sum": round(sum(guess for guess, _ in pairs) / total - 1, 4),
        "mean": round(statistics.fmean(each), 4),
        "largest": round(max(each), 4),
    }


def kinds() -> dict[str, list[str]]:
    """Titles of the sample, sentences of our documents, descriptions (the formats' examples)."""
    store = open_store(SAMPLE, None, {})
    titles = [item.text for shard in store.shards() for item in store.read(shard) if isinstance(item, Pair)]
    prose = [
        sentence
        for path in sorted(FIGURES.parent.glob("*.md"))
        for sentence in _SENTENCE.split(path.read_text(encoding="utf-8"))
        if 30 < len(sentence) < 500 and not set("|`#") & set(sentence)
    ]
    described = [part for name in NAMES for text in formats.load(name).examples for part in _SENTENCE.split(text)]
    return {"titles": titles, "sentences of documents": prose, "descriptions": described}


def page(found: Mapping[str, Any]) -> str:
    """The figures for people."""
    lines = [
        "# Captions that keep their format",
        "",
        f"Made by `{found['command']}`: the bundled pairs, captions of random words from `burnish fakeserver`, up to a",
        "fifth too short or too long, seed 0. So these are figures of the rules, not of a model.",
        "",
        "| tokenizer | format | written | of an allowed length | second try | cut | not written, and why |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    for tokenizer, by_format in found["kept"].items():
        lines += [_row(tokenizer, name, each) for name, each in by_format.items()]
    lines += [
        "",
        "`afc` from random words lacks the facts of most texts that have any: that is what `facts_lost` is for.",
        "",
        "## The estimate `words`",
        "",
        "| texts, tokenizer | n | tokens | error of the sum | mean error of a text | largest |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for what, e in found["estimate"].items():
        errors = f"{e['of_sum']:+.1%} | {e['mean']:.1%} | {e['largest']:.0%}"
        lines.append(f"| {what} | {e['texts']} | {e['tokens']:,} | {errors} |")
    return (
        "\n".join(
            [*lines, "", "Titles are short and full of file names and figures; a text of a few words is a token off."]
        )
        + "\n"
    )


def _row(tokenizer: str, name: str, each: Mapping[str, int]) -> str:
    missed = {what.removeprefix("no:"): n for what, n in each.items() if what.startswith("no:")}
    why = ", ".join(f"{what} {n}" for what, n in sorted(missed.items(), key=lambda entry: (-entry[1], entry[0])))
    share = f"{each['of_length']} of {each['in_records']}"
    tries = f"{each.get('reasked', 0)} | {each.get('trimmed', 0)}"
    return f"| {tokenizer} | `{name}` | {each.get('written', 0)} | {share} | {tries} | {sum(missed.values())}: {why} |"


if __name__ == "__main__":
    main()
