"""`benchmarks.hybrid_sweep`'s figures as a page and as a picture: nothing is typed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from burnish.arms import curves

COMMAND = "python -m benchmarks.hybrid_sweep --clipart DIR --work DIR"


def plot(found: Mapping[str, Any]) -> str:
    """A panel for each world."""
    panels = [_panel(name, world) for name, world in found["worlds"].items()]
    told = "Recall of a proxy CLIP against the share of AltText among its training captions, for each captioner."
    return curves.svg(panels, told)


def _panel(name: str, world: Mapping[str, Any]) -> curves.Panel:
    pictures = " + ".join(f"{exam['pictures']}" for exam in world["exams"].values())
    return curves.Panel(
        title=f"{name[:1].upper()}{name[1:]}: {world['what']}",
        note=f"{world['facts']['training pictures']:,} to train, {pictures} asked; bars: 95 %, {world['seeds']} seeds",
        x="AltText among the captions, %",
        y=f"recall at {world['cut']}, %",
        curves=tuple(
            curves.Curve(
                name=f"{arm}: {told['what']}",
                points=tuple((100 * p["share"], 100 * p["mean"], 100 * p["half"]) for p in told["points"]),
            )
            for arm, told in world["arms"].items()
        ),
        level=(100 * world["chance"], f"chance {world['chance']:.1%}, shuffled {world['shuffled']['mean']:.1%}"),
    )


def page(found: Mapping[str, Any]) -> str:
    """Markdown: what was done, what came out in words, and every point."""
    lines = [
        "# AltText and synthetic captions in one training set",
        "",
        f"Written by `{COMMAND}`;",
        "see there for how. Figures are recalls in % of a proxy CLIP (two frozen towers, small heads): the mean of",
        "image to text and text to image and of all exams, with the 95 % interval of the mean over seeds (Student's",
        "t). A gain's second interval is over exam pictures (bootstrap over groups of alike ones).",
        "",
        "![Recall against the share of AltText](hybrid_sweep.svg)",
    ]
    for name, world in found["worlds"].items():
        lines += ["", *_world(name, world)]
    return "\n".join(lines) + "\n"


def _world(name: str, world: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {name[:1].upper()}{name[1:]}: {world['what']}"
    yield ""
    facts = ", ".join(f"{what}: {number:,}" for what, number in world["facts"].items())
    asked = world["exams"].items()
    exams = ", ".join(f"{what}: {exam['pictures']} pictures, {exam['texts']} texts" for what, exam in asked)
    yield f"{facts[:1].upper()}{facts[1:]}."
    yield f"Exams: {exams}."
    yield f"Recall at {world['cut']}. {world['seeds']} seeds, {world['runs']} trainings in {world['seconds']} s with"
    yield f"{world['jobs']} seeds at a time. Chance {100 * world['chance']:.1f}; trained on AltText of other pictures"
    yield f"{_bar(world['shuffled'])}."
    yield ""
    yield from (f"- {_verdict(arm, told)}" for arm, told in world["arms"].items())
    yield ""
    shares = [f"{point['share']:.0%}" for point in next(iter(world["arms"].values()))["points"]]
    yield f"| AltText | {' | '.join(shares)} |"
    yield f"|---|{'---:|' * len(shares)}"
    for arm, told in world["arms"].items():
        yield f"| {arm} | {' | '.join(_bar(point) for point in told['points'])} |"
    yield ""
    yield from _measures(world)
    yield ""
    yield f"Proxy `{world['proxy']}`. Measured on: {', '.join(f'{k} {v}' for k, v in world['machine'].items())}."


def _bar(spread: Mapping[str, float]) -> str:
    return f"{100 * spread['mean']:.1f} +- {100 * spread['half']:.1f}"


def _verdict(arm: str, told: Mapping[str, Any]) -> str:
    """What came out of one arm, in words that follow from the numbers."""
    inside, gain = told["inside"], told["inside"]["gain"]
    low, high = inside["gain_over_exam_pictures"]
    end = "AltText alone" if inside["better_end"] == 1 else "no AltText"
    numbers = (
        f"{100 * gain['mean']:+.1f} +- {100 * gain['half']:.1f} points against {end}, the better end; over other exam "
        f"pictures {100 * low:+.1f} to {100 * high:+.1f}"
    )
    sure = gain["mean"] - gain["half"] > 0
    beyond = low > 0
    if sure and beyond:
        said = "a mix is better than either alone, beyond both errors"
    elif sure:
        said = "a mix is better on these pictures; other pictures might say otherwise"
    elif gain["mean"] + gain["half"] < 0:
        said = "no mix is better: the better end alone is"
    else:
        said = "no mix is told apart from the better end"
    return f"**{arm}** ({told['what']}): {said}. Best share inside {inside['best_share']:.0%}: {numbers}."


def _measures(world: Mapping[str, Any]) -> Iterator[str]:
    """Both directions by exam, for the ends and the best share inside."""
    yield "| arm | AltText | exam | image to text R@1, R@5, median rank | text to image R@1, R@5, median rank |"
    yield "|---|---:|---|---:|---:|"
    for arm, told in world["arms"].items():
        for point in told["points"]:
            if point["share"] in {0.0, told["inside"]["best_share"], 1.0}:
                for exam, measures in point["measures"].items():
                    cells = [_direction(measures, way) for way in ("image_to_text", "text_to_image")]
                    yield f"| {arm} | {point['share']:.0%} | {exam} | {' | '.join(cells)} |"


def _direction(measures: Mapping[str, float], way: str) -> str:
    return f"{measures[f'{way}_r1']:.1%}, {measures[f'{way}_r5']:.1%}, {measures[f'{way}_median_rank']:g}"
