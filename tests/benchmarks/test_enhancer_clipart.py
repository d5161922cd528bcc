"""What is asked of real titles: a perfect judge and editor reach the top, and no drawing of a scene is among
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="what it measures is trained with the extra [finetune]")

from benchmarks import ablation_page
from benchmarks import enhancer_clipart as titles
from burnish.evals.scenarios._spoiling import spoilt
from burnish.evals.trials import Item
from burnish.scenes import catalogue
from burnish.train.builtin import split
from burnish.values import Picture

DOT = Picture(rgb=np.zeros((1, 1, 3), np.uint8), width=1, height=1, format="PNG", mode="RGB")
NAMES = ("Flag of Norway", "Open book", "Steam train at night", "Garden chair", "Map of the old town")
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><title>{}</title>'
    '<circle cx="{}" cy="20" r="12" fill="#a00"/></svg>'
)


@pytest.fixture
def asked() -> list[Item]:
    return list(spoilt([(name, DOT, name) for name in NAMES], 0))


def judged(asked: Sequence[Item], values: Sequence[float | None]) -> dict[str, object]:
    return titles.judged(asked, values)


def test_the_kinds_take_turns(asked: list[Item]) -> None:
    some = titles.in_turns(asked, 3)
    by_picture = {name: [item.kind for item in some if item.group == name] for name in NAMES}
    assert all(kinds[0] == "" and 2 <= len(kinds) <= 4 for kinds in by_picture.values())  # some titles lack a form
    assert {item.kind for item in some} == {item.kind for item in asked}
    assert all(item.base in {other.key for other in some} for item in some if not item.good)


def test_a_perfect_judge_tells_every_spoilt_title(asked: list[Item]) -> None:
    found = judged(asked, [4.0 if item.good else 2.0 for item in asked])
    assert found["auc"] == found["spearman"] == found["above"] == 1.0
    assert {auc for auc, _ in found["auc_by_kind"].values()} == {1.0}  # type: ignore[attr-defined]
    assert sum(count for _, count in found["auc_by_kind"].values()) == len(asked) - len(NAMES)  # type: ignore[attr-defined]


def test_a_judge_turned_round_a_dull_and_a_silent_one_are_seen(asked: list[Item]) -> None:
    turned = judged(asked, [2.0 if item.good else 4.0 for item in asked])
    assert turned["auc"] == turned["above"] == 0.0
    dull = judged(asked, [3.0] * len(asked))
    assert dull["auc"] == dull["above"] == 0.5
    silent = judged(asked, [None] * len(asked))
    assert silent["unanswered"] == silent["n"] == len(asked)
    assert silent["auc"] is silent["above"] is None


def test_a_perfect_editor_gives_the_titles_back(asked: list[Item]) -> None:
    pairs = titles.edited_pairs(asked, 3)
    assert [item.good for item, _ in pairs] == [True, False] * 3
    assert len({item.kind for item, _ in pairs if item.kind}) == 3  # kinds in turns
    found = titles.edited(pairs, [title for _, title in pairs])
    assert found["spoilt"]["right"] == found["good"]["right"] == found["good"]["untouched"] == 1.0
    assert found["spoilt"]["edit"] == found["spoilt"]["edit_needed"] == found["spoilt"]["gain"] > 0
    assert found["good"]["gain"] == found["good"]["edit"] == 0.0


def test_an_editor_that_invents_and_one_that_fails_are_seen(asked: list[Item]) -> None:
    pairs = titles.edited_pairs(asked)
    invented = titles.edited(pairs, ["Purple rain"] * len(pairs))
    assert invented["good"]["gain"] == -1.0
    failed = titles.edited(pairs, [None] * len(pairs))
    assert failed["failed"] == len(pairs)
    assert failed["spoilt"]["untouched"] == 1.0
    assert failed["spoilt"]["gain"] == 0.0


def test_drawings_that_scenes_are_made_of_are_left_out(tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="drawing clip art needs the extra [train]")
    of_scenes = {thing.source.removeprefix("svg/").removesuffix(".svg") for thing in catalogue.objects()}
    held_out = split.load()["test"]
    stems = [next(s for s in held_out if s not in of_scenes), next(s for s in held_out if s in of_scenes)]
    for at, stem in enumerate(stems):
        path = tmp_path / "svg" / f"{stem}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SVG.format(NAMES[at], 15 + at), encoding="utf-8")
    found = titles.items(tmp_path)
    assert {item.group for item in found} == {stems[0]}
    assert found[0].text == NAMES[0]
    assert 1 < len(found) <= titles.SPOILT + 1


def test_the_page_sets_cells_beside_the_base_and_the_built_in_model(asked: list[Item]) -> None:
    def told(step: float) -> dict[str, object]:
        pairs = titles.edited_pairs(asked)
        values = [3.0 + step * item.good for item in asked]
        return {"judge": judged(asked, values), "editor": titles.edited(pairs, [item.text for item, _ in pairs])}

    found = {
        "cells": {},
        "clipart": {"base": told(0.0), "builtin": told(1.0), "rules-both-0": told(0.0), "none-both-0": told(-1.0)},
        "planned": 27,
        "base": {"judge": {"auc": 0.5, "auc_by_kind": {}}},
        "steps": 7,
        "batch": 2,
        "scenes": 5,
        "test": {"scenes": 3, "seed": 1, "rewritten": 2},
    }
    page = ablation_page.page(found)
    assert f"{len(NAMES)} held-out drawings" in page
    assert f"(n {len(asked)}), asked of 2 cells" in page
    assert "| the built-in model | | | 1.000 | 1.000 | 1.000 |" in page
    assert "| scores and rewrites | negatives by rule | 1 | 0.500 | - | 0.500 |" in page
    assert "- scores and rewrites, negatives by rule, AUC, all: mean +0.500 (+0.500)" in page
    del found["clipart"]
    assert "clip art" not in ablation_page.page(found)
