"""Arms that are equal are told apart as often as the error bars say: about once in twenty."""

from __future__ import annotations

import numpy as np

from burnish.arms import compare
from burnish.arms.compare import Gap, Measured, Spread
from burnish.arms.exam import Exam
from burnish.evals import retrieval
from burnish.proxy import Epoch
from tests.arms.worlds import Regressed, rows
from tests.proxy.lessons import toy

TRIED = 200
SEEDS = 5


def test_equal_arms_are_told_apart_once_in_twenty() -> None:
    proxy, lesson, fresh = Regressed(drawn=60), toy(120, seed=1), toy(60, seed=2)
    seen, shown = proxy.look(lesson.pictures), proxy.look(fresh.pictures)
    exam = Exam(name="fresh", pictures=rows(fresh.texts), texts=fresh.texts, groups=rows(fresh.texts))
    epochs = (Epoch(pictures=rows(lesson.texts), texts=lesson.texts),)

    def run(seed: int) -> Measured:
        ranks = exam.sit(proxy.train(seen, epochs, seed), shown)
        return Measured(figure=retrieval.measures(ranks)["r5"], hits=exam.found(ranks, 5))

    found = [run(seed) for seed in range(2 * SEEDS * TRIED)]
    over_seeds = both = 0
    for first in range(0, len(found), 2 * SEEDS):
        one, other = found[first : first + SEEDS], found[first + SEEDS : first + 2 * SEEDS]
        gap = compare.gap(one, other, exam.members())
        over_seeds += abs(gap.seeds.mean) > gap.seeds.half
        both += "beyond" in gap.said
    assert 2 <= over_seeds <= 20  # 10 of 200 are meant; these ends hold with a probability of .996
    assert both <= over_seeds
    assert len({one.figure for one in found}) > 10


def gap(mean: float, half: float, low: float, high: float) -> Gap:
    return Gap(seeds=Spread(mean=mean, sd=half, half=half, n=5), low=low, high=high)


def test_a_difference_is_said_with_both_errors() -> None:
    assert gap(0.01, 0.02, -0.01, 0.03).said == "not told apart"
    assert gap(-0.01, 0.02, -0.03, 0.01).said == "not told apart"
    assert gap(0.03, 0.01, 0.01, 0.05).said == "better, beyond both errors"
    assert gap(-0.03, 0.01, -0.05, -0.01).said == "worse, beyond both errors"
    assert gap(0.03, 0.01, -0.01, 0.07).said.startswith("better on this exam")
    assert gap(-0.03, 0.01, -0.07, 0.01).said.startswith("worse on this exam")


def test_the_bootstrap_is_of_the_mean_over_seeds() -> None:
    groups = np.arange(4)
    always, never = Measured(figure=1.0, hits=[np.ones(4)]), Measured(figure=0.0, hits=[np.zeros(4)])
    found = compare.gap([always, never], [never, never], [groups])
    assert (found.low, found.high) == (0.5, 0.5)
    assert found.seeds.mean == 0.5
