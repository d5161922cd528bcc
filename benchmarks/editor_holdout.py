"""The built-in editor on real texts that were set aside before its rules: a first hold-out and a fresh one.

    python -m benchmarks.editor_holdout --unpacked DIR --labelled-by "an independent reader"

DIR holds Debian's openclipart-svg, tango-icon-theme and tuxpaint-stamps-default, unpacked with `dpkg-deb -x`. Runs
assess, rewrite and verify with the built-in model over the `editor_holdout` part of the split (first) and over
`fresh_titles` (fresh) and writes docs/figures/editor_holdout*.tsv with an empty label where a text changed. Somebody
fills in improved, neutral or worse; the next run keeps the labels of rows that came out the same, and writes the
figures and their page as soon as every changed row has one.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks import fresh_titles
from burnish import api
from burnish.backends.builtin import editor
from burnish.errors import UsageError
from burnish.evals import editor as measure_of
from burnish.train.builtin import clipart, split
from burnish.values import Origin, Pair, Record

FIGURES = Path(__file__).parents[1] / "docs" / "figures"
TABLES = {"first": FIGURES / "editor_holdout.tsv", "fresh": FIGURES / "editor_holdout_fresh.tsv"}
PAGE = FIGURES / "editor_holdout.md"
COLUMNS = ("stem", "kind", "before", "after", "label")
Rows = list[dict[str, str]]


def first(unpacked: Path) -> Iterator[tuple[str, Pair]]:
    """The titles of the split's `editor_holdout`, sorted by stem."""
    stems = split.load()["editor_holdout"]
    arts = [art for art in clipart.walk(unpacked / fresh_titles.OPENCLIPART) if art.stem in stems]
    for ordinal, art in enumerate(arts):
        pixels = clipart.render(art.path)
        if pixels is not None:
            yield "title", _pair("editor_holdout", ordinal, art.stem, pixels, art.title)


def fresh(unpacked: Path) -> Iterator[tuple[str, Pair]]:
    """The texts of `fresh_titles`, in the order they were drawn."""
    for ordinal, drawn in enumerate(fresh_titles.draw(unpacked)):
        yield drawn.kind, _pair("fresh_titles", ordinal, drawn.stem, drawn.rgb, drawn.text)


def _pair(shard: str, ordinal: int, stem: str, pixels: npt.NDArray[np.uint8], text: str) -> Pair:
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, "PNG")
    origin = Origin(source="drawings", shard=shard, ordinal=ordinal)
    return Pair(origin=origin, key=stem, image=png.getvalue(), image_name=Path(stem).name + ".svg", text=_line(text))


def _line(text: str) -> str:
    return " ".join(text.split())


def run(drawn: Iterable[tuple[str, Pair]], pictures: Path | None) -> Rows:
    """One row a text, in order; the pictures of changed ones go into a folder, named by the row's number."""
    texts = list(drawn)
    outcomes = api.enhance(iter([pair for _, pair in texts]))
    assert isinstance(outcomes, Iterator)
    rows = []
    for number, ((kind, _), outcome) in enumerate(zip(texts, outcomes, strict=True), start=1):
        assert isinstance(outcome, Record), outcome
        before, after = outcome.pair.text, _line(outcome.caption.text)
        rows.append({"stem": outcome.pair.key, "kind": kind, "before": before, "after": after, "label": ""})
        if pictures is not None and before != after:
            pictures.mkdir(parents=True, exist_ok=True)
            (pictures / f"{number:03}.png").write_bytes(outcome.pair.image)
    return rows


def keep_labels(rows: Rows, table: Path) -> None:
    """Labels given earlier to the same change stay."""
    if not table.exists():
        return
    head, *lines = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    old = [dict(zip(head, line, strict=True)) for line in lines]
    given = {(row["stem"], row["before"], row["after"]): row["label"] for row in old}
    for row in rows:
        row["label"] = given.get((row["stem"], row["before"], row["after"]), "")


def write(name: str, rows: Rows, labelled_by: str) -> None:
    """The table, and its figures where every changed row has a label."""
    table = TABLES[name]
    keep_labels(rows, table)
    body = "".join("\t".join(row[column] for column in COLUMNS) + "\n" for row in rows)
    table.write_text("\t".join(COLUMNS) + "\n" + body, encoding="utf-8")
    print(f"{len(rows)} texts, {sum(row['before'] != row['after'] for row in rows)} changed: {table}")
    try:
        figures = measure_of.measure(measure_of.read(table))
    except UsageError as error:
        print(f"not measured yet: {error}")
        return
    facts: dict[str, Any] = {
        "command": "python -m benchmarks.editor_holdout",
        "editor": editor.VERSION,
        "drawn": f"hash of salt {fresh_titles.SALT!r}" if name == "fresh" else "split.json.gz, part editor_holdout",
        "titles": sum(row["kind"] == "title" for row in rows),
        "descriptions": sum(row["kind"] == "description" for row in rows),
        "different_titles": len({fresh_titles.words_of(row["before"]) for row in rows if row["kind"] == "title"}),
        "different_texts_changed": len({row["before"] for row in rows if row["before"] != row["after"]}),
        "labelled_by": labelled_by or _figures(name).get("labelled_by", "nobody"),
        **asdict(figures),
    }
    table.with_suffix(".json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def _figures(name: str) -> dict[str, Any]:
    path = TABLES[name].with_suffix(".json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def page(found: dict[str, dict[str, Any]]) -> str:
    """Both hold-outs side by side, in Markdown; a part without figures is said to have none."""
    rates = ["improved", "unchanged", "neutral", "worse"]
    facts = ["drawn", "editor", "n", "titles", "different_titles", "descriptions", "different_texts_changed"]
    facts += ["median_words_changed", "median_share_changed", "labelled_by"]
    lines = ["# The editor on texts that were set aside", "", "Command: `python -m benchmarks.editor_holdout`.", ""]
    lines += ["| | " + " | ".join(found) + " |", "|---" * (len(found) + 1) + "|"]
    for name in (*facts, *rates):
        cells = [_cell(one.get(name, "not measured")) for one in found.values()]
        lines.append(f"| {name.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    return _rate(value) if isinstance(value, dict) else str(value)


def _rate(rate: dict[str, Any]) -> str:
    return f"{rate['count']} of {rate['n']} = {rate['share']:.1%} (95 %: {rate['low']:.1%} to {rate['high']:.1%})"


def main() -> None:
    """Run the part or parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unpacked", type=Path, required=True)
    parser.add_argument("--part", choices=[*TABLES], action="append")
    parser.add_argument("--labelled-by", default="", help="who gave the labels; kept from the last time if not said")
    parser.add_argument("--pictures", type=Path, help="folder for the pictures of changed rows")
    asked = parser.parse_args()
    for name, texts in {"first": first, "fresh": fresh}.items():
        if name in (asked.part or TABLES):
            pictures = asked.pictures / name if asked.pictures else None
            write(name, run(texts(asked.unpacked), pictures), asked.labelled_by)
    PAGE.write_text(page({name: _figures(name) for name in TABLES}), encoding="utf-8")


if __name__ == "__main__":
    main()
