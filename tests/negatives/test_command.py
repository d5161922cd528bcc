"""``burnish negatives``."""

import json

from tests.cli.calls import call


def test_it_prints_what_came_of_every_pair_and_way(scenes, better, tmp_path):
    asked = ("negatives", better, "-o", tmp_path / "set", "--judge", "oracle", "--workers", "1")
    truth = ("--set", f"judge_options.truth={scenes}")
    done = call(*asked, *truth)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert "60 pairs" in lines[0]
    assert any(line.split()[:1] == ["made_bad"] for line in lines)
    assert any(line.split()[:1] == ["count"] for line in lines)
    assert lines[-1].startswith("next: burnish verify ")
    assert call("verify", tmp_path / "set").code == 0
    again = json.loads(call(*asked, *truth, "--json").out)
    assert again["pairs"] == 60
    assert again["lines"] == len((tmp_path / "set" / "samples.jsonl").read_text("utf-8").splitlines())


def test_a_set_that_teaches_nothing_says_so(scenes, better, tmp_path):
    nobody = ("--set", f"judge_options.truth={scenes}", "--set", "judge_options.abstain=1")
    done = call("negatives", better, "-o", tmp_path / "set", "--judge", "oracle", "--workers", "1", *nobody)
    assert done.code == 0, done.err
    assert done.out.startswith("0 samples of 0 captions")
    assert "warning: nothing is taught" in done.out


def test_wrong_uses_say_what_to_do(scenes, tmp_path):
    for arguments, says in (
        ((), "name a source"),
        ((scenes, "-o", tmp_path / "x"), "--backend"),
        ((scenes, "-o", tmp_path / "x", "--ways", "smell", "--backend", "fake"), "truncation"),
        ((scenes, "-o", tmp_path / "x", "--form", "smoke", "--backend", "fake"), "llava"),
        ((scenes, "-o", tmp_path / "x", "--backend", "fake", "--max-cost", "2"), "price_in"),
        ((scenes, "-o", tmp_path / "x", "--teacher", "builtin", "--backend", "builtin"), "cannot teach"),
    ):
        done = call("negatives", *arguments)
        assert done.code == 2
        assert says in done.err
    assert not (tmp_path / "x").exists()
