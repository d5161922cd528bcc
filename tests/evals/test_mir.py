"""MIR against closed forms of Gaussians, its scale, what stands out, and the root that the released code gets wrong."""

from __future__ import annotations

import math

import numpy as np
import pytest

from burnish.evals import mir
from burnish.evals.gaussian import spread_distance
from burnish.evals.mir import Hidden, integration, kept


def exactly(rows: np.ndarray, mean: np.ndarray, root: np.ndarray) -> np.ndarray:
    """`rows` moved so that their mean and covariance are exactly `mean` and root @ root.T."""
    centred = rows - rows.mean(axis=0)
    whitened = centred @ np.linalg.inv(np.linalg.cholesky(np.cov(centred.T))).T
    return whitened @ root.T + mean


def look(*layers: tuple[np.ndarray, np.ndarray], parts: int = 4):
    """The same two sets in each layer, shown in `parts` pairs."""
    seen = np.stack([pair[0] for pair in layers]).astype(np.float64)
    told = np.stack([pair[1] for pair in layers]).astype(np.float64)

    def show():
        for s, t in zip(np.array_split(seen, parts, axis=1), np.array_split(told, parts, axis=1), strict=True):
            yield Hidden(seen=s, told=t)

    return show


@pytest.fixture
def lots():
    return np.random.default_rng(5)


def clean(lots, n: int = 400, d: int = 5) -> np.ndarray:
    """Rows of which none stands out by its length."""
    rows = lots.normal(size=(n, d))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True) * lots.uniform(2, 3, size=(n, 1))


def test_the_distance_of_gaussians_is_the_closed_form(lots, monkeypatch):
    monkeypatch.setattr(mir, "SIGMAS", 1e9)  # nothing stands out: the closed form is of all rows
    a, b = np.array([1.0, 4.0, 0.25]), np.array([9.0, 1.0, 0.25])
    shift = np.array([0.5, -1.0, 2.0])
    told = exactly(lots.normal(size=(300, 3)), np.zeros(3), np.diag(np.sqrt(a)))
    seen = exactly(lots.normal(size=(300, 3)), shift, np.diag(np.sqrt(b)))
    scale = 1 / np.linalg.norm(told, axis=1).mean()
    # commuting covariances: |shift|^2 + sum (sqrt a - sqrt b)^2, all times the square of the scale
    layer = scale**2 * (float(shift @ shift) + float(((np.sqrt(a) - np.sqrt(b)) ** 2).sum()))
    found = integration(look((seen, told), (seen, told)))
    assert found.layers == pytest.approx([layer, layer])
    assert found.rate == pytest.approx(math.log10(2 * layer))
    assert (found.seen_tokens, found.told_tokens) == (300, 300)


def test_the_same_set_has_no_distance_and_a_shift_adds_its_square(lots):
    told = clean(lots)
    same = integration(look((told, told)))
    assert sum(same.layers) == pytest.approx(0, abs=1e-12)
    assert math.isnan(same.rate) or same.rate < -10
    scale = 1 / np.linalg.norm(told, axis=1).mean()
    moved = told.copy()
    moved[:, 0] += 0.01  # too little for other rows to stand out
    assert integration(look((moved, told))).layers[0] == pytest.approx((0.01 * scale) ** 2, rel=1e-3)


@pytest.mark.parametrize("factor", [1e-6, 1e3, 1e6])
def test_the_models_scale_does_not_count(lots, factor):
    told, seen = clean(lots), clean(lots) + 1
    assert integration(look((seen * factor, told * factor))).rate == pytest.approx(
        integration(look((seen, told))).rate, rel=1e-6
    )


def test_what_stands_out_is_left_out(lots):
    told, seen = clean(lots), clean(lots)
    plain = integration(look((seen, told))).layers[0]
    wild = seen.copy()
    wild[7] = 1e4  # a token that takes all attention
    with_one = integration(look((wild, told))).layers[0]
    assert with_one == pytest.approx(plain, abs=0.01)
    assert len(kept(np.array([[1.0, 0.0], [0.0, 5.0]]), (0.5, 2.0))) == 1


def test_few_tokens_say_nothing_and_more_numbers_than_tokens_are_no_fault(lots):
    assert integration(look((np.ones((1, 3)), np.ones((1, 3))), parts=1)) is None
    assert integration(lambda: iter(())) is None
    wide = integration(look((lots.normal(size=(20, 64)), lots.normal(size=(20, 64)) + 1)))
    assert math.isfinite(wide.rate)


def test_covariances_in_parts_come_out_the_same(lots, monkeypatch):
    pairs = [(clean(lots) + at, clean(lots)) for at in range(5)]
    whole = integration(look(*pairs))
    monkeypatch.setattr(mir, "MAX_BYTES", 2 * 5 * 5 * 8 * 2)  # two layers at once
    assert integration(look(*pairs)).layers == whole.layers


def test_the_root_is_one_where_the_released_iteration_gives_its_argument_back():
    """An iteration for the root of M that begins at (M, 1) stays there: its trace would be that of M."""
    lots = np.random.default_rng(0)
    a, b = (part @ part.T for part in lots.normal(size=(2, 8, 8)))
    product = a @ b
    y, z = product, np.eye(8)
    for _ in range(5):
        y, z = 0.5 * (y + np.linalg.inv(z) @ product), 0.5 * (z + np.linalg.inv(y) @ product)
    stuck = np.trace(a) + np.trace(b) - 2 * np.trace(y)
    true = np.trace(a) + np.trace(b) - 2 * np.sqrt(np.maximum(np.linalg.eigvals(product).real, 0)).sum()
    assert spread_distance(a, b) == pytest.approx(true)
    assert stuck < 0 < true  # no distance is negative
