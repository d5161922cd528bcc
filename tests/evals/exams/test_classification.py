"""Zero-shot classes: by hand, at chance where nothing is seen, and as clip_benchmark would write it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from burnish.evals import exams
from burnish.evals.exams import Sitting
from burnish.evals.exams.classification import class_vectors, mean_per_class_recall
from tests.builders import jpeg
from tests.cli.calls import call
from tests.evals.cases.test_cases import benchmark
from tests.evals.exams.seeing import Set

NAMES = ("cat", "dog", "owl", "fox", "elk", "ram")
EYE = np.eye(len(NAMES))


@pytest.fixture
def folder(tmp_path):
    members = [{"jpg": jpeg(at), "cls": str(label).encode()} for at, label in enumerate((0, 0, 0, 1, 2, 2))]
    return benchmark(
        tmp_path / "set", members, classnames="\n".join(NAMES), zeroshot_classification_templates="a {c}\n{c}"
    )


def sat(folder, encoder):
    [mark] = exams.load("classification").sit(
        Sitting(scenario=f"clip_benchmark:{folder}", seeds=(0,), limit=0, encoder=encoder)
    )
    return mark


def of_name(text: str):
    return EYE[NAMES.index(text.removeprefix("a "))]


def test_figures_by_hand(folder):
    """Three cats, one dog and two owls; everything is taken for a cat, a dog or an owl second."""
    mark = sat(folder, Set(lambda _: EYE[0] + 0.5 * EYE[1] + 0.25 * EYE[2], of_name))
    assert mark.figures["acc1"].value == 0.5
    assert mark.figures["mean_per_class_recall"].value == pytest.approx(1 / 3, abs=1e-4)
    assert mark.figures["acc5"].value == 1
    assert mark.chance == {
        "acc1": pytest.approx(1 / 6),
        "acc5": pytest.approx(5 / 6),
        "mean_per_class_recall": pytest.approx(1 / 6),
    }
    assert mark.of == "6 classes, 3 of them in pictures"


def test_a_model_that_sees_nothing_is_at_chance(folder):
    mark = sat(folder, Set(lambda _: np.ones(6), of_name))
    assert {name: figure.value for name, figure in mark.figures.items()} == pytest.approx(dict(mark.chance), abs=1e-4)


def test_a_class_is_the_mean_of_its_templates():
    told = {"a x": [1.0, 0.0], "x": [0.0, 1.0]}
    [row] = class_vectors(Set(lambda _: [0, 0], told.__getitem__), ["x"], ["a {c}", "{c}"])
    assert row == pytest.approx(np.array([0.5, 0.5]) / np.linalg.norm([0.5, 0.5]))
    assert mean_per_class_recall(np.array([[1, 1, 4], [0, 1, 4], [1, 1, 9]], np.float64)) == 0.75


def test_the_command_writes_what_clip_benchmark_would(folder, tmp_path):
    done = call(
        *("eval", "models", "--exam", "classification", "--encoder", "builtin", "--limit", "0"),
        *("--scenario", f"clip_benchmark:{folder}", "-o", tmp_path / "out" / "marks"),
    )
    assert done.code == 0, done.err
    told = json.loads((tmp_path / "out" / "marks.zeroshot_classification.json").read_text())
    assert (told["dataset"], told["task"], told["language"]) == ("clip_benchmark/set", "zeroshot_classification", "en")
    assert set(told["metrics"]) == {"acc1", "acc5", "mean_per_class_recall"}
    rows = json.loads((tmp_path / "out" / "marks.json").read_text())
    assert rows[0]["acc1"]["value"] == pytest.approx(told["metrics"]["acc1"], abs=1e-4)
    assert "| acc1 |" in (tmp_path / "out" / "marks.md").read_text()


def test_with_fewer_than_five_classes_there_is_no_acc5(tmp_path):
    folder = benchmark(
        tmp_path / "two", [{"jpg": jpeg(0), "cls": b"0"}, {"jpg": jpeg(1), "cls": b"1"}], classnames="cat\ndog"
    )
    mark = sat(folder, Set(lambda _: EYE[0], lambda text: EYE[0] if "cat" in text else EYE[1]))
    assert set(mark.figures) == {"acc1", "mean_per_class_recall"}
    assert mark.standard["acc5"] is None
