"""A mix into a folder: counts, and what must not change them."""

import json
import math
import shutil
import subprocess
import sys
import tarfile
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from burnish.errors import PlanChanged, UsageError
from burnish.mixing import foresee, mix
from burnish.storage.verify import verify
from tests.mixing.mixtures import HALF, mixture
from tests.mixing.outputs import make, tree


def samples(folder: Path) -> list[dict]:
    """The json members of all tars, with the text that trains and the image's bytes."""
    found = []
    for path in sorted(folder.rglob("*.tar")):
        with tarfile.open(path) as tar:
            members = {m.name: tar.extractfile(m).read() for m in tar.getmembers()}
        for name, data in members.items():
            if name.endswith(".json"):
                stem = name.removesuffix(".json")
                row = json.loads(data)
                assert members[f"{stem}.txt"].decode() == row["text"]
                found.append({**row, "image": members[f"{stem}.jpg"]})
    return found


def by_role(folder: Path) -> Counter:
    return Counter(row["role"] for row in samples(folder))


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return make(tmp_path_factory.mktemp("known") / "out", shards=4, each=25)


@pytest.mark.parametrize("share", [0.5, 0.45, 0.1, 0.333])
def test_exact_counts_are_exact(known, tmp_path, share):
    toml = HALF.replace("ssc = 0.5", f"ssc = {share}").replace("alt = 0.5", f"alt = {1 - share}")
    found = mix(mixture(toml, known.path), str(tmp_path / "train"), workers=1)
    assert abs(by_role(tmp_path / "train")["ssc"] - share * known.pairs) <= 0.5
    assert found.samples == known.pairs
    assert found.largest.off <= 0.5 / known.pairs + 1e-9
    assert verify(str(tmp_path / "train")) == []


def test_drawn_counts_are_within_chance(tmp_path):
    out = make(tmp_path / "out", shards=2, each=300)
    wanted = mixture(HALF, out.path, head="exact = false")
    for seed in range(3):
        found = foresee(mixture(HALF, out.path, head=f"exact = false\nseed = {seed}"))
        ssc = next(share for share in found.shares if share.name == "ssc")
        assert abs(ssc.got - 0.5) <= 4 * math.sqrt(0.25 / out.pairs)
        assert ssc.margin == pytest.approx(1.96 * math.sqrt(0.25 / out.pairs))
    mix(wanted, str(tmp_path / "train"), workers=1)
    assert by_role(tmp_path / "train")["ssc"] == next(
        share.samples for share in foresee(wanted).shares if share.name == "ssc"
    )


def test_twenty_thousand_drawn_pairs_are_within_a_point(tmp_path):
    """The promise at n = 20,000, over the texts alone: 30 seeds."""
    from tests.mixing.populations import Population

    people = Population(tmp_path, {0b11: 20_000})
    off = [abs(people.role_share(seed, exact=False) - 0.5) for seed in range(30)]
    assert max(off) < 4.5 * math.sqrt(0.25 / 20_000)  # 1.6 points; a seed in 15,000 is farther
    assert sum(o < 0.01 for o in off) >= 27  # 99.5 % of seeds are within one point
    assert all(abs(people.role_share(seed, exact=True) - 0.5) < 1 / 20_000 for seed in range(3))


def test_images_are_untouched_and_all_captions_go_along(known, tmp_path):
    mix(mixture(HALF, known.path), str(tmp_path / "train"), workers=1)
    originals = {}
    for path in sorted(known.path.glob("*.tar")):
        with tarfile.open(path) as tar:
            for member in tar.getmembers():
                if member.name.endswith(".jpg"):
                    originals[member.name.removesuffix(".jpg")] = tar.extractfile(member).read()
    for row in samples(tmp_path / "train"):
        assert row["image"] == originals[row["source_key"]]
        number = int(row["source_key"])
        assert row["captions"] == {"alt": f"alt {number}", "ssc": f"short {number}"}
        assert row["text"] == row["captions"][row["role"]]
        assert row["score"] == (2.0 if row["role"] == "alt" else 1.0 + number % 5)


@pytest.mark.parametrize("epochs", [0.3, 1.0, 2.5, 3.0])
def test_repetition_is_exact(known, tmp_path, epochs):
    toml = f"{HALF}weight = {epochs}\n"
    found = mix(mixture(toml, known.path), str(tmp_path / "train"), workers=1)
    assert found.samples == round(epochs * known.pairs)
    times = Counter(row["source_key"] for row in samples(tmp_path / "train"))
    assert set(times.values()) <= {math.floor(epochs), math.ceil(epochs)}


def test_weights_by_score_of_pairs(known, tmp_path):
    toml = f'{HALF}[groups.all.scores]\nunscored = 0\nof = "ssc"\nweights = {{ "< 2" = 0, "2-4" = 0.5, ">= 4" = 2 }}\n'
    found = mix(mixture(toml, known.path), str(tmp_path / "train"), workers=1)
    # scores 1, 2, 3, 4, 5 in turn over 100 pairs: 20 below 2, 40 in 2-4, 40 from 4 on
    assert found.samples == 0 + 20 + 80
    assert found.repeats == {"data": {"< 2": 0.0, "2-4": 0.5, ">= 4": 2.0}}
    assert found.left_out == {"not_drawn": 40}


def test_weights_by_score_of_captions(known, tmp_path):
    """A role whose caption stands low is not there: the pair falls back."""
    toml = (
        '[groups.all]\nmissing = ["alt"]\n[groups.all.roles.ssc]\nweight = 1\n'
        '[groups.all.roles.ssc.scores]\nunscored = 1\nweights = { "< 4" = 0, ">= 4" = 1 }\n'
    )
    mix(mixture(toml, known.path), str(tmp_path / "train"), workers=1)
    for row in samples(tmp_path / "train"):
        assert row["role"] == ("ssc" if int(row["source_key"]) % 5 >= 3 else "alt")


def two(tmp_path, **more) -> tuple:
    return make(tmp_path / "a", shards=2, each=40), make(tmp_path / "b", shards=1, each=30, **more)


def test_shares_over_groups_and_sources(tmp_path):
    a, b = two(tmp_path)
    toml = (
        '[groups.web]\nweight = 3\nmissing = "renormalise"\nroles = { ssc = 1 }\nsources = { one = {} }\n'
        "[groups.own]\nweight = 1\nroles = { alt = 1 }\nsources = { two = {} }\n"
    )
    head = 'weights = "shares"\nsize = 200'
    found = mix(mixture(toml, f"one={a.path}", f"two={b.path}", head=head), str(tmp_path / "train"), workers=1)
    assert {share.name: share.samples for share in found.shares if share.within == "all"} == {"one": 150, "two": 50}
    assert by_role(tmp_path / "train") == {"ssc": 150, "alt": 50}


def test_shares_without_a_size_use_no_pair_twice(tmp_path):
    a, b = two(tmp_path)
    toml = "[groups.all]\nroles = { alt = 1 }\n[groups.all.sources]\none = { weight = 1 }\ntwo = { weight = 1 }\n"
    found = mix(mixture(toml, f"one={a.path}", f"two={b.path}", head='weights = "shares"'), str(tmp_path / "train"))
    assert {share.name: share.samples for share in found.shares if share.within == "all"} == {"one": 30, "two": 30}
    assert max(Counter((r["source"], r["source_key"]) for r in samples(tmp_path / "train")).values()) == 1


def test_a_share_of_what_the_limit_lets_nothing_of_in_is_said(tmp_path):
    a, b = two(tmp_path)
    toml = "[groups.all]\nroles = { alt = 1 }\n"
    made = mixture(toml, f"one={a.path}", f"two={b.path}", head='weights = "shares"')
    with pytest.raises(UsageError, match=r"two should give 50.0% .* among the first 5 of all.\nRaise the limit"):
        foresee(made, limit=5)


def test_more_copies_than_can_be_counted_are_refused(known, tmp_path):
    toml = f"{HALF}weight = 1000000\nsources = {{ web = {{ weight = 1000 }} }}\n"
    with pytest.raises(UsageError, match=r"a pair of web would train 1e\+09 times an epoch; 1,000,000 is the most"):
        foresee(mixture(toml, f"web={known.path}"))


def test_compensation_goes_by_the_pairs_that_train(tmp_path):
    """Only pairs with a short caption stand high enough; those that never train have no say in the weights."""
    out = make(tmp_path / "out", lambda n: {"ssc": ("s", 5.0 if n % 2 else 1.0)} if n % 4 else {}, shards=2, each=200)
    scores = '[groups.all.scores]\nunscored = 0\nof = "ssc"\nweights = { "< 3" = 0.1, ">= 3" = 2 }\n'
    toml = HALF.replace("renormalise", "compensate") + scores
    for head in ("exact = true", "exact = false"):
        found = foresee(mixture(toml, out.path, head=head))
        ssc = next(share for share in found.shares if share.name == "ssc")
        assert ssc.possible == pytest.approx(0.5, abs=0.03), head  # copies are drawn too: 4 sigma of 410


def some(number: int) -> dict:
    """Three of four pairs have a short synthetic caption."""
    return {"ssc": (f"short {number}", 3.0)} if number % 4 else {}


@pytest.mark.parametrize(
    ("missing", "counts", "left_out"),
    [
        ('"renormalise"', {"alt": 125, "ssc": 75}, {}),
        ('"compensate"', {"alt": 100, "ssc": 100}, {}),
        ('"drop"', {"alt": 100, "ssc": 75}, {"no_caption": 25}),
        ('["dsc", "alt"]', {"alt": 125, "ssc": 75}, {}),
        ('["dsc"]', {"alt": 100, "ssc": 75}, {"no_caption": 25}),
    ],
)
def test_what_is_done_where_a_role_is_missing(tmp_path, missing, counts, left_out):
    out = make(tmp_path / "out", some, shards=2, each=100)
    found = mix(mixture(HALF.replace('"renormalise"', missing), out.path), str(tmp_path / "train"), workers=1)
    assert by_role(tmp_path / "train") == counts
    assert found.left_out == left_out
    assert {share.name: share.possible for share in found.shares if share.name == "ssc"}["ssc"] == pytest.approx(
        counts["ssc"] / sum(counts.values())
    )


def test_a_share_that_cannot_be_reached_is_said(tmp_path):
    out = make(tmp_path / "out", lambda n: {"ssc": ("short", 3.0)} if n < 10 else {}, shards=1, each=100)
    found = mix(mixture(HALF.replace("renormalise", "compensate"), out.path), str(tmp_path / "train"), workers=1)
    assert by_role(tmp_path / "train")["ssc"] == 10
    assert abs(found.largest.off) == pytest.approx(0.4)


# --- what must not change it ------------------------------------------------------------------------------------


def choice(folder: Path) -> dict:
    return {(row["source_key"], row["turn"]): row["text"] for row in samples(folder)}


def test_workers_change_no_byte(known, tmp_path):
    for workers in (1, 2, 3):
        mix(mixture(HALF, known.path), str(tmp_path / f"w{workers}"), workers=workers)
    assert tree(tmp_path / "w1") == tree(tmp_path / "w2") == tree(tmp_path / "w3")


@pytest.mark.parametrize("exact", ["true", "false"])
def test_shards_and_their_order_change_no_choice(tmp_path, exact):
    """The same pairs in other shards, in another order, under another path: the same captions."""
    one = make(tmp_path / "one", shards=4, each=15)
    other = make(tmp_path / "sub" / "other", shards=2, each=30)
    renamed = shutil.copytree(one.path, tmp_path / "moved")
    head = f"exact = {exact}"
    for name, path in (("a", one.path), ("b", other.path), ("c", renamed)):
        mix(mixture(HALF + "weight = 1.5\n", path, head=head), str(tmp_path / name), workers=1)
    assert choice(tmp_path / "a") == choice(tmp_path / "b") == choice(tmp_path / "c")
    assert tree(tmp_path / "a") == tree(tmp_path / "c")


def test_another_seed_and_another_epoch_draw_anew(known, tmp_path):
    for name, head in (("a", ""), ("b", "seed = 1"), ("c", "epoch = 1")):
        mix(mixture(HALF, known.path, head=head), str(tmp_path / name), workers=1)

    roles = {name: {row["source_key"]: row["role"] for row in samples(tmp_path / name)} for name in "abc"}
    for other in "bc":
        same = sum(role == roles[other][key] for key, role in roles["a"].items())
        assert 25 <= same <= 75  # 50 +- 5 sigma


def test_epochs_are_the_copies_of_one_long_set(known, tmp_path):
    """Weight 2 at epoch 0 trains what epochs 0 and 1 train: drawn by hash the turns are the same."""
    mix(mixture(HALF + "weight = 2\n", known.path, head="exact = false"), str(tmp_path / "two"), workers=1)
    for epoch in (0, 1):
        head = f"exact = false\nepoch = {epoch}"
        mix(mixture(HALF, known.path, head=head), str(tmp_path / f"e{epoch}"), workers=1)
    assert choice(tmp_path / "two") == {**choice(tmp_path / "e0"), **choice(tmp_path / "e1")}


KILLED = """
import sys
from burnish.mixing import mix
from tests.mixing.mixtures import mixture, HALF
if __name__ == "__main__":
    mix(mixture(HALF, sys.argv[1]), sys.argv[2], workers=int(sys.argv[3]))
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_in_the_middle_it_goes_on_to_the_same_bytes(tmp_path, workers):
    out = make(tmp_path / "out", shards=12, each=40)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    mix(mixture(HALF, out.path), str(whole), workers=1)
    stopped = []
    for shards in (1, 4):
        process = subprocess.Popen([sys.executable, "-c", KILLED, out.path, killed, str(workers)])
        while process.poll() is None and committed(killed) < shards:
            time.sleep(0.001)
        process.kill()
        process.wait()
        stopped.append(committed(killed))
    assert 0 < stopped[0] < 12, "killed with some shards written and others not"
    mix(mixture(HALF, out.path), str(killed), workers=workers)
    assert verify(str(killed)) == []
    assert tree(killed) == tree(whole)


def committed(folder: Path) -> int:
    return sum(1 for _ in (folder / ".burnish" / "journal").glob("data/*.json"))


def test_going_on_counts_all_shards(known, tmp_path):
    first = mix(mixture(HALF, known.path), str(tmp_path / "train"), workers=1)
    (tmp_path / "train" / "data" / "00002.tar").unlink()
    assert mix(mixture(HALF, known.path), str(tmp_path / "train"), workers=1) == first
    assert verify(str(tmp_path / "train")) == []


def test_limit_takes_the_first_pairs(known, tmp_path):
    found = mix(mixture(HALF, known.path), str(tmp_path / "train"), workers=2, limit=30)
    assert (found.pairs, found.samples) == (30, 30)
    assert sorted(int(row["source_key"]) for row in samples(tmp_path / "train")) == list(range(30))
    assert foresee(mixture(HALF, known.path), limit=30).shares == found.shares


@settings(max_examples=12, deadline=None)
@given(
    roles=st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)).filter(any),
    weight=st.sampled_from([0.2, 0.5, 1, 1.7, 3]),
    missing=st.sampled_from(['"renormalise"', '"compensate"', '"drop"', '["alt"]']),
    exact=st.booleans(),
    seed=st.integers(0, 99),
)
def test_what_is_foreseen_is_what_comes(tmp_path_factory, roles, weight, missing, exact, seed):
    out = _shared(tmp_path_factory)
    alt, ssc, dsc = roles
    toml = f"[groups.g]\nweight = {weight}\nmissing = {missing}\nroles = {{ alt = {alt}, ssc = {ssc}, dsc = {dsc} }}\n"
    made = mixture(toml, out, head=f"exact = {str(exact).lower()}\nseed = {seed}")
    train = tmp_path_factory.mktemp("train") / "t"
    came = mix(made, str(train), workers=1)
    assert came.as_json() == foresee(made).as_json() | {"faults": 0}
    assert came.samples == len(samples(train))
    assert came.pairs == 60


def _shared(factory) -> Path:
    path = Path(factory.getbasetemp()) / "shared" / "out"
    if not path.exists():
        path.parent.mkdir()
        made = {0: {}, 1: {"ssc": ("s", 2.0)}, 2: {"ssc": ("s", 2.0), "dsc": ("d", 4.0)}}
        make(path, lambda number: made[number % 3], shards=2, each=30)
    return path


# --- refused ----------------------------------------------------------------------------------------------------


def test_another_mixture_needs_another_folder(known, tmp_path):
    mix(mixture(HALF, known.path), str(tmp_path / "train"), workers=1)
    with pytest.raises(PlanChanged, match=r"mix\.seed: 0 -> 1"):
        mix(mixture(HALF, known.path, head="seed = 1"), str(tmp_path / "train"), workers=1)


def test_an_unfinished_run_is_refused(known, tmp_path):
    copied = shutil.copytree(known.path, tmp_path / "copied")
    (copied / ".burnish" / "seal.json").unlink()
    with pytest.raises(UsageError, match="has not finished"):
        mix(mixture(HALF, copied), str(tmp_path / "train"))


def test_an_output_changed_since_is_refused(known, tmp_path):
    copied = shutil.copytree(known.path, tmp_path / "copied")
    shutil.copy(copied / "00000.tar", copied / "00001.tar")
    with pytest.raises(UsageError, match="do not agree"):
        mix(mixture(HALF, copied), str(tmp_path / "train"), workers=1)


def test_into_the_source_is_refused(known):
    with pytest.raises(UsageError):
        mix(mixture(HALF, known.path), str(known.path))


# --- other sources and places -----------------------------------------------------------------------------------


def test_what_cannot_be_read_is_in_quarantine_and_counted(tmp_path):
    from tests.cli.calls import lay_sample

    source = lay_sample(tmp_path / "in", "00000.tar", "broken-00000.tar")
    found = mix(mixture("[groups.all]\nroles = { alt = 1 }\nweight = 2\n", source), str(tmp_path / "train"), workers=1)
    # as `burnish inspect` counts them: 137 pairs; two without an image, a bad header, a member cut short
    assert (found.pairs, found.faults) == (137, 4)
    assert found.samples == 2 * (found.pairs - found.left_out["no_caption"])
    assert verify(str(tmp_path / "train")) == []
    assert (tmp_path / "train" / ".burnish" / "quarantine" / "data" / "broken-00000.tar.parquet").exists()


def test_from_and_to_any_filesystem(known, tmp_path):
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.put(str(known.path), "/mixing-out", recursive=True)
    here = mix(mixture(HALF, known.path), str(tmp_path / "train"), workers=1)
    there = mix(mixture(HALF, "memory://mixing-out"), "memory://mixing-train", workers=1)
    assert there == here
    shard = (tmp_path / "train" / "data" / "00001.tar").read_bytes()
    assert memory.cat("/mixing-train/data/00001.tar") == shard


def test_captions_of_an_output_without_its_records(known, tmp_path):
    """An output somebody copied without the hidden folder: captions and overall scores come from its own columns."""
    copied = shutil.copytree(known.path, tmp_path / "copied", ignore=shutil.ignore_patterns(".burnish"))
    for name, source in (("a", known.path), ("b", copied)):
        mix(mixture(HALF, source), str(tmp_path / name), workers=1)
    assert samples(tmp_path / "a") == samples(tmp_path / "b")
