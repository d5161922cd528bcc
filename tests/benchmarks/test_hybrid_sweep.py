"""The sweep's own decisions: what it says of its numbers, the mixes it asks for, the picture it draws."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from benchmarks import hybrid_page, hybrid_sweep
from benchmarks.hybrid_world import Arm
from burnish.arms import curves

_SVG = "{http://www.w3.org/2000/svg}"


def said(mean: float, half: float, low: float, high: float) -> str:
    inside: dict[str, Any] = {
        "best_share": 0.4,
        "better_end": 1.0,
        "gain": {"mean": mean, "half": half},
        "gain_over_exam_pictures": [low, high],
    }
    return hybrid_page._verdict("nearest", {"what": "w", "inside": inside})


def test_a_gain_inside_its_error_is_not_called_one() -> None:
    assert "no mix is told apart" in said(0.01, 0.02, -0.01, 0.03)
    assert "other pictures might say otherwise" in said(0.03, 0.01, -0.01, 0.07)
    assert "beyond both errors" in said(0.03, 0.01, 0.01, 0.05)
    assert "no mix is better" in said(-0.03, 0.01, -0.05, -0.01)


@pytest.mark.parametrize("share", hybrid_sweep.SHARES)
def test_alttext_has_the_share_that_is_said(share: float) -> None:
    arm = Arm(name="n", path=Path("somewhere"), role="dsc+", what="w")
    (group,) = hybrid_sweep.mixture(arm, share, 7).groups.values()
    weights = {role: rule.weight for role, rule in group.roles.items()}
    assert weights["alt"] == share
    assert weights.get("dsc+", 0.0) == pytest.approx(1 - share)
    assert hybrid_sweep.mixture(arm, share, 7).seed == 7


def test_every_point_of_every_curve_is_drawn_with_its_error_bar() -> None:
    points = tuple((25.0 * n, 10.0 + n, 0.5) for n in range(5))
    panel = curves.Panel(
        title="A & B", note="n", x="x", y="y", level=(1.0, "chance"),
        curves=(curves.Curve(name="one", points=points), curves.Curve(name="<two>", points=points)),
    )  # fmt: skip
    drawn = ET.fromstring(curves.svg([panel, panel], "told"))
    marks = [node for node in drawn.iter(f"{_SVG}circle") if node.get("r") == "3"]
    assert len(marks) == 2 * 2 * (5 + 1)  # each point, and one in the legend
    texts = [node.text for node in drawn.iter(f"{_SVG}text")]
    assert texts.count("A & B") == 2
    assert texts.count("<two>") == 2
    assert drawn.find(f"{_SVG}rect").get("fill") == "#ffffff"  # type: ignore[union-attr]
    heights = [float(node.get("cy")) for node in marks[:5]]  # type: ignore[arg-type]
    assert heights == sorted(heights, reverse=True)
