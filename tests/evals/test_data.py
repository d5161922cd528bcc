"""Data sets whose differences are made: what was made is found, and what is the same has no drift."""

from __future__ import annotations

import json
import math
import random

import numpy as np
import pytest

from burnish.evals import profile
from burnish.evals.data import SOURCE, Wanted, measure
from burnish.evals.gaussian import Gaussian, frechet, spread_distance
from burnish.evals.labels import read_judged
from burnish.evals.overlap import Index
from burnish.evals.profile import Profile, divergence
from burnish.scenes import writing
from tests.builders import jpeg
from tests.cli.calls import call
from tests.shards import write_shard

WORDS = [f"{a}{b}" for a in ("ba", "ke", "li", "mo", "nu", "pa", "re", "si") for b in ("ban", "del", "fin", "gor")]


def profiled(texts) -> Profile:
    found = Profile()
    for at, text in enumerate(texts):
        found.add(text, at % 2)
    return found


def sentences(count: int, words=WORDS, seed: int = 0) -> list[str]:
    lots = random.Random(seed)
    return [" ".join(lots.choice(words) for _ in range(lots.randint(3, 9))) for _ in range(count)]


def test_a_profile_by_hand():
    found = profiled(["A red car", "a car", "", "Car"]).as_json()
    assert found["captions"] == 4
    assert (found["empty"], found["words"], found["words_mean"]) == (1, 6, 1.5)
    assert (found["words_p10"], found["words_p50"], found["words_p90"]) == (0, 1, 3)
    assert found["vocabulary"] == 3
    assert found["entropy_bits"] == pytest.approx(1 / 2 + 1 / 3 * math.log2(3) + 1 / 6 * math.log2(6), abs=1e-3)


def test_the_vocabulary_of_many_words_is_estimated_closely():
    found = profiled(f"x{at}" for at in range(20_000))
    letters = profiled("".join(chr(97 + int(d)) for d in str(at)) for at in range(20_000))
    assert letters.vocabulary() == pytest.approx(20_000, rel=0.01)
    assert found.words >= 20_000


def test_divergence_is_none_to_all():
    one, other = np.array([1.0, 1, 0, 0]), np.array([0.0, 0, 1, 1])
    assert divergence(one, one * 7) == 0
    assert divergence(one, other) == 1
    assert divergence(one, np.array([1.0, 0, 0, 0])) == pytest.approx(0.3113, abs=1e-4)
    assert divergence(one, np.zeros(4)) is None


def test_samples_of_one_language_differ_by_the_floor_and_other_languages_by_more():
    one, same, other = (
        profiled(sentences(800, words, seed)) for words, seed in ((WORDS, 1), (WORDS, 2), (WORDS[::2], 3))
    )
    alike, apart = profile.drift(one, same), profile.drift(one, other)
    for order in ("1-grams", "2-grams", "3-grams"):
        assert alike[order]["halves"] == pytest.approx(alike[order]["floor"], rel=0.2)
        assert apart[order]["halves"] > 1.02 * apart[order]["floor"]
    assert profile.drift(one, one)["1-grams"]["sets"] == 0


def test_words_that_rise_and_fall():
    before = profiled(["a nice dog on grass"] * 20 + ["a cat"] * 20)
    now = profiled(["a photo of a dog on grass"] * 20 + ["a cat"] * 20)
    found = profile.moved(before, now)
    assert {each.word for each in found["risen"]} >= {"photo", "of"}
    assert found["fallen"][0].word == "nice"
    assert profile.moved(before, before) == {"risen": [], "fallen": []}


def test_the_distance_of_gaussians():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(4_000, 6))
    one, shifted, scaled = (Gaussian(6) for _ in range(3))
    one.add(rows[:2_000])
    one.add(rows[2_000:])
    shifted.add(rows + 0.5)
    scaled.add(rows * 3)
    assert np.allclose(one.covariance, np.cov(rows.T))
    assert frechet(one, one) == pytest.approx(0, abs=1e-9)
    assert frechet(one, shifted) == pytest.approx(6 * 0.25, rel=1e-6)
    assert frechet(one, scaled) == pytest.approx(
        float(((one.mean * 2) ** 2).sum() + np.trace(one.covariance) * (1 + 9 - 2 * 3)), rel=1e-6
    )


def test_the_root_is_one():
    """Of two diagonal matrices Tr (A B)^(1/2) is the sum of the roots; 0.5 (a b)^(1/2) of another shape differs."""
    a, b = np.diag([1.0, 4.0, 9.0]), np.diag([4.0, 4.0, 1.0])
    assert spread_distance(a, b) == pytest.approx(14 + 9 - 2 * (2 + 4 + 3))
    turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    assert spread_distance(turn @ a @ turn.T, turn @ b @ turn.T) == pytest.approx(5)


def test_texts_of_an_evaluation_set_are_found_by_their_ngrams():
    wanted = [
        ("long", "one two three four five six seven eight nine ten eleven twelve"),
        ("part", "five six seven eight nine ten eleven twelve and then what nobody has ever said before now"),
        ("short", "a green garden gate"),
        ("tiny", "a dog"),
        ("new", "nothing of this has ever been seen by anybody at all"),
    ]
    index = Index(wanted)
    for text in (
        "Zero: one two three four FIVE six seven eight nine ten eleven, twelve!",
        "the a green garden gate",
        "a dog",
    ):
        index.see(text)
    found = index.overlap({})
    assert (found.items, found.looked_for) == (5, 4)
    assert found.examples == ("long", "part", "short")
    assert (found.any_ngram.count, found.mostly.count) == (3, 2)


def captioned(folder, texts, first: int = 0):
    """A source with one pair a text, pictures numbered from `first`."""
    write_shard(folder / "00000.tar", texts, first=first)
    return folder


def test_the_same_pairs_twice_have_no_drift_and_changes_are_counted(tmp_path):
    texts = [f"{text}, Maria Lopez 19{10 + at}" for at, text in enumerate(sentences(60))]
    now = [text.replace(", Maria Lopez", "") if at % 3 == 0 else text for at, text in enumerate(texts)]
    before, after = captioned(tmp_path / "before", texts), captioned(tmp_path / "after", now)
    same = measure(str(before), Wanted(against=str(before), sample=40))
    assert same.paired.changed.count == 0
    assert same.paired.entities.share == 1
    assert same.embedded.sets == pytest.approx(0, abs=1e-6)
    assert same.embedded.cosine[0] == pytest.approx(1, abs=1e-4)
    found = measure(str(after), Wanted(against=str(before), sample=40))
    assert (found.paired.pairs, found.paired.changed.count) == (60, 20)
    assert (found.paired.entities.count, found.paired.entities.n) == (140, 180)  # two words of a name and a year each
    assert found.embedded.cosine[0] < 1
    assert found.moved["fallen"][0].word in {"maria", "lopez"}


def test_a_name_that_is_said_twice_and_lost_has_not_survived(tmp_path):
    before = captioned(tmp_path / "before", ["a dog in Oslo and a cat in Oslo"])
    after = captioned(tmp_path / "after", ["a dog and a cat"])
    found = measure(str(after), Wanted(against=str(before), sample=0))
    assert (found.paired.entities.count, found.paired.entities.n) == (0, 1)


def test_pairs_under_other_keys_are_held_against_themselves(tmp_path):
    """The same pictures and texts under other keys, some of them twice: each caption beside itself in the sample."""
    texts = sentences(60)
    before, after = tmp_path / "before", captioned(tmp_path / "after", texts)
    for part, first in enumerate((0, 30)):
        own = texts[first : first + 30]
        write_shard(
            before / f"{part:05d}.tar", own, first=7_000, image_of=lambda at, first=first: jpeg(at - 7_000 + first)
        )
    found = measure(str(after), Wanted(against=str(before), sample=20))
    assert found.paired.changed.count == 0
    assert found.embedded.cosine == pytest.approx((1, 0), abs=1e-4)
    assert found.embedded.sets == pytest.approx(0, abs=1e-6)


def test_other_pairs_are_not_held_against_each_other(tmp_path):
    one = captioned(tmp_path / "one", sentences(20))
    other = captioned(tmp_path / "other", sentences(20), first=500)
    found = measure(str(one), Wanted(against=str(other), sample=20))
    assert found.paired is None
    assert found.embedded.cosine is None


def test_contamination_by_text_and_picture(tmp_path):
    lots = sentences(40, seed=4)
    data = captioned(tmp_path / "data", [f"{text} {text}" for text in lots])
    unseen = tmp_path / "unseen"
    write_shard(unseen / "00000.tar", [f"{text} {text}" for text in lots[:4]], first=900)
    write_shard(unseen / "00001.tar", [f"wholly other words number {at} {at}" for at in "abc"])
    write_shard(unseen / "00002.tar", [f"something else of its own kind {at * 3}" for at in "defghijk"], first=800)
    found = measure(str(data), Wanted(unseen=str(unseen), sample=0, alike=("text",)))
    assert found.overlap.items == 15
    assert found.overlap.mostly.count == 4
    assert found.overlap.near["near_image"].count == 3
    assert found.overlap.near["near_text"].count == 4
    assert found.embedded is None
    assert found.duplicates.groups == 0


def test_the_command_on_what_a_run_has_made(tmp_path):
    scenes, out = tmp_path / "scenes", tmp_path / "out"
    writing.write(scenes, 30, 81, 0.6)
    backend = ("--backend", "oracle", "--set", f"backend_options.truth={scenes}")
    assert call("enhance", scenes, "-o", out, *backend, "--workers", "1").code == 0
    done = call("eval", "data", out, "--sample", "30", "--duplicates", "text", "--json", "-q")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["paired"]["pairs"] == 30
    assert 0 < found["paired"]["changed"]["count"] < 30
    assert found["paired"]["flips"]["n"] == 30
    assert found["paired"]["flips"]["count"] == 0  # the original's score is one and the same here
    assert found["before"]["captions"] == found["now"]["captions"] == 30
    told = call("eval", "data", out, "--against", scenes, "--unseen", scenes, "--sample", "30")
    assert told.code == 0, told.err
    assert "drift" in told.out
    assert "30 of 30" in told.out  # every picture of the scenes is in the output


def test_decisions_are_those_of_each_run(tmp_path):
    scenes = tmp_path / "scenes"
    writing.write(scenes, 30, 81, 0.6)
    options = (f"backend_options.truth={scenes}", "backend_options.bias=-0.5")
    given = ("--backend", "oracle", "--set", options[0], "--set", options[1], "--workers", "1")
    for name, below in (("mild", "3"), ("strict", "5")):
        assert call("enhance", scenes, "-o", tmp_path / name, *given, "--set", f"rewrite.below={below}").code == 0
    found = measure(str(tmp_path / "strict"), Wanted(against=str(tmp_path / "mild"), sample=0))
    scores = [judged.values["overall"] for judged in read_judged(str(tmp_path / "mild"))]
    assert found.paired.flips.count == sum(3 <= score < 5 for score in scores) > 0


@pytest.mark.parametrize("against", ["before", SOURCE])
def test_a_role_that_no_caption_has_is_refused_with_those_there_are(tmp_path, against):
    one = captioned(tmp_path / "one", sentences(20))
    captioned(tmp_path / "before", sentences(20))
    done = call("eval", "data", one, "--of", "dcs", "--against", against if against == SOURCE else tmp_path / against)
    assert done.code == 2
    assert "no pair of" in done.err
    assert "a caption 'dcs'" in done.err
    assert "There are: alt" in done.err


def test_a_language_model_needs_something_to_compare(tmp_path):
    done = call("eval", "data", captioned(tmp_path / "in", ["a dog"]), "--lm", tmp_path)
    assert done.code == 2
    assert "--unseen" in done.err
    assert Wanted().against == SOURCE
