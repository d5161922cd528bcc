"""A pair gets from the service what a run writes about it, one by one and by the stream, whatever else is asked."""

import burnish
from burnish.storage.opening import open_files
from burnish.storage.quarantine import without_bytes
from burnish.texts import storable
from tests.cli.calls import call, lay_sample
from tests.serve.servers import body_of, served

FAKE = {"backend": "fake", "recaption": {"formats": "ssc,dsc", "text": "dsc"}}


def check(command, tmp_path, layer, *options, shards=("broken-00000.tar",)):
    """`command` on shards of the sample, and each of their pairs asked of the service by that name."""
    source, out = lay_sample(tmp_path / "in", *shards), tmp_path / "out"
    done = call(command, source, "-o", out, "--workers", "1", *options, "--set", "max_bad=1")
    assert done.code == 0, done.err
    pairs = list(burnish.open(source))
    written = iter(burnish.open(out))
    rows = [row for row in without_bytes(open_files(str(out))) if row["stage"] == "decode"]
    faults = {(row["shard"], row["ordinal"]): row for row in rows}
    with served(layer) as site:
        answers = site.stream(command, [body_of(pair) for pair in pairs])
        assert [site.ask(command, body_of(pair)) for pair in pairs[:3]] == answers[:3]
    for pair, answer in zip(pairs, answers, strict=True):
        assert answer["key"] == pair.key
        fault = faults.pop((pair.origin.shard, pair.origin.ordinal), None)
        if fault is None:
            compare(pair, answer, next(written))
        else:
            expected = {name: fault[name] for name in ("reason", "detail", "stage")}
            assert answer == {"key": pair.key, "fate": "quarantined", **expected}
    assert not faults
    assert next(written, None) is None
    return answers


def compare(pair, answer, run):
    """All that a run wrote, but for flags of the shard: no request knows that a key came twice in it."""
    columns = answer["columns"]
    expected = {name: run.fields[name] for name in columns}
    flags = str(expected["burnish_flags"]).split()
    assert columns == {**expected, "burnish_flags": " ".join(flag for flag in flags if flag not in pair.flags)}
    assert set(columns) >= {name for name in run.fields if name.startswith("burnish_")}
    text, _ = storable(run.text)  # bytes that are no text come back in caption_original_raw
    assert (answer["text"], answer["fate"]) == (text, run.fields["burnish_decision"])


def test_enhanced_by_the_built_in_model(tmp_path):
    answers = check("enhance", tmp_path, {"backend": "builtin"}, shards=("00000.tar", "broken-00000.tar"))
    assert {answer["fate"] for answer in answers} == {"kept", "rewritten", "passed", "quarantined"}


def test_assessed(tmp_path):
    check("assess", tmp_path, {"backend": "fake"}, "--backend", "fake")


def test_recaptioned(tmp_path):
    answers = check("recaption", tmp_path, FAKE, "--backend", "fake", "--format", "ssc,dsc", "--text", "dsc")
    assert "recaptioned" in {answer["fate"] for answer in answers}
