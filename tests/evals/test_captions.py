"""Captions of outputs and sources against scenes' truth and tables of references, with the command."""

from __future__ import annotations

import json

import pytest

from burnish.errors import UsageError
from burnish.evals import captions
from burnish.evals.captions import of_scenes, of_table, words_of
from burnish.scenes import truth, writing
from burnish.scenes.captions import plain
from tests.cli.calls import call
from tests.shards import write_shard


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("captions") / "scenes"
    writing.write(folder, 24, 81, 0.5)
    return folder


def test_words():
    assert words_of("Don’t stop: 3 RED cars, O'Neil's!") == ("don’t", "stop", "3", "red", "cars", "o'neil's")


def test_true_captions_stand_above_spoilt_ones(scenes, tmp_path):
    """The texts as found are noisy in half of the scenes; the same with true texts are perfect."""
    known = list(truth.scenes(str(scenes)))
    rows = [{"key": pair.key, "caption": plain(scene)} for pair, scene in known]
    (tmp_path / "true.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = captions.measure(str(scenes), of_table(str(tmp_path / "true.jsonl")))
    assert list(found) == ["alt"]
    noisy = {each.of: each for each in found["alt"][1]}
    assert noisy["cider_d"].pictures == 24
    assert noisy["rouge_l"].value < 0.95
    write_shard(tmp_path / "in" / "00000.tar", [row["caption"] for row in rows])
    keyed = "".join(json.dumps({"key": f"{at:09d}", "caption": row["caption"]}) + "\n" for at, row in enumerate(rows))
    (tmp_path / "own.jsonl").write_text(keyed)
    same = {
        each.of: each
        for each in captions.measure(str(tmp_path / "in"), of_table(str(tmp_path / "own.jsonl")))["alt"][1]
    }
    assert {name: same[name].value for name in ("bleu_1", "rouge_l")} == {"bleu_1": 1, "rouge_l": 1}
    assert same["cider_d"].value > noisy["cider_d"].value


def test_a_caption_without_a_reference_is_counted(tmp_path):
    write_shard(tmp_path / "in" / "00000.tar", ["a dog", "a cat"])
    (tmp_path / "refs.csv").write_text("key,caption\n000000000,a dog\n000000000,one dog\n")
    sheet, _ = captions.measure(str(tmp_path / "in"), of_table(str(tmp_path / "refs.csv")))["alt"]
    assert (len(sheet.said), sheet.bare) == (1, 1)
    assert len(sheet.references[0]) == 2
    (tmp_path / "others.csv").write_text("key,caption\nelse,a dog\n")
    with pytest.raises(UsageError, match="has a reference"):
        captions.measure(str(tmp_path / "in"), of_table(str(tmp_path / "others.csv")))


def test_a_row_without_a_caption_is_named(tmp_path):
    (tmp_path / "refs.csv").write_text("key,caption\n1,a dog\n2,\n")
    with pytest.raises(UsageError, match="line 3"):
        of_table(str(tmp_path / "refs.csv"))


def test_formats_of_scenes_have_references_of_their_own_length(scenes):
    from burnish.mixing.sources import entries, open_source

    source = open_source("scenes", str(scenes))
    entry = next(entries(source, source.shards[0]))
    given = of_scenes(str(scenes))
    assert len(given(entry, "alt")) == 2
    [dense] = given(entry, "dsc")
    assert len(words_of(dense)) > len(words_of(given(entry, "alt")[0]))


def test_the_command_with_pictures(scenes):
    done = call("eval", "captions", scenes, "--truth", scenes, "--encoder", "builtin", "--json")
    assert done.code == 0, done.err
    row = json.loads(done.out)["alt"]
    assert row["bare"] == 0
    assert 0 < row["clip_score"]["value"] <= 2.5
    assert row["ref_clip_score"]["low"] <= row["ref_clip_score"]["value"] <= row["ref_clip_score"]["high"]
    told = call("eval", "captions", scenes, "--truth", scenes)
    assert "alt: 24 captions" in told.out
    assert "clip_score" not in told.out


def test_uses_that_cannot_be(scenes):
    none = call("eval", "captions", scenes)
    assert none.code == 2
    assert "--truth SCENES or --references FILE" in none.err
    odd = call("eval", "captions", scenes, "--truth", scenes, "--encoder", "builtin", "--set", "encoder.size=3")
    assert odd.code == 2
    assert "no option 'size'" in odd.err
    other = call("eval", "captions", scenes, "--truth", scenes, "--encoder", "builtin", "--set", "backend=3")
    assert "encoder.KEY" in other.err


def test_of_an_output_what_trains_stands_beside_the_roles(scenes, tmp_path):
    assert call("enhance", scenes, "-o", tmp_path / "out", "--workers", "1").code == 0
    found = captions.measure(str(tmp_path / "out"), of_scenes(str(scenes)))
    assert set(found) == {"alt", "rewrite", "chosen"}
    assert len(found["alt"][0].said) == len(found["chosen"][0].said) == 24
    assert 0 < len(found["rewrite"][0].said) < 24
