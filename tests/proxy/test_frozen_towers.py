"""What is the frozen towers' own: their basis, their options, the extra they need."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from burnish.backends.builtin import manifest
from burnish.errors import MissingExtra, UsageError
from burnish.proxy import Epoch
from burnish.proxy.frozen_towers import TOWERS, Basis, FrozenTowers, towers
from tests.proxy.lessons import toy


def test_the_basis_makes_pictures_unlike_each_other_in_every_direction_alike() -> None:
    rng = np.random.default_rng(0)
    seen = (rng.normal(size=(500, 6)) @ rng.normal(size=(6, 40)) + 3).astype(np.float32)
    turned = Basis.found(seen).of(seen)
    assert turned.mean(axis=0)[:6] == pytest.approx(0, abs=1e-3)
    assert np.cov(turned[:, :6].T) == pytest.approx(np.eye(6), abs=1e-2)


def test_fewer_pictures_than_numbers_of_each_are_spread_alike_too() -> None:
    seen = np.random.default_rng(0).normal(size=(12, 40)).astype(np.float32)
    turned = Basis.found(seen).of(seen)
    assert turned.shape == (12, 11)
    assert np.cov(turned.T) == pytest.approx(np.eye(11), abs=1e-2)


def test_a_direction_in_which_nothing_differs_is_no_division_by_zero() -> None:
    assert np.isfinite(Basis.found(np.ones((9, 5), np.float32)).of(np.ones((2, 5), np.float32))).all()


def test_options_are_in_the_identity() -> None:
    assert FrozenTowers().identity == FrozenTowers().identity
    assert FrozenTowers(steps=7).identity != FrozenTowers().identity


def test_other_heads_on_the_same_towers_are_no_other_proxy(tmp_path: Path) -> None:
    for name in (*TOWERS, "image_head.onnx"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "figures.json").write_text("{}")

    def sealed() -> str:
        manifest.seal(tmp_path)
        manifest.load.cache_clear()
        return towers(tmp_path)

    first = sealed()
    (tmp_path / "image_head.onnx").write_bytes(b"trained anew")
    assert sealed() == first
    (tmp_path / "text.onnx").write_bytes(b"another tower")
    assert sealed() != first
    assert towers() in FrozenTowers().identity


@pytest.mark.parametrize("options", [{"steps": 1}, {"batch": 1}, {"dropout": 1.0}])
def test_options_that_cannot_be_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="2 or more"):
        FrozenTowers(**options)


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    proxy = FrozenTowers()
    seen = proxy.look(toy(4, seed=0).pictures)
    assert seen.shape == (4, 1350)
    with pytest.raises(MissingExtra, match=r"pip install 'burnish\[train\]'"):
        proxy.train(seen, (Epoch(pictures=np.arange(4), texts=("a", "b", "c", "d")),), 0)


def test_texts_and_pictures_must_go_together() -> None:
    with pytest.raises(ValueError, match="3 pictures cannot go with 1 texts"):
        Epoch(pictures=np.arange(3), texts=("a",))
