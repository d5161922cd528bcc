"""What the page says follows from the figures, and every arm is in the picture with its error bar."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from burnish.arms import curves, page, plot
from burnish.arms.training import AGAIN, CONTROL

_SVG = "{http://www.w3.org/2000/svg}"
ARMS = ("raw", "enhanced", "filtered", AGAIN, CONTROL)


def arm(mean: float) -> dict[str, Any]:
    return {"mean": mean, "sd": 0.01, "half": 0.01, "n": 5, "samples": 100, "pictures": 90, "texts": 80}


def gap(one: str, other: str, mean: float, said: str) -> dict[str, Any]:
    spread = {"mean": mean, "sd": 0.01, "half": 0.02, "n": 5}
    return {"one": one, "other": other, **spread, "low": mean - 0.03, "high": mean + 0.03, "said": said}


@pytest.fixture
def found() -> dict[str, Any]:
    sizes = {}
    for number, size in enumerate(("500", "2000")):
        gaps = [
            gap("enhanced", "raw", 0.1 + number / 10, "better, beyond both errors"),
            gap("filtered", "raw", -0.05, "worse, beyond both errors"),
            gap(AGAIN, "raw", 0.001, "not told apart"),
            gap("enhanced", "filtered", 0.15, "better, beyond both errors"),
        ]
        sizes[size] = {"arms": {name: arm(0.1 + at / 20) for at, name in enumerate(ARMS)}, "gaps": gaps}
    growth = {"enhanced": {**arm(0.1), "said": "grows"}}
    return {
        "pairs": 2000, "held_out": 3, "scored": 1900, "below": 3.0, "kept": 0.31, "caption": "ssc",
        "arms": dict.fromkeys(ARMS[:3], "w"), "left_out": {"hybrid": "no <pair> has one"},
        "exams": {"titles": {"pictures": 30, "texts": 29, "groups": 28}}, "cut": 1, "seeds": 5, "epochs": 4,
        "chance": 0.03,
        "proxies": {"p": {"identity": "p-1(x)", "trainings": 50, "comparisons": 6, "sizes": sizes, "growth": growth}},
    }  # fmt: skip


def test_what_came_out_is_said_good_or_bad(found: dict[str, Any]) -> None:
    said = " ".join(page.said(found, "p"))
    assert "filtered against raw. 500 pairs: worse, beyond both errors, -5.0 +- 2.0 (-8.0 to -2.0)" in said
    assert "2,000 pairs: better, beyond both errors, +20.0 +- 2.0" in said
    assert "From 500 to 2,000 pairs the gain of enhanced over raw changes by +10.0 +- 1.0 points: grows" in said
    assert "0 of 2 told apart. Of the 6 comparisons 0.3" in said
    assert "Left out: hybrid (no <pair> has one)." in list(page.how(found))


def test_the_page_is_whole_and_nothing_in_it_is_taken_for_markup(found: dict[str, Any]) -> None:
    html = page.together([("One & only", found)])
    assert "One &amp; only" in html
    assert "no &lt;pair&gt; has one" in html
    assert html.count("<svg") == html.count("</svg>") == 1
    assert html.count("<table>") == 3
    assert "31 % of the pairs stay (1,900 of 2,000 texts have a score" in html


def test_markdown_has_every_arm_and_difference(found: dict[str, Any]) -> None:
    text = page.markdown(found)
    assert "| enhanced | 15.0 +- 1.0 | 15.0 +- 1.0 |" in text
    assert "| raw again - raw | +0.1 +- 2.0 (-2.9 to +3.1) | +0.1 +- 2.0 (-2.9 to +3.1) |" in text
    assert "| filtered | 100 / 90 / 80 | 100 / 90 / 80 |" in text


def test_every_arm_is_drawn_with_its_error_bar_in_one_colour(found: dict[str, Any]) -> None:
    drawn = ET.fromstring(plot.svg(found, "p"))
    lines = drawn.findall(f".//{_SVG}polyline")
    assert len(lines) == 3 + 3  # recall of three arms; differences of two and of the noise
    assert [line.get("stroke") for line in lines[1:3]] == [line.get("stroke") for line in lines[3:5]]
    texts = [node.text for node in drawn.iter(f"{_SVG}text")]
    assert texts.count("enhanced") == 2
    assert "raw again (the noise)" in texts
    assert {"500", "2,000", "as raw", "chance 3.0"} <= set(texts)


def test_differences_below_zero_are_on_the_paper(found: dict[str, Any]) -> None:
    drawn = ET.fromstring(plot.svg(found, "p"))
    bottom = curves.PANEL_H
    points = drawn.findall(f".//{_SVG}polyline")[4].get("points") or ""
    heights = [float(point.split(",")[1]) for point in points.split()]
    assert heights
    assert all(curves.TOP <= height <= bottom for height in heights)


def test_panels_go_on_below(found: dict[str, Any]) -> None:
    panels = [panel for _ in range(2) for panel in plot.panels(found, "p")]
    drawn = ET.fromstring(curves.svg(panels, "told", across=3))
    assert float(drawn.get("width") or 0) == 3 * curves.PANEL_W
    places = [node.get("transform") for node in drawn.findall(f"{_SVG}g")]
    assert len(set(places)) == 4
