"""``burnish recaption`` as a user runs it: a model behind a real loopback server, all forms of data."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from burnish import formats, records, tokens
from burnish.columns import earlier
from burnish.contract import Contract, Given
from burnish.fakeserver import FakeServer, Settings
from burnish.formats import ssc
from burnish.stores import open_store
from burnish.values import Caption, Draft
from tests import captions
from tests.cli.calls import Answer, call
from tests.shards import write_shard
from tests.stores.forms import contents, forms, pairs, samples, written

FORMATS = "ssc,dsc,dsc+,afc"
QUICK = ("--set", "backend_options.backoff_s=0.01")


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("source")
    texts = ["A red apple.", "Boat of Anna in Oslo, 1999", "", "IMG_0042.JPG", "Zwei alte Boote im Hafen", "nice boat"]
    for shard in range(2):
        write_shard(root / f"{shard:05d}.tar", texts, first=shard * 100, broken={5} if shard else set())
    return root


@pytest.fixture(scope="module")
def server():
    with FakeServer(Settings(jitter_ms=2)) as started:
        yield started


def run(source: Path, output: Path, server: FakeServer, *more: str, code: int = 0) -> Answer:
    asked = ("recaption", source, "-o", output, "--backend", "openai", *QUICK, *more)
    done = call(*asked, env={"OPENAI_BASE_URL": server.url})
    assert done.code == code, done.out + done.err
    return done


def rows(output: Path) -> list[dict]:
    found = []
    for path in sorted((output / ".burnish" / "records").rglob("*.parquet")):
        with path.open("rb") as file:
            found += records.read(file)
    return found


@pytest.fixture(scope="module")
def reference(source, server, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("out") / "reference"
    run(source, output, server, "--format", FORMATS, "--workers", "1", "--set", "batch_size=4")
    return output


def made(row: dict) -> list[Caption]:
    return [caption for caption in records.captions(row) if caption.role not in {"alt", "rewrite", "edited"}]


def test_everything_that_is_written_keeps_its_format(reference):
    found = [(row, caption) for row in rows(reference) for caption in made(row)]
    assert {caption.role for _, caption in found} == {"ssc", "dsc", "dsc+", "afc"}
    for row, caption in found:
        contract = Contract(formats.load(caption.role), tokens.load("words"))
        given = Given(text=row["captions"][0]["text"] if contract.format.sees_text else "")
        assert contract.flaws(Draft(text=caption.text, edits=caption.edits), given) == ()
        assert caption.maker.startswith("openai:")
        assert caption.score("overall").value is not None


def test_every_pair_has_each_format_or_a_flag_that_says_why_not(reference):
    for row in rows(reference):
        missing = {flag.partition(":")[0].removeprefix("no_") for flag in row["flags"] if flag.startswith("no_")}
        wanted = {"ssc", "dsc", "dsc+"} | ({"afc"} if row["captions"][0]["text"] else set())
        assert {caption.role for caption in made(row)} | missing == wanted
        assert not {caption.role for caption in made(row)} & missing


def test_texts_and_images_are_untouched_and_the_captions_lie_beside_them(source, reference):
    for shard in ("00000.tar", "00001.tar"):
        with tarfile.open(source / shard) as before, tarfile.open(reference / shard) as after:
            for member in after.getmembers():
                content = after.extractfile(member).read()
                if not member.name.endswith(".json"):
                    assert content == before.extractfile(member.name).read()
                    continue
                ours = json.loads(content)
                assert ours["burnish_decision"] == "recaptioned"
                assert ours["burnish_captions"][0]["role"] == "alt"
                assert len(ours["burnish_captions"]) > 2
    assert call("verify", reference).code == 0


def test_the_summary_counts_by_format(reference):
    said = json.loads((reference / ".burnish" / "summary.json").read_bytes())
    counted = Counter(caption.role for row in rows(reference) for caption in made(row))
    assert {role: each["written"] for role, each in said["captions"].items()} == counted
    assert "| ssc |" in (reference / "README.md").read_text()


@pytest.mark.parametrize("more", [("--workers", "2"), ("--workers", "1", "--set", "batch_size=1"), ("--limit", "3")])
def test_workers_batches_and_stops_change_no_byte(more, source, server, reference, tmp_path):
    run(source, tmp_path / "out", server, "--format", FORMATS, *more)
    if "--limit" in more:
        run(source, tmp_path / "out", server, "--format", FORMATS)
    assert contents(tmp_path / "out") == contents(reference)


def test_a_server_that_fails_now_and_then_changes_no_byte(source, reference, tmp_path):
    with FakeServer(Settings(faults=("status_500@5%", "reset@3%", "html_200@2%"))) as flaky:
        run(source, tmp_path / "out", flaky, "--format", FORMATS, "--workers", "1")
        assert sum(flaky.stats()["faults"].values()) > 3
    assert contents(tmp_path / "out") == contents(reference)


def test_a_budget_stops_the_run_and_nothing_is_asked_twice(source, reference, tmp_path):
    common = (source, tmp_path / "out")
    with FakeServer() as paid:
        stopped = run(*common, paid, "--format", FORMATS, "--workers", "1", "--max-tokens", "9000", code=75)
        assert "--max-tokens" in stopped.err
        before = paid.stats()["calls"]
        run(*common, paid, "--format", FORMATS, "--workers", "1")
        after = paid.stats()["calls"]
    with FakeServer() as quiet:
        run(source, tmp_path / "whole", quiet, "--format", FORMATS, "--workers", "1")
        assert after <= quiet.stats()["calls"] + 20  # the second start looks the server over once more
        assert before >= 10
    assert contents(tmp_path / "out") == contents(reference)


def test_what_failed_is_repaired_by_a_retry(source, tmp_path):
    with FakeServer(Settings(faults=("refusal@60%always",))) as refusing:
        first = run(source, tmp_path / "out", refusing, "--format", FORMATS, "--workers", "1")
        assert ": refused" in first.out
        before = rows(tmp_path / "out")
        reasons = {row["reason"].partition(":")[0] for row in before}
        assert reasons >= {"recaption_failed", "recaption_unchecked"}
    with FakeServer() as mended:
        assert call("retry", tmp_path / "out", env={"OPENAI_BASE_URL": mended.url}).code == 0
    after = rows(tmp_path / "out")
    assert not [row["reason"] for row in after if row["reason"].startswith(("recaption_failed", "recaption_unchecked"))]
    for old, new in zip(before, after, strict=True):  # what had come is kept
        assert {c.text for c in made(old)} <= {c.text for c in made(new)} or old["reason"]
    assert call("verify", tmp_path / "out").code == 0


def test_a_dry_run_shows_captions_and_costs_and_writes_nothing(source, server, tmp_path):
    said = run(source, tmp_path / "out", server, "--format", "ssc,dsc", "--dry-run", "--price-in", "1")
    assert "captions ssc,dsc" in said.out
    assert "recaptioned" in said.out
    assert "  ssc      written" in said.out
    assert "cost" in said.out
    found = json.loads(run(source, tmp_path / "out", server, "--format", "ssc", "--dry-run", "--json").out)
    assert set(found["captions"]) == {"ssc"}
    assert not (tmp_path / "out").exists()


def test_the_built_in_model_is_refused_and_those_that_can_are_named(source, tmp_path):
    said = call("recaption", source, "-o", tmp_path / "out", "--format", "ssc")
    assert said.code == 2
    assert "'builtin' cannot write captions" in said.err
    assert all(name in said.err for name in ("openai", "transformers", "vllm"))
    assert len(said.err.splitlines()) <= 6
    assert not (tmp_path / "out").exists()
    through = ("--backend", "cascade", "--set", "backend_options.first=fake", "--set", "backend_options.then=builtin")
    assert call("recaption", source, "-o", tmp_path / "out", *through).code == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--format", "scc"), "unknown format 'scc'"),
        (("--format", ""), "names no format"),
        (("--only", "sometimes"), "Terms: missing"),
        (("--text", "dsc"), "none of the formats"),
        (("--tokenizer", "no.json"), "cannot read the tokenizer"),
        (("--set", "recaption.floor=9"), "recaption.floor must be"),
    ],
)
def test_wrong_uses_are_refused_before_anything_is_read(source, tmp_path, more, said):
    base = ("recaption", source, "-o", tmp_path / "out", "--backend", "fake")
    formats_ = () if "--format" in more else ("--format", "ssc")
    done = call(*base, *formats_, *more)
    assert done.code == 2
    assert said in done.err
    assert not (tmp_path / "out").exists()


@pytest.fixture
def oracle():
    with FakeServer(Settings(oracle="tests.captions:answer")) as started:
        yield started


def test_each_way_to_go_wrong_is_caught_asked_again_and_never_written(oracle, tmp_path):
    ways = range(2 * len(captions.FAULTS))
    lines = [json.dumps({"key": f"{at:03d}", "image": f"{at:03d}.png", "text": captions.ALT}) for at in ways]
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "pairs.jsonl").write_text("\n".join(lines) + "\n")
    for at in ways:
        (tmp_path / "in" / f"{at:03d}.png").write_bytes(captions.picture(at))
    run(tmp_path / "in", tmp_path / "out", oracle, "--format", "ssc,afc", "--workers", "1")
    for at, row in enumerate(rows(tmp_path / "out")):
        fault, found = captions.fault_of(at), {caption.role: caption for caption in made(row)}
        for role in ("ssc", "afc"):
            good = captions.GOOD[role]
            harmless = fault == "good" or (fault == "facts_lost" and role == "ssc")
            if harmless:
                assert (found[role].text, found[role].verdict) == (good, "accepted")
            elif not captions.for_good(at):
                assert (found[role].text, found[role].verdict) == (good, "accepted:reasked")
            elif fault in {"too_long", "injection"}:  # what comes after the caption can be cut off
                assert found[role].text.startswith(good)
                assert found[role].verdict == "accepted:reasked,trimmed"
            else:
                assert role not in found
                assert any(flag.startswith(f"no_{role}:") for flag in row["flags"])


@pytest.mark.parametrize("store", written())
def test_every_form_of_data_holds_them_and_takes_them_back(store, tmp_path):
    forms(store)["main"].build(tmp_path / "in", samples())
    steps = (
        ("recaption", "one", "--format", "ssc"),
        ("recaption", "two", "--format", "ssc,dsc", "--only", "missing", "--text", "dsc", "--set", "recaption.floor=0"),
        ("enhance", "three", "--recipe", "assess_only"),
        ("recaption", "four", "--format", "afc"),
    )
    before = tmp_path / "in"
    for command, name, *more in steps:
        done = call(command, before, "-o", tmp_path / name, "--backend", "fake", "--workers", "1", *more)
        assert done.code == 0, done.err
        before = tmp_path / name
    known = [earlier(pair) for pair in pairs(open_store(str(before), None, {}))]
    assert len(known) == len(samples())
    for sample, (found, at) in zip(samples(), known, strict=True):
        roles = [caption.role for caption in found]
        assert roles[:2] == ["alt", "ssc"]
        assert roles[2:] in (["dsc", "afc"], ["dsc"], ["afc"], [])
        assert found[0].text == sample.text
        assert found[at].role == ("dsc" if "dsc" in roles else "alt")
    assert sum(len(found) > 3 for found, _ in known) >= 3


def test_scores_of_a_text_that_was_replaced_do_not_stay_behind(source, tmp_path):
    call("enhance", source, "-o", tmp_path / "scored", "--backend", "fake", "--recipe", "mlm_filter", "--workers", "1")
    more = ("--format", "ssc", "--text", "ssc", "--set", "recaption.floor=0", "--workers", "1")
    assert call("recaption", tmp_path / "scored", "-o", tmp_path / "out", "--backend", "fake", *more).code == 0
    keys = set()
    for pair in pairs(open_store(str(tmp_path / "out"), None, {})):
        keys.add(frozenset(name for name in pair.fields if name.startswith("burnish_")))
        assert pair.fields["burnish_state_overall"] == "ok"
        assert pair.fields["burnish_state_text_quality"] == "not_asked"
        assert pair.fields["burnish_score_text_quality"] == -1.0
    assert len(keys) == 1


def test_only_what_stands_low_is_captioned_by_scores_of_this_run_or_an_earlier_one(source, tmp_path):
    args = ("--backend", "fake", "--workers", "1")
    more = ("--format", "ssc", "--only", "below 3")
    assert call("recaption", source, "-o", tmp_path / "now", *args, *more).code == 0
    assert call("assess", source, "-o", tmp_path / "scored", *args).code == 0
    assert call("recaption", tmp_path / "scored", "-o", tmp_path / "then", *args, *more).code == 0
    low = {row["key"] for row in rows(tmp_path / "scored") if _overall(row) < 3}
    for output in ("now", "then"):
        assert {row["key"] for row in rows(tmp_path / output) if made(row)} == low
    assert 0 < len(low) < 11


def _overall(row: dict) -> float:
    return records.captions(row)[0].score("overall").value


OWN = """
from burnish.constraints import COLOURS, mentions
from burnish.formats import Format

FORMAT = Format(
    name="two_words",
    source="own",
    instruction="Name the thing with its colour.",
    min_tokens=2,
    max_tokens={most},
    full_stop=False,
    constraints=(mentions("a colour", COLOURS),),
)


def describe(request):
    return 4.0 if hasattr(request, "criterion") else "red boat" if request.format == "own_format:FORMAT" else None
"""


def test_a_format_and_a_model_of_ones_own(source, tmp_path, monkeypatch):
    Path("own_format.py").write_text(OWN.format(most=3))
    args = ("recaption", source, "-o", tmp_path / "out", "--format", "own_format:FORMAT,ssc", "--workers", "1")
    done = call(*args, "--backend", "own_format:describe", "--text", "two_words")
    assert done.code == 0, done.err
    assert "  two_words written 11" in done.out
    assert "  ssc      written 0, not written 11: abstained 11" in done.out
    assert {row["captions"][row["chosen"]]["text"] for row in rows(tmp_path / "out")} == {"red boat"}


def test_an_output_is_not_continued_with_a_format_that_has_changed(source, tmp_path, monkeypatch):
    asked = ("recaption", source, "-o", tmp_path / "out", "--format", "ssc", "--backend", "fake")
    assert call(*asked, "--limit", "3").code == 0
    monkeypatch.setattr(ssc, "FORMAT", replace(ssc.FORMAT, max_tokens=16))
    formats.load.cache_clear()
    try:
        done = call(*asked)
    finally:
        monkeypatch.undo()
        formats.load.cache_clear()
    assert done.code == 2
    assert "captioning.formats.ssc" in done.err
