"""The yardstick of enhancers: a perfect judge and editor reach its top, a bad one does not, and cells are done once."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="what it measures is trained with the extra [finetune]")

from benchmarks import ablation_page, enhancer, planted
from benchmarks import enhancer_measures as measures
from burnish.backends.oracle import OracleBackend
from burnish.scenes import compose

SCENES, SEED = 24, 9


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("truth")
    planted.write(folder, [compose.scene(SEED, number, 1.0) for number in range(SCENES)])
    return folder


def oracle(truth: Path, **faults: str) -> OracleBackend:
    return OracleBackend({"truth": str(truth), **faults})


def test_every_scene_gives_a_clean_and_a_spoilt_text_and_mostly_one_made_worse() -> None:
    asked = measures.cases(SCENES, SEED)
    clean = [case for case in asked if case.kind == measures.CLEAN]
    assert len(clean) == SCENES
    assert len(asked) > 2.5 * SCENES
    assert {case.truth for case in clean} == {5.0}
    assert max(case.truth for case in asked if case.kind != measures.CLEAN) < 5.0


def test_the_truth_is_the_best_judge_and_editor(truth: Path) -> None:
    asked, backend = measures.cases(SCENES, SEED), oracle(truth)
    judged = measures.judged(asked, measures.scores(backend, asked))
    assert judged["auc"] == judged["spearman"] == 1.0
    assert {auc for auc, _ in judged["auc_by_kind"].values()} == {1.0}
    assert sum(count for _, count in judged["auc_by_kind"].values()) == len(asked) - SCENES
    raw = [case for case in asked if case.text in {case.scene.alt.text, case.scene.alt.repaired}]
    edited = measures.edited(raw, measures.rewrites(backend, raw))
    assert edited["spoilt"]["right"] == edited["clean"]["untouched"] == 1.0
    assert edited["spoilt"]["edit"] == edited["spoilt"]["edit_needed"] > 0
    assert edited["spoilt"]["gain"] > 2
    assert edited["clean"]["gain"] == edited["clean"]["edit"] == 0


def test_a_bad_judge_and_editor_is_seen(truth: Path) -> None:
    asked = measures.cases(SCENES, SEED)
    turned = measures.judged(asked, measures.scores(oracle(truth, error="1"), asked))
    assert turned["auc"] < 0.1
    assert turned["spearman"] < -0.9
    silent = measures.judged(asked, measures.scores(oracle(truth, abstain="1"), asked))
    assert silent["unanswered"] == len(asked)
    assert silent["auc"] is None
    clean = [case for case in asked if case.kind == measures.CLEAN]
    invented = measures.edited(clean, measures.rewrites(oracle(truth, hallucinate="1"), clean))
    assert invented["clean"]["gain"] < -2
    refused = measures.rewrites(oracle(truth, refuse="1"), clean)
    assert measures.edited(clean, refused)["failed"] == SCENES


def test_only_what_is_low_takes_its_rewrite(truth: Path) -> None:
    asked, backend = measures.cases(SCENES, SEED), oracle(truth)
    values = measures.scores(backend, asked)
    texts = [case.scene.alt.repaired for case in asked]
    found = measures.enhanced(asked, values, texts)
    assert found["after"] == 5.0 > found["before"]
    assert 0.3 < found["rewritten"] < 0.8
    assert measures.enhanced(asked, values, texts, below=0.0)["after"] == found["before"]


def test_the_page_says_how_many_cells_it_is_made_of() -> None:
    def cell(auc: float) -> dict[str, object]:
        return {"judge": {"auc": auc, "spearman": auc / 2, "auc_by_kind": {"count": [auc, 3]}}}

    found = {
        "cells": {"none-score-0": cell(0.6), "rules-score-0": cell(0.7), "none-score-1": cell(0.8)},
        "planned": 27,
        "base": cell(0.5),
        "steps": 7,
        "batch": 2,
        "scenes": 5,
        "test": {"scenes": 3, "seed": 1, "rewritten": 2},
    }
    page = ablation_page.page(found)
    assert "3 of 27 cells done" in page
    assert "| scores only | no negatives | 2 | 0.700 ± 0.141 | 0.350 ± 0.071 |" in page
    assert "| scores only | negatives by rule | 1 | 0.700 | 0.350 |" in page
    assert "- scores only, negatives by rule, AUC, all: mean +0.100 (+0.100)" in page


def test_the_page_of_enhancers_shows_what_became_of_the_texts() -> None:
    asked = [case for case in measures.cases(SCENES, SEED) if case.text == case.scene.alt.text]
    perfect = enhancer.Outcome(
        values=[case.truth for case in asked],
        texts=[case.scene.alt.repaired for case in asked],
        decisions=Counter(rewritten=len(asked)),
    )
    found = enhancer.measured(asked, perfect)
    assert found["worth"]["after"] == 5.0 > found["worth"]["before"]
    how = {"weights": 1200, "reading": 5, "titles": True, "steps": 6, "samples": {"train": 7}}
    how |= {"loss": {"first": 2.0, "last": 1.0}}
    page = enhancer.page(
        {
            "command": "benchmarks.enhancer WORK --page another",
            "scenes": SCENES,
            "seed": SEED,
            "models": {"perfect": found},
            "trained": {"perfect": how},
            "read": {"perfect": {"n": 4, "texts": 0.75, "tokens": 0.9}},
        }
    )
    assert "perfect 75% of 4 texts word for word, 90% of tokens." in page
    assert "`python -m benchmarks.enhancer WORK --page another`:" in page
    assert (
        "1,200 weights, 5 steps of texts without pictures, then\n  6 steps on 7 samples of scenes and of real titles;"
        in page
    )
    assert f'- {asked[0].kind.replace("_", " ")} "{asked[0].text}". perfect: "{asked[0].scene.alt.repaired}"' in page
    assert f"| perfect | None | 1.0 | 0 of {SCENES} |" in page
    assert f"- perfect: rewritten {SCENES}" in page


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_cell_is_trained_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a base of random weights, few scenes and two steps: the whole way, and nothing is done twice."""
    for name in ("torch", "transformers", "llguidance", "accelerate", "peft"):
        pytest.importorskip(name, reason="fine-tuning needs the extra [finetune]")
    from benchmarks import ablation
    from tests import tiny_models

    for name, value in (("SCENES", 40), ("TEST_SCENES", 4), ("EDITED", 1)):
        monkeypatch.setattr(ablation, name, value)
    (tmp_path / "captioner").mkdir()
    tiny_models.siglip_qwen2(tmp_path / "captioner")
    work = ablation.Ablation(tmp_path / "captioner", tmp_path / "work", 2)
    cells = [ablation.Cell(arm=arm, tasks="both", seed=0) for arm in ("none", "rules")]
    found = work.cell(cells[0])
    asked = found["judge"]["n"]
    assert asked >= 2 * 4
    assert 0 <= found["judge"]["unanswered"] <= asked  # random weights may say anything but a digit
    assert set(found) >= {"judge", "editor", "together", "learnt", "loss"}
    assert set(work.done(cells)) == {"none-both-0"}
    model = tmp_path / "work" / "models-2" / "none-both-0" / "model.safetensors"
    stamp = model.stat().st_mtime_ns
    assert work.cell(cells[0]) == found
    assert model.stat().st_mtime_ns == stamp
    lines = (tmp_path / "work" / "none-0" / "samples.jsonl").read_bytes().splitlines()
    kinds = {json.loads(line)["kind"] for line in lines}
    assert kinds == {"good_raw", "bad_raw"}
