"""Log ratios of pictures and texts: zero where a picture is like the bank, larger where it fits, and fitted apart."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the benchmark reads what training left, with the train extra")

from benchmarks import builtin_clues
from burnish.backends.builtin import calibration

COUNT, WIDTH, CLASSES = 40, 16, 30


@pytest.fixture
def world() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Pictures near their own text, and a bank of others."""
    rng = np.random.default_rng(0)
    texts = _unit(rng.normal(size=(COUNT, WIDTH)))
    seen = {
        "joint": _unit(texts + 0.15 * rng.normal(size=(COUNT, WIDTH))),
        "probabilities": rng.dirichlet(np.full(CLASSES, 0.1), size=COUNT),
    }
    read = {"joint": texts, "cosines": rng.uniform(-0.2, 1, size=(COUNT, CLASSES))}
    bank = {
        "joint": _unit(rng.normal(size=(50, WIDTH))),
        "texts": _unit(rng.normal(size=(50, WIDTH))),
        "probabilities": rng.dirichlet(np.ones(CLASSES), size=50),
    }
    return seen, read, bank


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_a_picture_like_the_bank_says_nothing_by_its_classes(world):
    seen, read, bank = world
    usual = np.repeat(bank["probabilities"].mean(axis=0)[None], COUNT, axis=0)
    classes = builtin_clues.ratios(seen | {"probabilities": usual}, read, bank)[3]
    assert classes == pytest.approx(np.zeros((COUNT, COUNT)), abs=1e-5)


def test_the_matchers_ratios_are_above_zero_for_the_right_text_and_below_for_others(world):
    seen, read, bank = world
    for table in builtin_clues.ratios(seen, read, bank)[1:3]:
        others = table[~np.eye(COUNT, dtype=bool)]
        assert table.diagonal().min() > 0 > np.median(others)


def test_the_log_ratios_are_the_clues_that_ship(world):
    seen, read, bank = world
    joint, near = calibration.JOINT_SHARPNESS, np.exp(calibration.LABEL_SHARPNESS * (read["cosines"][4] - 1))
    shipped = calibration.clues(
        similarity=float(seen["joint"][3] @ read["joint"][4]),
        text_bank=float(np.log(np.exp(joint * bank["joint"] @ read["joint"][4]).mean())),
        image_bank=float(np.log(np.exp(joint * bank["texts"] @ seen["joint"][3]).mean())),
        evidence=calibration.label_ratio(
            seen["probabilities"][3].astype(np.float32),
            read["cosines"][4].astype(np.float32),
            float(np.log(bank["probabilities"].mean(axis=0) @ near)),
        ),
    )
    assert [table[3, 4] for table in builtin_clues.ratios(seen, read, bank)] == pytest.approx(shipped, abs=1e-3)


def test_the_earlier_clues_are_normalised_by_the_bank(world):
    seen, read, bank = world
    like_the_bank = {"joint": bank["joint"], "probabilities": bank["probabilities"]}
    tables = builtin_clues.earlier(like_the_bank, read, bank)
    assert len(tables) == 8
    for table in (tables[1], tables[4]):  # none of the bank is out of the ordinary; a few are cut off at -4
        assert table.mean(axis=0) == pytest.approx(np.zeros(COUNT), abs=0.05)
        assert table.std(axis=0) == pytest.approx(np.ones(COUNT), abs=0.1)
    assert builtin_clues.earlier(seen, read, bank)[2].diagonal().min() > 0.5


def test_the_fit_leans_on_the_clue_that_tells_them_apart(world):
    seen, read, bank = world
    weights = builtin_clues.fitted(builtin_clues.ratios(seen, read, bank), read["joint"].astype(np.float32))
    assert min(weights[1:3]) > 0
    assert abs(weights[3]) < max(weights[1:3])


def test_the_page_tells_every_subset_and_no_calibration_of_a_single_clue():
    value = {"mean": 0.5, "low": 0.4, "high": 0.6}
    ways = {way: dict.fromkeys(builtin_clues.SHOWN, value) for way in ("log ratios", "earlier, matcher alone")}
    figures = {
        "command": "c",
        "weights": ["d" * 64],
        "machine": {},
        "n": {"set": 3},
        "n_dev": 2,
        "results": {"set": ways},
    }
    rows = builtin_clues.page(figures).splitlines()
    assert "## set" in rows
    told = "0.500 (0.400-0.600)"
    assert f"| log ratios | {' | '.join([told] * 4)} |" in rows
    assert f"| earlier, matcher alone | {' | '.join([told] * 3)} |  |" in rows
