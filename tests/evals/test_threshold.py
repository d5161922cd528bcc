"""Weights and threshold from labels, the cascade's curve, and the commands that print them."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

import burnish
from burnish.backends.function import FunctionBackend
from burnish.errors import UsageError
from burnish.evals import cascade
from burnish.evals.labels import Judged, read_judged, read_labels
from burnish.evals.threshold import fit_threshold
from burnish.values import AssessRequest, Request, Score
from tests.cli.calls import call

SAMPLE = Path(burnish.__file__).parent / "sample" / "{00000..00001}.tar"


def made(n: int = 400, seed: int = 0) -> tuple[list[Judged], dict[str, bool]]:
    """Good pairs have a higher `text_quality`, a lower `noise_reversed`, and `overall` is chance."""
    rng = random.Random(seed)
    judged, labels = [], {}
    for at in range(n):
        good = rng.random() < 0.5
        values = {
            "text_quality": min(5, max(1, (3.6 if good else 2.4) + rng.gauss(0, 0.6))),
            "noise_reversed": min(5, max(1, (2.5 if good else 3.5) + rng.gauss(0, 0.6))),
            "overall": rng.uniform(1, 5),
        }
        judged.append(Judged(f"k{at}", values, 0.5))
        labels[f"k{at}"] = good
    return judged, labels


def test_the_criterion_that_tells_good_from_bad_gets_the_weight() -> None:
    fit = fit_threshold(*made())
    assert fit.weights["text_quality"] > 0.9
    assert "noise_reversed" in fit.left_out
    assert 2.7 < fit.below < 3.3
    assert fit.auc[0] > 0.85
    assert fit.auc_overall is not None
    assert abs(fit.auc_overall[0] - 0.5) < 0.1
    assert fit.balanced_accuracy > 0.78


def test_labels_that_are_chance_fit_nothing_on_pairs_left_out() -> None:
    judged, labels = made()
    rng = random.Random(1)
    fit = fit_threshold(judged, {key: rng.random() < 0.5 for key in labels})
    assert abs(fit.auc[0] - 0.5) < 0.12


def test_the_order_of_the_pairs_changes_nothing() -> None:
    judged, labels = made(120)
    assert fit_threshold(judged, labels) == fit_threshold(judged[::-1], labels)


def test_a_criterion_that_mostly_abstains_is_not_used() -> None:
    judged, labels = made()
    thin = [Judged(j.key, {k: v for k, v in j.values.items() if k != "overall"}, 0.0) for j in judged[:200]]
    fit = fit_threshold([*thin, *judged[200:]], labels)
    assert fit.auc_overall is None
    assert "overall" not in fit.weights


def test_too_few_labels_are_refused() -> None:
    judged, labels = made(16)
    with pytest.raises(UsageError, match="at least 10"):
        fit_threshold(judged, labels)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "key,good\n1,maybe\n", "line 2"),
        ("a.csv", "name,good\n1,1\n", "line 2"),
        ("a.csv", "key,good\n1,1\n2,1\n", "one kind"),
        ("a.jsonl", '{"key": "1", "good": true}\nnope\n', "line 2 is not JSON"),
        ("a.jsonl", "[1]\n", "line 1 is not a JSON object"),
        ("b.csv", None, "cannot read"),
    ],
)
def test_labels_that_are_none_are_refused_with_their_place(
    tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_labels(str(path))


def test_labels_are_read_from_csv_and_jsonl(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\ufeffkey,good\n000,1\n001,no\n", encoding="utf-8")
    (tmp_path / "a.jsonl").write_text('{"key": "000", "good": true}\n\n{"key": "001", "good": 0}\n')
    wanted = {"000": True, "001": False}
    assert read_labels(str(tmp_path / "a.csv")) == read_labels(str(tmp_path / "a.jsonl")) == wanted


def point(sure: float, cheap: list[tuple[float, float]], dear: list[float]) -> cascade.Point:
    first = [Judged(str(n), {"overall": value}, confidence) for n, (value, confidence) in enumerate(cheap)]
    second = [Judged(str(n), {"overall": value}, 1.0) for n, value in enumerate(dear)]
    return next(p for p in cascade.curve(first, second, 3.0) if p.sure == sure)


def test_the_curve_counts_calls_saved_and_decisions_changed() -> None:
    cheap, dear = [(4.0, 0.9), (4.0, 0.4), (2.0, 1.0), (4.0, 0.9)], [4.0, 2.0, 2.0, 1.0]
    assert point(0.5, cheap, dear) == cascade.Point(sure=0.5, saved=0.5, changed=0.25, right=None)
    assert point(0.0, cheap, dear) == cascade.Point(sure=0.0, saved=0.75, changed=0.5, right=None)
    assert point(1.0, cheap, dear) == cascade.Point(sure=1.0, saved=0.0, changed=0.0, right=None)


def test_the_cheapest_point_keeps_to_the_allowed_changes() -> None:
    points = [
        cascade.Point(sure=s, saved=1 - s, changed=c, right=None) for s, c in [(0.0, 0.3), (0.5, 0.01), (1.0, 0.0)]
    ]
    assert cascade.cheapest(points, 0.01).sure == 0.5
    assert cascade.cheapest(points[:1], 0.01).sure == 0.0


def judge(noise: float) -> FunctionBackend:
    def score(request: Request) -> Score:
        assert isinstance(request, AssessRequest)
        rng = random.Random(f"{noise}{request.text}{request.criterion}")
        value = min(5.0, max(1.0, 1 + len(request.text) % 5 + rng.gauss(0, noise)))
        return Score(criterion=request.criterion, value=value, confidence=rng.random())

    return FunctionBackend(score, name=f"judge{noise}")


def test_the_commands_go_from_outputs_and_labels_to_settings(tmp_path: Path) -> None:
    for name, noise in (("cheap", 0.7), ("dear", 0.0)):
        burnish.enhance(SAMPLE, tmp_path / name, backend=judge(noise), recipe="assess_only")
    lines = ["key,good"]
    lines += [f"{pair.key},{int(pair.values['overall'] >= 3)}" for pair in read_judged(str(tmp_path / "dear"))]
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    fitted = call("eval", "fit-threshold", str(tmp_path / "cheap"), "--labels", str(tmp_path / "labels.csv"))
    assert "--set rewrite.weights." in fitted.out
    assert "--set rewrite.below=" in fitted.out
    outputs = [str(tmp_path / "cheap"), str(tmp_path / "dear")]
    curve = json.loads(call("eval", "cascade", *outputs, "--labels", str(tmp_path / "labels.csv"), "--json").out)
    saved = [p["saved"] for p in curve["curve"]]
    assert saved == sorted(saved, reverse=True)
    assert curve["curve"][-1]["right"] > 0.95
    assert "backend_options.sure=" in call("eval", "cascade", *outputs).out


def test_an_output_without_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no records"):
        list(read_judged(str(tmp_path)))
