"""Zero-shot retrieval: several captions a picture, the same caption of two pictures, ties, and fresh scenes by seed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from burnish.errors import UsageError
from burnish.evals import exams
from burnish.evals.exams import Sitting
from burnish.evals.exams.retrieval import matches
from tests.builders import jpeg
from tests.cli.calls import call
from tests.evals.cases.test_cases import benchmark
from tests.evals.exams.seeing import Set

EYE = np.eye(8)


def test_texts_and_pictures_by_number():
    texts, of_pictures, of_texts = matches([("a", "b"), ("b", "c", "c"), ("d",)])
    assert texts == ["a", "b", "c", "d"]
    assert of_pictures == [[0, 1], [1, 2], [3]]
    assert of_texts == [[0], [0, 1], [1], [2]]


@pytest.fixture
def folder(tmp_path):
    """Three pictures with two captions each; the second and third share one."""
    captions = ("zero\none", "two\nshared", "three\nshared")
    members = [{"jpg": jpeg(at), "txt": text.encode()} for at, text in enumerate(captions)]
    return benchmark(tmp_path / "set", members, dataset_type="retrieval")


def sat(folder, encoder):
    sitting = Sitting(scenario=f"clip_benchmark:{folder}", seeds=(0,), limit=0, encoder=encoder)
    return {mark.of: mark for mark in exams.load("retrieval").sit(sitting)}


def seeing():
    """Pictures in order: 0, 1, 2."""
    order = iter(range(3))
    return lambda _: EYE[next(order)]


def test_figures_by_hand(folder):
    words = {"zero": EYE[0], "one": EYE[2], "two": EYE[1], "shared": EYE[2], "three": EYE[0] + 0.1 * EYE[2]}
    found = sat(folder, Set(seeing(), words.__getitem__))
    images, texts = found["images"].figures, found["texts"].figures
    # of five texts: zero, two and shared find one of their pictures first; one and three do not
    assert images["image_retrieval_recall@1"].value == pytest.approx(3 / 5)
    assert (images["image_retrieval_recall@1"].n, texts["text_retrieval_recall@1"].n) == (5, 3)
    # picture 0 has zero first, 1 has two, 2 has "one" and "shared" in a tie: half
    assert texts["text_retrieval_recall@1"].value == pytest.approx((1 + 1 + 0.5) / 3, abs=1e-4)
    assert texts["text_retrieval_recall@5"].value == 1
    assert found["texts"].chance["text_retrieval_recall@1"] == pytest.approx(2 / 5)
    assert found["images"].chance["image_retrieval_recall@1"] == pytest.approx((4 * 1 / 3 + 2 / 3) / 5)


def test_a_model_that_sees_nothing_is_at_chance(folder):
    for mark in sat(folder, Set(lambda _: EYE[0], lambda _: EYE[0])).values():
        assert {name: figure.value for name, figure in mark.figures.items()} == pytest.approx(
            dict(mark.chance), abs=1e-4
        )


def test_the_command_on_fresh_scenes_and_its_files(tmp_path):
    done = call(
        *("eval", "models", "--exam", "retrieval", "--encoder", "builtin", "--limit", "8", "--seeds", "0,1"),
        *("-o", tmp_path / "marks", "--json"),
    )
    assert done.code == 0, done.err
    rows = {row["of"]: row for row in json.loads(done.out)}
    figure = rows["texts"]["text_retrieval_recall@1"]
    assert set(figure["by_seed"]) == {"0", "1"}
    assert (figure["n"], figure["pictures"]) == (16, 16)
    assert 0.1 <= rows["texts"]["chance"]["text_retrieval_recall@1"] <= 0.2
    told = json.loads((tmp_path / "marks.zeroshot_retrieval.json").read_text())
    assert set(told["metrics"]) == {f"{way}_retrieval_recall@{cut}" for way in ("image", "text") for cut in (1, 5, 10)}


def test_one_picture_is_no_search(tmp_path):
    folder = benchmark(tmp_path / "one", [{"jpg": jpeg(0), "txt": b"a cat"}], dataset_type="retrieval")
    with pytest.raises(UsageError, match="1 pictures with a text"):
        sat(folder, Set(lambda _: EYE[0], lambda _: EYE[0]))


def test_whom_an_exam_takes_and_what_can_be_set():
    for asked, said in (
        (("--exam", "retrieval"), "--encoder names"),
        (("--backend", "builtin", "--limit", "0"), "fresh scenes have no end"),
        (("--backend", "builtin", "--scenario", "pairs:x"), "asked about scenes, not about pairs"),
        (("--backend", "builtin", "--set", "rewrite.below=2"), "backend_options.KEY, encoder.KEY and scenario.KEY"),
        (("--exam", "essay"), "Choose from: classification, mir, options, pope, retrieval"),
        (("--exam", "mir", "--backend", "builtin"), "a model in this process"),
    ):
        done = call("eval", "models", *asked)
        assert done.code == 2, done.out
        assert said in done.err
