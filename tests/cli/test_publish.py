"""``burnish push`` and ``burnish pull``: what they say is to be done next can be done."""

from __future__ import annotations

import json

import pytest

from tests.cli.calls import call
from tests.report import outputs


@pytest.fixture
def out(tmp_path):
    return outputs.lay(tmp_path / "out", [[outputs.kept(at) for at in range(3)]])


def test_after_a_dry_run_comes_the_same_command(out, tmp_path):
    far, copy = tmp_path / "far", tmp_path / "copy"
    tried = call("push", out, far, "--public", "--unfinished", "--replace", "--read-back", "--dry-run")
    assert tried.code == 0, tried.err
    last = f"next: burnish push {out} {far} --public --unfinished --replace --read-back"
    assert tried.out.splitlines()[-1] == last
    assert call("push", out, far, "--dry-run").out.splitlines()[-1] == f"next: burnish push {out} {far}"
    assert call("push", out, far).out.splitlines()[-1] == f"next: burnish pull {far} -o copy"
    tried = call("pull", far, "-o", copy, "--unfinished", "--dry-run")
    assert tried.out.splitlines()[-1] == f"next: burnish pull {far} -o {copy} --unfinished"
    assert not copy.exists()
    assert call("pull", far, "-o", copy).out.splitlines()[-1] == f"next: burnish report {copy}"


def test_a_dry_run_says_that_a_readme_would_be_replaced(out, tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "README.md").write_text("mine")
    refused = call("push", out, tmp_path / "far", "--dry-run")
    assert refused.code == 2
    assert "--replace" in refused.err
    tried = call("push", out, tmp_path / "far", "--replace", "--dry-run")
    assert "README.md of others would be replaced by this set's card" in tried.out
    told = json.loads(call("push", out, tmp_path / "far", "--replace", "--json").out)
    assert told["replaced"] == ["README.md"]
