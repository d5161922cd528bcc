"""MIR of tiny real models: finite, the same twice, and lower for one whose pictures are made like words."""

from __future__ import annotations

import numpy as np
import pytest

from burnish.evals import exams
from burnish.evals.exams import Sitting
from tests import tiny_models
from tests.cli.calls import call

pytest.importorskip("transformers", reason="models need the extra [transformers]")
pytestmark = pytest.mark.slow  # needs torch, which the fast tier does not install


@pytest.fixture(scope="module", params=sorted(tiny_models.FAMILIES))
def folder(request, tmp_path_factory):
    made = tmp_path_factory.mktemp("mir") / request.param
    tiny_models.FAMILIES[request.param](made)
    return made


def backend(folder):
    from burnish import backends

    return backends.load("transformers", {"model": str(folder), "side_px": "96"})


def sat(model, limit: int = 4):
    [mark] = exams.load("mir").sit(Sitting(scenario="scenes", seeds=(0, 1), limit=limit, backend=model))
    return mark


def test_every_family_has_a_rate(folder):
    mark = sat(backend(folder))
    rate = mark.figures["mir"]
    assert np.isfinite(rate.value)
    assert set(rate.by_seed) == {0, 1}
    assert rate.pictures == 8
    layers = [figure for name, figure in mark.figures.items() if name.startswith("layer")]
    assert len(layers) == 2
    for seed in (0, 1):
        whole = sum(layer.by_seed[seed] for layer in layers)
        assert rate.by_seed[seed] == pytest.approx(np.log10(whole), abs=1e-3)
    assert sat(backend(folder)).figures["mir"] == rate


def test_pictures_far_from_words_have_a_higher_rate(tmp_path):
    """The projector's last layer moves all pictures' vectors away."""
    import torch

    tiny_models.siglip_qwen2(tmp_path / "model")
    model = backend(tmp_path / "model")
    near = sat(model).figures["mir"].value
    with torch.no_grad():
        inner = model.model._loaded.model.model
        inner.multi_modal_projector.linear_2.bias.add_(5.0)
    assert sat(model).figures["mir"].value > near


def test_the_command(folder):
    done = call(
        *("eval", "models", "--exam", "mir", "--backend", "transformers", "--limit", "2", "--seeds", "0"),
        *("--set", f"backend_options.model={folder}", "--set", "backend_options.side_px=96"),
    )
    assert done.code == 0, done.err
    assert "mir" in done.out
    assert "layer 2" in done.out
