"""Judges whose faults are set: the figures must come out as set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from burnish import discovery
from burnish.errors import UsageError
from burnish.evals import inferencers, instructions, scenarios
from burnish.evals.figures import Figure
from burnish.evals.judges import Judge, Wanted, measure
from burnish.fakeserver import FakeServer, Settings
from burnish.scenes import writing
from tests.cli.calls import call, lay_sample

PICTURES, SEEDS = 40, (0, 1)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("judged") / "scenes"
    writing.write(folder, PICTURES, 61, 1.0)
    return folder


def figures(scenes: Path, **faults: str) -> dict[tuple[str, str], Figure]:
    changes = faults.pop("changes", "order,alone").split(",")
    wanted = Wanted(scenarios=(f"scenes:{scenes}",), changes=tuple(changes), seeds=SEEDS, limit=PICTURES)
    rows = measure([Judge(name="oracle", options={"truth": str(scenes), **faults})], wanted)
    return {(row.metric, row.figure.of): row.figure for row in rows}


@pytest.fixture(scope="module")
def perfect(scenes) -> dict[tuple[str, str], Figure]:
    return figures(scenes)


def test_a_perfect_judge(perfect):
    assert {f.value for (metric, _), f in perfect.items() if metric in {"auc", "above", "spearman"}} == {1.0}
    assert {f.value for (metric, _), f in perfect.items() if metric in {"unanswered", "flips", "moved"}} == {0.0}
    assert perfect["auc", ""].pictures == PICTURES
    assert set(perfect["auc", ""].by_seed) == set(SEEDS)
    assert {"false_object", "false_count", "false_attribute", "false_relation", "swapped", "seo"} <= {
        of for metric, of in perfect if metric == "auc"
    }


def test_without_the_picture_it_is_at_chance(perfect):
    assert {f.value for (metric, _), f in perfect.items() if metric == "blind"} == {0.5}
    assert perfect["unmoved", ""].value == 0


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_a_share_of_scores_turned_round_is_the_auc_lost(scenes, share):
    """Of scores at the ends of the scale, turned round with probability e, AUC is (1-e)(1-e) + e(1-e) = 1 - e."""
    found = figures(scenes, error=str(share), changes="seed=9")
    assert found["auc", "file_name"].low <= 1 - share <= found["auc", "file_name"].high
    assert found["auc", ""].value == pytest.approx(1 - share, abs=0.06)
    churn = found["flips", "seed=9"]  # one of two is turned round
    assert churn.low <= 2 * share * (1 - share) <= churn.high


@pytest.mark.parametrize(("fault", "state"), [("abstain", "abstained"), ("fail", "unparsable"), ("refuse", "refused")])
def test_answers_that_are_none_are_counted_as_what_they_are(scenes, fault, state):
    found = figures(scenes, **{fault: "0.2"})
    assert found["unanswered", state].value == pytest.approx(0.2, abs=0.06)  # three standard deviations of 438 lots
    assert found["auc", ""].value == 1.0  # and never a low score
    assert found["unanswered", "failed"].value == (0.0 if fault == "abstain" else found["unanswered", state].value)


def test_a_bias_costs_calibration_and_no_rank(scenes, perfect):
    found = figures(scenes, bias="-1.5")
    assert found["ece", ""].value > perfect["ece", ""].value + 0.05
    assert found["auc", "file_name"].value == 1.0


def test_noise_lowers_the_rank_correlation(scenes, perfect):
    little, much = (figures(scenes, noise=size)["spearman", ""] for size in ("1", "4"))
    assert much.high < little.low <= perfect["spearman", ""].value


def test_other_processes_answer_the_same(scenes):
    found = figures(scenes, noise="1", error="0.2", changes="process")
    assert found["moved", "process"].value == 0


@pytest.mark.parametrize("name", discovery.names(scenarios.KIND))
def test_every_scenario_says_what_it_needs(name, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        list(scenarios.load(name)(scenarios.Given(source=str(tmp_path / "empty"), limit=2, side_px=64, seed=0)))


def test_fresh_scenes_differ_from_seed_to_seed():
    drawn = [list(scenarios.load("scenes")(scenarios.Given(limit=3, side_px=64, seed=seed))) for seed in (0, 0, 1)]
    texts = [[item.text for item in items] for items in drawn]
    assert texts[0] == texts[1] != texts[2]
    known = {item.key for item in drawn[0]}
    assert all(item.base in known and not item.good for item in drawn[0] if item.base)


def test_seeds_of_a_source_share_no_picture_and_leave_none_out(scenes):
    parts = [
        {
            item.group
            for item in scenarios.load("scenes")(
                scenarios.Given(source=str(scenes), limit=PICTURES, side_px=64, seed=part, part=part, parts=3)
            )
        }
        for part in range(3)
    ]
    assert sum(map(len, parts)) == len(set().union(*parts)) == PICTURES


def test_any_source_can_be_spoilt(tmp_path):
    source = lay_sample(tmp_path / "in", "00000.tar")
    items = list(scenarios.load("corrupted")(scenarios.Given(source=str(source), limit=12, side_px=64, seed=3)))
    assert len({item.group for item in items}) == 12
    assert {"file_name", "truncation", "swapped", "mash"} <= {item.kind for item in items}
    by_key = {item.key: item for item in items}
    assert all(by_key[item.base].good and by_key[item.base].text != item.text for item in items if item.kind)


def test_labels_of_people(tmp_path):
    source = lay_sample(tmp_path / "in", "00000.tar")
    keys = [f"{at:09d}" for at in range(40)]
    labels = tmp_path / "labels.csv"
    labels.write_text("key,good\n" + "".join(f"{key},{int(at % 3 > 0)}\n" for at, key in enumerate(keys)))
    given = scenarios.Given(source=str(source), labels=str(labels), limit=30, side_px=64, seed=0)
    items = list(scenarios.load("labelled")(given))
    assert len(items) == 30
    assert all(item.good == (int(item.key) % 3 > 0) for item in items)
    with pytest.raises(UsageError, match="--labels"):
        list(scenarios.load("labelled")(scenarios.Given(source=str(source), limit=1, side_px=64, seed=0)))


def test_a_seed_that_no_picture_falls_to_is_left_out_with_a_word(tmp_path):
    source = lay_sample(tmp_path / "in", "00000.tar")
    labels = tmp_path / "labels.csv"
    few = [key for key in (f"{at:09d}" for at in range(40)) if scenarios.drawn(key) % 3 != 1][:6]
    labels.write_text("key,good\n" + "".join(f"{key},{at % 2}\n" for at, key in enumerate(few)))
    told: list[str] = []
    wanted = Wanted(scenarios=(f"labelled:{source}",), labels=str(labels), seeds=(0, 1, 2), changes=(), blind=False)
    rows = list(measure([Judge(name="builtin")], wanted, told.append))
    assert [said.partition("seed ")[2] for said in told if "left out" in said] == [
        "1: left out, no picture falls to it; --seeds 0 takes all"
    ]
    assert {row.figure.pictures for row in rows if row.metric == "unanswered"} == {6}
    labels.write_text("key,good\nnowhere,1\nnor here,0\n")
    with pytest.raises(UsageError, match="no key of"):
        list(measure([Judge(name="builtin")], wanted))


@pytest.mark.parametrize("kind", [scenarios.KIND, instructions.KIND, inferencers.KIND, "evals.metrics"])
def test_every_plugin_loads_and_explains_itself(kind):
    for name in discovery.names(kind):
        discovery.load(kind, name)
        assert __import__(discovery.module(kind, name), fromlist=["_"]).__doc__


def behind_a_server(settings: Settings, scenes: Path, *more: str | Path) -> list[dict]:
    asked = ("eval", "judges", "--backend", "openai", "--scenario", f"scenes:{scenes}", "--limit", "6", "--seeds", "0")
    with FakeServer(settings) as server:
        done = call(*asked, *more, "--json", "-q", env={"OPENAI_BASE_URL": server.url})
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_a_random_model_behind_a_server_is_at_chance_however_it_is_read(scenes, tmp_path):
    more = ("--instruction", "plain,no_examples", "--inferencer", "expectation,argmax", "--vary", "order")
    rows = behind_a_server(Settings(mode="hash"), scenes, *more, "-o", tmp_path / "judges")
    assert len({(row["instruction"], row["inferencer"]) for row in rows}) == 4
    overall = [row for row in rows if row["metric"] == "auc" and row["of"] == ""]
    assert len(overall) == 4
    assert all(row["low"] <= 0.5 <= row["high"] for row in overall)
    assert all(row["value"] == 0 for row in rows if row["metric"] == "moved")
    assert json.loads((tmp_path / "judges.json").read_text()) == rows
    assert "openai on scenes:scenes by overall (no_examples, argmax)" in (tmp_path / "judges.md").read_text()


def test_ranking_by_pairs_has_no_place_that_is_liked_better(scenes):
    """Random answers are at chance; one that always says A is too, and everything is a draw."""
    more = ("--inferencer", "pairs", "--vary", "none", "--no-blind", "--limit", "40")
    rows = behind_a_server(Settings(mode="hash", choices="A,B"), scenes, *more)
    found = {(row["metric"], row["of"]): row for row in rows}
    assert found["unanswered", "failed"]["value"] == 0
    assert found["above", ""]["low"] <= 0.5 <= found["above", ""]["high"]
    rows = behind_a_server(Settings(mode="hash", choices="A,B", faults=("same_score@100%",)), scenes, *more)
    assert {row["value"] for row in rows if row["metric"] == "above"} == {0.5}


@pytest.mark.parametrize(("faults", "state"), [(("refusal@100%",), "refused"), ((), "unparsable")])
def test_what_a_model_writes_instead_of_an_answer_is_a_failure(scenes, faults, state):
    more = ("--inferencer", "written", "--vary", "none", "--no-blind")
    rows = behind_a_server(Settings(mode="hash", faults=faults), scenes, *more)
    found = {(row["metric"], row["of"]): row for row in rows}
    assert found["unanswered", state]["value"] == found["unanswered", "failed"]["value"] == 1
    assert found["auc", ""]["value"] is None


def test_all_scores_in_one_answer(scenes):
    wanted = Wanted(scenarios=(f"scenes:{scenes}",), instructions=("joint",), seeds=(0,), changes=())
    rows = list(measure([Judge(name="oracle", options={"truth": str(scenes)})], wanted))
    found = {(row.metric, row.figure.of): row.figure.value for row in rows}
    assert found["auc", ""] == 1.0
    assert not any(metric == "blind" for metric, _ in found)


def test_options_can_be_one_judges_own(scenes):
    done = call(
        *("eval", "judges", "--backend", "oracle,builtin", "--scenario", f"scenes:{scenes}", "--limit", "3"),
        *("--seeds", "0", "--vary", "none", "--no-blind", "--json", "-q", "--set", f"oracle.truth={scenes}"),
    )
    assert done.code == 0, done.err
    assert {row["judge"] for row in json.loads(done.out)} == {"oracle", "builtin"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--scenario", "scenery"), "Did you mean 'scenes'"),
        (("--scenario", "scenes", "--criterion", "overal"), "Did you mean 'overall'"),
        (("--scenario", "scenes", "--inferencer", "argmax"), "expectation"),
        (("--scenario", "scenes", "--vary", "engines"), "order, alone, process"),
        (("--scenario", "scenes", "--seeds", "one"), "--seeds 0,1,2"),
        (("--scenario", "scenes", "--set", "rewrite.below=2"), "only options of the judges"),
        (("--scenario", "corrupted"), "corrupted:SRC"),
    ],
)
def test_wrong_uses_say_what_to_do(more, said):
    done = call("eval", "judges", "--backend", "builtin", "--limit", "2", "-q", *more)
    assert done.code == 2
    assert said in done.err


@pytest.mark.slow  # needs torch, which the fast tier does not install
def test_a_tiny_model_in_this_process(tmp_path, scenes):
    pytest.importorskip("transformers", reason="models need the extra [transformers]")
    from tests import tiny_models

    tiny_models.FAMILIES["siglip_qwen2"](tmp_path)
    wanted = Wanted(
        scenarios=(f"scenes:{scenes}",),
        inferencers=("expectation", "argmax", "pairs"),
        changes=("alone", "batch_tokens=64"),
        seeds=(0,),
        limit=2,
    )
    rows = list(measure([Judge(name="transformers", options={"model": str(tmp_path), "side_px": "64"})], wanted))
    assert {row.inferencer for row in rows} == {"expectation", "argmax", "pairs"}
    assert all(row.figure.value == 0 for row in rows if row.metric == "flips")
