"""docs/figures/ocr.md from its json: nothing is typed by hand."""

from __future__ import annotations

from typing import Any

from burnish import evidence
from burnish.ocr.lines import MIN_CONFIDENCE

HEAD = """# Reading writing in images

Made by `python -m benchmarks.ocr`; reader {reader}, seed {seed}.
Pictures: the {pictures} of the bundled sample (clip art, long side 384 px). Strings: one to three words in one of three
cases, a third of them with a number, drawn in black or white, whichever differs more from the ground, where the ground
is clear (97 % of its pixels 96 grey levels and more from the ink); *anywhere*: wherever chance put them, also across
the drawing, where some cannot be read by eye. None of these strings was looked at while anything was set; the size that
is read was chosen on strings of another seed. *exact*: read without an error, whatever the case and spacing.
*borne out*: read as the guards compare (an error is forgiven for each {letters} letters, figures must be the same).

Drawn strings are an easy kind of writing: level, in one ink, in faces a reader knows. They say what size is needed, not
how well shop signs or handwriting are read."""

FACES = """## By size and face

Size is the em in pixels: small letters are half as high, capitals seven tenths. *plain* and *bold* are Pillow's own
vector face, *bitmap* its 11 px one, scaled. {each} strings each."""

ANGLES = """## By angle

Plain face, 24 px, {each} strings each. Degrees, counter-clockwise."""

SAMPLE = """## What is read where nothing is written

All {pictures} sample pictures as they are; what stands in those of which anything was read was looked up by eye, in
{written} of them something does. These pictures were seen while the confidence that is asked for ({least}) was chosen;
the recall beside it is of drawn strings of 16 px."""

SIDES = """## By the size that is read

Sample pictures enlarged to {large} px, strings drawn into those and the whole reduced to a side. A run reads at {side}.
More pixels cost more, and the finder of lines misses what is small against its picture."""

COST = """## Cost

CPU of a pair in one process on one thread, mean of the {pictures} sample pictures, which are small: a large one costs
what the row {side} above says. The machine was not idle: read the ratio. The built-in model is asked every criterion of
`aitqe`, one pair at a time."""


def page(results: dict[str, Any]) -> str:
    """The whole page."""
    each = next(iter(results["angles"].values()))["n"]
    parts = [
        HEAD.format(**results, letters=evidence.LETTERS_AN_ERROR),
        FACES.format(each=each),
        _faces(results["sizes"]),
        ANGLES.format(each=each),
        _angles(results["angles"]),
        SAMPLE.format(
            pictures=results["pictures"],
            written=len({r["key"] for r in results["sample"] if r["true"]}),
            least=MIN_CONFIDENCE,
        ),
        _sample(results),
        SIDES.format(large=f"{results['large_px']:,}", side=results["side_px"]),
        _sides(results["sides"]),
        COST.format(pictures=results["pictures"], side=results["side_px"]),
        _cost(results),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def _faces(sizes: dict[str, dict[str, dict[str, float]]]) -> str:
    head = ["px", *(f"{face}, exact (borne out)" for face in sizes)]
    every = list(next(iter(sizes.values())))
    rows = [[size, *(_both(found[size]) for found in sizes.values())] for size in every]
    return _table(head, rows)


def _angles(angles: dict[str, dict[str, float]]) -> str:
    return _table(["degrees", "exact (borne out)"], [[angle, _both(found)] for angle, found in angles.items()])


def _both(found: dict[str, float]) -> str:
    return f"{found['exact']:.0%} ({found['borne_out']:.0%})"


def _sample(results: dict[str, Any]) -> str:
    rows = []
    for least, recall in results["confidence"].items():
        counted = [row for row in results["sample"] if row["confidence"] >= float(least)]
        false = [row for row in counted if not row["true"]]
        shown = ", ".join(f"`{row['read']}`" for row in false)
        rows.append(
            [least, str(len(counted) - len(false)), f"{len(false)}: {shown}" if false else "0", f"{recall:.0%}"]
        )
    return _table(["confidence", "true lines", "false lines", "recall, drawn"], rows)


def _sides(sides: list[dict[str, float]]) -> str:
    sizes = sorted({row["size"] for row in sides})
    rows = []
    for side in sorted({row["side"] for row in sides}):
        of = {row["size"]: row for row in sides if row["side"] == side}
        cpu_s = sum(row["cpu_s"] for row in of.values()) / len(of)
        rows.append([f"{side:,}", *(f"{of[size]['exact']:.0%}" for size in sizes), f"{cpu_s:.2f}"])
    n = sides[0]["n"]
    head = ["side, px", *(f"{size} px, exact (n = {n})" for size in sizes), "CPU s a picture"]
    return _table(head, rows)


def _cost(results: dict[str, Any]) -> str:
    cost = results["cost_ms"]
    model = cost["decode"] + cost["judge"]
    reading = cost["decode again"] + cost["read"]
    rows = [
        ["decoding for the model", f"{cost['decode']:.1f}"],
        ["judging, built-in model", f"{cost['judge']:.1f}"],
        ["decoding again, for the reader", f"{cost['decode again']:.1f}"],
        ["reading", f"{cost['read']:.1f}"],
    ]
    said = (
        f"Reading costs **{reading / model:.1f} times** what decoding and judging do; that the reader decodes for"
        f" itself is {cost['decode again'] / reading:.1%} of it. A process that reads {results['side_px']} x"
        f" {results['side_px']} pixels takes {results['peak_mb']} MB."
    )
    return _table(["part", "CPU ms"], rows) + "\n\n" + said
