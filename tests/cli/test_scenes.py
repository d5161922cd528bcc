"""Scenes through the real commands: made, enhanced by the oracle, recaptioned, measured."""

import json

import pytest

from burnish import api
from burnish.scenes import compose
from tests.cli.calls import call

PAIRS = 30
ORACLE = ("--backend", "oracle", "--set")


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "scenes"
    done = call("scenes", "-o", folder, "--pairs", str(PAIRS), "--seed", "12")
    assert done.code == 0, done.err
    assert "next: burnish enhance" in done.out
    return folder


def test_enhance_repairs_what_is_bad_and_keeps_what_is_good(scenes, tmp_path):
    wide = ("--set", "rewrite.max_inserted=60", "--set", "rewrite.max_changed=1")
    done = call("enhance", scenes, "-o", tmp_path / "out", *ORACLE, f"backend_options.truth={scenes}", *wide)
    assert done.code == 0, done.err
    for number, pair in enumerate(api.open(tmp_path / "out")):
        alt = compose.scene(12, number).alt
        if alt.false_names:  # quotations are protected: a rewrite may not take them out
            assert pair.text == alt.text
            assert pair.fields["burnish_decision"] == "passed"
        else:
            assert pair.text == alt.repaired
            assert pair.fields["burnish_decision"] == ("kept" if alt.kind == "clean" else "rewritten")
    table = call("eval", "claims", tmp_path / "out", "--truth", scenes, "--json")
    assert table.code == 0, table.err
    roles = json.loads(table.out)
    assert roles["rewrite"]["hallucinated"] < roles["alt"]["hallucinated"]
    asked = call("eval", "claims", tmp_path / "out", *ORACLE, f"backend_options.truth={scenes}")
    assert asked.code == 0, asked.err
    assert [line.split()[0] for line in asked.out.splitlines()[:3]] == ["role", "alt", "rewrite"]


def test_scenes_as_json_and_a_full_folder_refused(scenes, tmp_path):
    done = call("scenes", "-o", tmp_path / "s", "--pairs", "3", "--noise", "0", "--json")
    assert json.loads(done.out)["pairs"] == 3
    again = call("scenes", "-o", scenes)
    assert again.code == 2
    assert "not an empty folder" in again.err


def test_eval_claims_wants_one_way_of_checking(scenes):
    done = call("eval", "claims", scenes, "--truth", scenes, "--backend", "fake")
    assert done.code == 2
    assert "not both" in done.err


def test_the_oracle_without_truth_says_what_to_do(scenes, tmp_path):
    done = call("enhance", scenes, "-o", tmp_path / "o", "--backend", "oracle")
    assert done.code == 2
    assert "burnish scenes" in done.err
