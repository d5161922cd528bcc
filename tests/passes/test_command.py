"""The passes as they are typed, one after the other."""

import json

import pytest

from tests.cli.calls import call
from tests.mixing.outputs import make
from tests.passes.sets import write


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "in")
    make(tmp_path / "out", shards=1, each=20)
    return tmp_path


def test_from_duplicates_to_a_mixture(work):
    found = call("duplicates", "in", "-o", "dups", "--of", "alt", "--workers", "1")
    assert found.code == 0, found.err
    assert "6 pairs: 2 groups of alike ones, 3 pairs (50.0%) beside their first, largest group 3" in found.out
    assert found.out.splitlines()[-1] == "next: burnish disagreements in --duplicates dups -o DISAGREEMENTS"
    told = call("disagreements", "in", "--duplicates", "dups", "-o", "dis", "--of", "alt", "--workers", "1")
    assert told.code == 0, told.err
    assert "2 contradict each other" in told.out
    assert "counts, dog: 2 | 3" in told.out
    for folder in ("dups", "dis"):
        assert call("verify", folder).code == 0
    mixed = call("mix", "in", "--preset", "clip", "--set", "groups.all.sources.data.keep=dups", "--dry-run")
    assert "left out: 3 left to others of their group" in mixed.out, mixed.err


def test_json_holds_everything(work):
    found = json.loads(call("duplicates", "in", "-o", "dups", "--of", "alt", "--workers", "1", "--json").out)
    assert (found["groups"], found["later"], found["met"]["near_image"]["signed"]) == (2, 3, 6)
    told = json.loads(call("disagreements", "in", "--duplicates", "dups", "-o", "dis", "--of", "alt", "--json").out)
    assert told["kinds"] == {"counts": 2}
    assert told["examples"][0]["one_says"] == "2"
    best = json.loads(call("quantiles", "out", "--best", "0.5", "--of", "ssc", "--json").out)
    assert best["thresholds"][0]["intervals"] == '{ "< 3" = 0, ">= 3" = 1 }'
    drawn = json.loads(call("quotas", "out", "-o", "q", "--by", "source", "--at-most", "7", "--json").out)
    assert (drawn["kept"], drawn["values"][0]["name"]) == (7, "data")


def test_words_for_people(work):
    best = call("quantiles", "out", "--best", "0.5", "--of", "ssc")
    assert "best 50.00%: from 3 on, 12 pairs (60.00%); equal scores: the next would be 40.00%" in best.out
    assert call("quantiles", "out").out.splitlines()[-1].startswith("next: the same command with --best")
    drawn = call("quotas", "out", "-o", "q", "--by", "source", "--at-most", "7")
    assert "7 of 20 pairs stay (35.0%); 1 values" in drawn.out
    assert "keep=q" in drawn.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("duplicates", "in", "-o", "d", "--by", "near_imag"), "Did you mean 'near_image'"),
        (("duplicates", "in", "-o", "d", "--by", ""), "--by needs different ways"),
        (("duplicates", "in", "out", "-o", "d"), "give each a name of its own"),
        (("duplicates", "a/b=in", "-o", "d"), "leave out the group"),
        (("duplicates", "nowhere", "-o", "d"), "nowhere"),
        (("disagreements", "in", "--duplicates", "none", "-o", "d"), "no finished pass"),
        (("quantiles", "in", "--best", "0.3"), "none of 6 pairs has a score"),
        (("quantiles", "out", "--best", "30"), "between 0 and 1"),
        (("quotas", "out", "-o", "q", "--by", "source"), "every pair would stay"),
        (("quotas", "out", "-o", "q", "--by", "tongue", "--at-most", "3"), "unknown passes.facet 'tongue'"),
    ],
)
def test_wrong_uses(work, arguments, said):
    answer = call(*arguments)
    assert answer.code == 2, answer.out
    assert said in answer.err
    assert len(answer.err.splitlines()) <= 6
