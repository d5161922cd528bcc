"""Hazard 60: resume with another config, prompt, model or input list refuses, names the keys, and touches nothing."""

import pytest

from burnish.errors import PlanChanged
from burnish.storage.run import Run
from tests.storage.job import PLAN, tree, work

CHANGES = {
    "threshold: 3.0 -> 3.1": {"threshold": 3.1},
    'prompts.assess: "a1" -> "a2"': {"prompts": {"assess": "a2"}},
    'source: "in" -> "in2"': {"source": "in2"},
    'model: (not set) -> "m@sha256:1"': {"model": "m@sha256:1"},
    "prompts: (not set) -> {}": {"prompts": {}},
}


@pytest.mark.parametrize("line", CHANGES)
def test_refused_with_the_difference(tmp_path, line):
    out = tmp_path / "out"
    work(out, 2)
    before = tree(out)
    with pytest.raises(PlanChanged) as caught:
        Run.open(str(out), PLAN | CHANGES[line])
    assert f"  {line}" in str(caught.value).splitlines()
    assert caught.value.exit_code == 2
    assert tree(out) == before
    assert work(out, 2) == 0
