"""``burnish mix`` as it is typed."""

import json
import tomllib

import pytest

from tests.cli.calls import call
from tests.mixing.mixtures import HALF
from tests.mixing.outputs import make


@pytest.fixture
def known(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return make(tmp_path / "out", shards=2, each=20)


def test_a_preset_from_dry_run_to_verified(known):
    looked = call("mix", "out", "--preset", "clip", "--dry-run", "--json")
    assert looked.code == 0, looked.err
    done = call("mix", "out", "-o", "train", "--preset", "clip", "--workers", "1", "--json")
    assert done.code == 0, done.err
    shares = [{**share, "samples": None} for share in json.loads(done.out)["shares"]]
    assert shares == [{**share, "samples": None} for share in json.loads(looked.out)["shares"]]
    assert json.loads(done.out)["samples"] == 40
    assert call("verify", "train").code == 0
    again = call("mix", "out", "-o", "train", "--preset", "clip")
    assert again.code == 0
    assert "40 samples from 40 pairs" in again.out
    assert again.out.splitlines()[-1] == "next: burnish verify train"


def test_a_dry_run_writes_nothing(known, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    shown = call("mix", "out", "--preset", "clip", "--dry-run")
    assert shown.code == 0
    assert "55.00%" in shown.out
    assert "exact" in shown.out
    assert sorted(tmp_path.rglob("*")) == before


def test_a_mixture_of_ones_own_with_options_and_settings(known, tmp_path):
    (tmp_path / "m.toml").write_text(HALF)
    options = ("--seed", "5", "--form", "parquet", "--set", "groups.all.weight=0.5", "--set", "exact=false")
    done = call("mix", "web=out", "-o", "train", "--mixture", "m.toml", "--workers", "1", *options)
    assert done.code == 0, done.err
    assert "seed 5" in done.out
    assert "±" in done.out
    assert sorted(path.name for path in (tmp_path / "train" / "web").iterdir()) == ["00000.parquet", "00001.parquet"]


def test_shares_that_cannot_be_had_are_said(known):
    shown = call("mix", "out", "--preset", "mm1", "--dry-run").out
    assert "more than 1 point: pairs lack captions of some roles" in shown


def test_a_preset_is_shown_to_be_changed(known, tmp_path):
    shown = call("mix", "--preset", "diffusion", "--show")
    assert tomllib.loads(shown.out)["groups"]["all"]["roles"] == {"alt": 0.5, "dsc": 0.5}


def test_a_source_of_plain_pairs_has_the_role_alt(known, tmp_path):
    done = call("mix", "out-in", "-o", "train", "--preset", "clip", "--json", "--workers", "1")
    shares = {share["name"]: share["got"] for share in json.loads(done.out)["shares"]}
    assert shares == {"alt": 1.0, "ssc": 0.0}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give either --mixture FILE or --preset NAME"),
        (("--preset", "clip"), "nothing to mix: give a source"),
        (("out", "--preset", "clip"), "say where to write with -o"),
        (("out", "--preset", "clip", "--mixture", "m.toml"), "give either"),
        (("out", "--preset", "klip"), "Did you mean 'clip'"),
        (("out", "--mixture", "none.toml"), "cannot read the mixture"),
        (("out", "--preset", "clip", "--form", "tar"), "unknown mixing.form 'tar'"),
        (("nowhere", "--preset", "clip", "-o", "t"), "nowhere"),
        (("--show",), "--show needs --preset"),
        (("out", "--preset", "clip", "--set", "seed"), "--set takes key=value"),
        (("out", "--preset", "clip", "--dry-run", "--set", "text.tokenizer=none.json"), "tokenizer"),
    ],
)
def test_wrong_uses(known, arguments, said):
    answer = call("mix", *arguments)
    assert answer.code == 2, answer.out
    assert said in answer.err
    assert len(answer.err.splitlines()) <= 6


def test_retry_of_a_training_set_is_refused(known):
    assert call("mix", "out", "-o", "train", "--preset", "clip", "--workers", "1").code == 0
    answer = call("retry", "train")
    assert answer.code == 2
    assert "was made by burnish mix" in answer.err
