"""The built-in editor on real titles that were set aside before any of its rules was written.

    python benchmarks/editor_holdout.py [--clipart /usr/share/openclipart]

Runs assess, rewrite and verify with the built-in model over the `editor_holdout` part of the split (Debian's
openclipart, public domain) and writes docs/figures/editor_holdout.tsv with an empty label where a title changed.
A person fills in improved, neutral or worse; the next run keeps the labels of rows that came out the same, and once
every changed row has one it writes docs/figures/editor_holdout.json as well.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from PIL import Image

from burnish import api
from burnish.errors import UsageError
from burnish.evals import editor as measure_of
from burnish.train.builtin import clipart, split
from burnish.values import Origin, Pair, Record

FIGURES = Path(__file__).parents[1] / "docs" / "figures"
TABLE = FIGURES / "editor_holdout.tsv"
RESULT = FIGURES / "editor_holdout.json"
COLUMNS = ("stem", "before", "after", "label")


def held_out(root: Path) -> Iterator[Pair]:
    """The held-out titles beside their drawings, sorted by stem; drawings that do not render are left out."""
    stems = split.load()["editor_holdout"]
    for ordinal, art in enumerate(art for art in clipart.walk(root) if art.stem in stems):
        pixels = clipart.render(art.path)
        if pixels is None:
            continue
        png = io.BytesIO()
        Image.fromarray(pixels).save(png, "PNG")
        origin = Origin(source="openclipart", shard="editor_holdout", ordinal=ordinal)
        name = Path(art.stem).name + ".svg"
        yield Pair(origin=origin, key=art.stem, image=png.getvalue(), image_name=name, text=_line(art.title))


def _line(text: str) -> str:
    return " ".join(text.split())


def run(root: Path) -> list[dict[str, str]]:
    """One row a title, in order."""
    rows = []
    for outcome in api.enhance(held_out(root)):
        assert isinstance(outcome, Record), outcome
        after = _line(outcome.caption.text)
        rows.append({"stem": outcome.pair.key, "before": outcome.pair.text, "after": after, "label": ""})
    return rows


def keep_labels(rows: list[dict[str, str]], table: Path) -> None:
    """Labels given earlier to the same change stay."""
    if not table.exists():
        return
    lines = table.read_text(encoding="utf-8").splitlines()[1:]
    given = {tuple(parts[:3]): parts[3] for parts in (line.split("\t") for line in lines) if len(parts) == len(COLUMNS)}
    for row in rows:
        row["label"] = given.get((row["stem"], row["before"], row["after"]), "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clipart", type=Path, default=clipart.DEFAULT_CLIPART)
    rows = run(parser.parse_args().clipart)
    keep_labels(rows, TABLE)
    FIGURES.mkdir(parents=True, exist_ok=True)
    body = "".join("\t".join(row[name] for name in COLUMNS) + "\n" for row in rows)
    TABLE.write_text("\t".join(COLUMNS) + "\n" + body, encoding="utf-8")
    changed = sum(row["before"] != row["after"] for row in rows)
    print(f"{len(rows)} titles, {changed} changed: {TABLE}")
    try:
        figures = measure_of.measure(measure_of.read(TABLE))
    except UsageError as error:
        print(f"not measured yet: {error}")
        return
    facts = {"command": "python benchmarks/editor_holdout.py", "split": "editor_holdout", **asdict(figures)}
    RESULT.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
