"""What each command prints for a right use."""

import json
from pathlib import Path

import pytest

from burnish import discovery
from tests.cli.calls import call, lay_sample

FAKE = ("--backend", "fake", "--workers", "1")


def test_list_names_every_plugin():
    shown = json.loads(call("list", "--json").out)
    assert set(shown) < set(discovery.kinds())
    for kind in discovery.kinds():
        assert kind in call("list").out
        alone = json.loads(call("list", kind, "--json").out)
        assert list(alone) == [kind]
        assert sorted(alone[kind]) == discovery.names(kind)
        assert all(alone[kind].values()), "a plug-in's module says in its first line what it is"
        assert shown.get(kind, alone[kind]) == alone[kind]


@pytest.mark.parametrize("kind", discovery.kinds())
def test_list_shows_each_in_full(kind):
    for name in discovery.names(kind):
        answer = call("list", kind, name)
        assert answer.code == 0, answer.err
        assert f"name: {name}" in answer.out
        assert json.loads(call("list", kind, name, "--json").out)["name"] == name


def test_inspect_counts_without_a_model():
    lay_sample(Path("in"), "00000.tar", "broken-00000.tar")
    before = sorted(Path().rglob("*"))
    found = json.loads(call("inspect", "in", "--json").out)
    assert sorted(Path().rglob("*")) == before
    assert (found["store"], found["shards"], found["pairs"]) == ("webdataset", 2, 137)
    assert found["problems"] == {"bad_header": 1, "no_image": 2, "truncated_member": 1}
    assert found["flags"]["duplicate_key"] == 2
    assert found["gap_bytes"] > 0
    assert sum(found["languages"].values()) > 0
    plain = call("inspect", "in").out
    assert "no_image 2" in plain
    assert "caption (= text in 9" in plain
    assert plain.splitlines()[-1] == "next: burnish enhance in -o OUT --dry-run"


def test_inspect_stops_at_the_limit():
    lay_sample(Path("in"), "00000.tar")
    found = json.loads(call("inspect", "in", "--limit", "10", "--json").out)
    assert (found["pairs"], found["limited"]) == (10, True)


def test_enhance_verify_retry():
    lay_sample(Path("in"), "00000.tar", "broken-00000.tar")
    assert call("enhance", "in", "-o", "out", *FAKE).code == 0
    assert json.loads(call("verify", "out", "--json").out) == {"output": "out", "differences": []}
    again = call("retry", "out", "--workers", "1")
    assert again.code == 0, again.err
    assert again.out.startswith("in 141 = out ")
    assert call("verify", "out").code == 0


def test_assess_changes_no_text():
    lay_sample(Path("in"), "00000.tar")
    done = json.loads(call("assess", "in", "-o", "out", *FAKE, "--json").out)
    assert done["recipe"] == "assess_only"
    assert done["counts"]["rewritten"] == 0
    assert done["counts"]["kept"] + done["counts"]["passed"] == 120


def test_limit_then_the_rest_into_the_same_output():
    lay_sample(Path("in"), "00000.tar", "00001.tar")
    some = json.loads(call("enhance", "in", "-o", "out", *FAKE, "--limit", "30", "--json").out)
    assert some["counts"]["total"] == 30
    rest = json.loads(call("enhance", "in", "-o", "out", *FAKE, "--json").out)
    assert rest["counts"]["total"] == 240
    assert call("verify", "out").code == 0


def test_the_demo_makes_its_folder_and_can_be_repeated():
    for _ in range(2):
        answer = call("demo", *FAKE)
        assert answer.code == 0, answer.err
        assert answer.out.startswith("in 261 = out 256 (")
        assert answer.out.count("{+") == 6  # five, and the legend
        assert answer.out.splitlines()[-1] == "next: burnish report burnish-demo/out --open"
        assert Path("burnish-demo/out/report.html").stat().st_size < 5_000_000
    assert sorted(p.name for p in Path("burnish-demo/in").glob("*.tar")) == [
        "00000.tar",
        "00001.tar",
        "broken-00000.tar",
    ]


def test_the_demo_with_the_built_in_model():
    answer = call("demo", "--json")
    assert answer.code == 0, answer.err
    counts = json.loads(answer.out)["counts"]
    assert (counts["total"], counts["quarantined"], counts["gaps"]) == (261, 4, 1)
    assert counts["kept"] > 0
    assert counts["rewritten"] > 0
    assert call("verify", "burnish-demo/out").code == 0


def test_the_demo_goes_where_it_is_told():
    answer = call("demo", "-o", "my demo", *FAKE, "--json")
    assert json.loads(answer.out)["counts"]["total"] == 261
    assert not Path("burnish-demo").exists()


def test_doctor_says_what_is_there():
    shown = json.loads(call("doctor", "--json").out)
    names = [check["name"] for check in shown["checks"]]
    assert names[:2] == ["python", "packages"]
    assert {"[s3]", "[hf]", "[train]", "disk", "weights", "self test"} <= set(names)
    assert shown["ok"], shown


def test_doctor_knows_a_free_lock():
    lay_sample(Path("in"))
    call("enhance", "in", "-o", "out", *FAKE)
    shown = json.loads(call("doctor", "out", "--json").out)
    assert {"name": "lock", "ok": True, "detail": "free"} in shown["checks"]


def test_what_verify_advises_makes_a_damaged_output_whole():
    lay_sample(Path("in"), "00000.tar")
    assert call("enhance", "in", "-o", "out", *FAKE).code == 0
    shard = Path("out/00000.tar")
    whole = shard.read_bytes()
    shard.write_bytes(whole[:600] + bytes([whole[600] ^ 1]) + whole[601:])
    answer = call("verify", "out")
    assert (answer.code, answer.out) == (4, "00000.tar: has the right size but other bytes than were committed\n")
    assert answer.err == (
        "error: 1 difference in out.\nDelete what is damaged; then the same command makes those shards again.\n"
    )
    shard.unlink()
    assert call("enhance", "in", "-o", "out", *FAKE).code == 0
    assert call("verify", "out").code == 0
    assert shard.read_bytes() == whole


def test_a_run_that_only_stopped_is_not_called_damaged():
    lay_sample(Path("in"), "00000.tar")
    assert call("enhance", "in", "-o", "out", *FAKE).code == 0
    for written_last in ("README.md", ".burnish/summary.json", ".burnish/seal.json"):
        (Path("out") / written_last).unlink()
    answer = call("verify", "out")
    assert answer.code == 4
    assert "Delete" not in answer.err
    assert "continue with the same command" in answer.err


def test_without_a_plan_verify_advises_a_new_folder():
    lay_sample(Path("in"), "00000.tar")
    assert call("enhance", "in", "-o", "out", *FAKE).code == 0
    Path("out/.burnish/plan.json").write_text("{")
    assert "new output folder" in call("verify", "out").err


def test_retry_says_when_nothing_had_failed():
    lay_sample(Path("in"), "00000.tar")
    assert call("enhance", "in", "-o", "out", *FAKE).code == 0
    assert call("retry", "out").out.startswith("nothing had failed")


def test_list_never_ends_in_half_a_word():
    for line in call("list").out.splitlines():
        assert len(line) <= 120
        assert "``" not in line
        assert line.endswith((".", " ...", ")")) or not line.startswith("  ")


def test_a_model_in_the_working_folder_can_be_named():
    lay_sample(Path("in"), "00000.tar")
    Path("my_judge_here.py").write_text(
        "from burnish import FunctionBackend\n"
        "def judge(request):\n    return 4.0\n"
        "def make(options):\n    return FunctionBackend(judge)\n"
    )
    answer = call("enhance", "in", "-o", "out", "--backend", "my_judge_here:make", "--workers", "1")
    assert answer.code == 0, answer.err
