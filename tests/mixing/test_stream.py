"""`MixedPairs`: the same samples whoever reads, and the following ones after any stop."""

import math
import pickle
from collections import Counter
from importlib.resources import files
from itertools import islice

import pytest

from burnish import tokens
from burnish.errors import UsageError
from burnish.mixing import MixedPairs
from burnish.passes.quotas import Wanted, quotas
from burnish.passes.sources import given
from tests.mixing.mixtures import HALF
from tests.mixing.outputs import make

SCORED = '[groups.all.scores]\nunscored = 1\nof = "ssc"\nweights = { "< 3" = 0.5, ">= 3" = 1.5 }\n'


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return make(tmp_path_factory.mktemp("known") / "out", shards=7, each=9)


@pytest.fixture(scope="module")
def toml(tmp_path_factory):
    path = tmp_path_factory.mktemp("toml") / "mixture.toml"
    path.write_text(HALF + "weight = 1.5\n" + SCORED)
    return str(path)


def seen(samples):
    return [(s["key"], s["turn"], s["role"], s["text"], s["position"]) for s in samples]


def what(samples):
    return Counter((s["key"], s["turn"], s["role"], s["text"]) for s in samples)


def test_an_epoch_is_the_same_whoever_reads_it(known, toml):
    alone = list(MixedPairs(toml, [str(known.path)], lanes=3))
    again = list(MixedPairs(toml, [str(known.path)], lanes=3))
    assert seen(alone) == seen(again)
    for world in (2, 3):
        parts = [list(MixedPairs(toml, [str(known.path)], rank=rank, world=world)) for rank in range(world)]
        assert sum((what(part) for part in parts), Counter()) == what(alone)


def test_epochs_draw_anew_and_in_another_order(known, toml):
    stream = MixedPairs(toml, [str(known.path)])
    first, second = list(stream), list(stream)
    assert [s["key"] for s in first] != [s["key"] for s in second]
    roles = [{s["key"]: s["role"] for s in epoch} for epoch in (first, second)]
    assert any(roles[0][key] != roles[1][key] for key in roles[0].keys() & roles[1].keys())
    again = MixedPairs(toml, [str(known.path)])
    again.set_epoch(1)
    assert seen(again) == seen(second)


def test_shares_are_those_of_the_mixture_up_to_chance(tmp_path):
    out = make(tmp_path / "out", shards=4, each=300)
    path = tmp_path / "m.toml"
    path.write_text(HALF)
    stream = MixedPairs(str(path), [str(out.path)])
    roles = Counter(sample["role"] for _ in range(3) for sample in stream)
    assert roles.total() == 3600
    assert abs(roles["ssc"] / 3600 - 0.5) < 5 * math.sqrt(0.25 / 3600)


def test_after_a_stop_at_any_sample_the_rest_follows(known, toml):
    whole = seen(MixedPairs(toml, [str(known.path)]))
    for stop in range(0, len(whole) + 1, 13):
        stream = MixedPairs(toml, [str(known.path)])
        taken = list(islice(iter(stream), stop))
        state = pickle.loads(pickle.dumps(stream.state_dict()))
        resumed = MixedPairs(toml, [str(known.path)])
        resumed.load_state_dict(state)
        assert seen(taken) + seen(resumed) == whole


def test_per_part_gives_every_worker_as_many(known, toml):
    alone = len(list(MixedPairs(toml, [str(known.path)])))
    for number in (5, alone, 3 * alone):
        for rank in range(2):
            stream = MixedPairs(toml, [str(known.path)], rank=rank, world=2, per_part=number)
            found = list(stream)
            assert len(found) == number
    assert len({(s["key"], s["turn"]) for s in found}) == len(found), "what fills an epoch up is drawn at other turns"


def test_more_workers_than_shards_is_said_where_it_would_hang(known, toml):
    stream = MixedPairs(toml, [str(known.path)], rank=8, world=9, per_part=3)
    with pytest.raises(UsageError, match="fewer shards than workers"):
        list(stream)
    assert list(MixedPairs(toml, [str(known.path)], rank=8, world=9)) == []


def test_without_samples_the_reason_is_said(known, tmp_path):
    path = tmp_path / "m.toml"
    path.write_text('[groups.all]\nmissing = "drop"\nroles = { dsc = 1 }\n')
    with pytest.raises(UsageError, match=r"none in 16 turns of its 7 shards.\nTheir pairs lack captions"):
        list(MixedPairs(str(path), [str(known.path)], per_part=4))


def test_a_turn_without_a_sample_does_not_end_a_stream(tmp_path):
    """Nine pairs of weight 0.05: two of three turns are empty, the number is reached all the same."""
    out = make(tmp_path / "out", shards=1, each=9)
    path = tmp_path / "m.toml"
    path.write_text(HALF + "weight = 0.05\n")
    assert len(list(MixedPairs(str(path), [str(out.path)], per_part=12))) == 12


def test_every_sentence_is_reached_in_as_many_epochs(tmp_path):
    sentences = ["A dog runs on the sand.", "The sea is grey.", "Two gulls sit on a post.", "It is cold."]
    out = make(tmp_path / "out", lambda _: {"dsc": (" ".join(sentences), 3.0)}, shards=1, each=10)
    path = tmp_path / "m.toml"
    path.write_text('[text]\nmax_tokens = 12\nlong = "sentence"\n[groups.all]\nmissing = "drop"\nroles = { dsc = 1 }\n')
    stream = MixedPairs(str(path), [str(out.path)])
    reached: dict[str, set[str]] = {}
    for _ in sentences:
        for sample in stream:
            reached.setdefault(sample["key"], set()).add(sample["text"])
    assert len(reached) == 10
    assert all(texts == set(sentences) for texts in reached.values())


def test_rank_and_world_come_from_the_environment(known, toml, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "3")
    assert seen(MixedPairs(toml, [str(known.path)])) == seen(MixedPairs(toml, [str(known.path)], rank=1, world=3))


@pytest.mark.parametrize(
    ("more", "said"),
    [({"rank": 3, "world": 3}, "ranks count from 0"), ({"lanes": 0}, "lanes must be"), ({"per_part": -1}, "per_part")],
)
def test_wrong_numbers(known, toml, more, said):
    with pytest.raises(UsageError, match=said):
        MixedPairs(toml, [str(known.path)], **more)


def test_a_state_of_something_else_is_refused(known, toml, tmp_path):
    other = make(tmp_path / "other", shards=2, each=3)
    stream = MixedPairs(toml, [str(known.path)])
    list(islice(iter(stream), 3))
    with pytest.raises(UsageError, match="another mixture"):
        MixedPairs(toml, [str(other.path)]).load_state_dict(stream.state_dict())
    elsewhere = MixedPairs(toml, [str(known.path)], rank=0, world=2)
    elsewhere.load_state_dict(stream.state_dict())
    with pytest.raises(UsageError, match="taken with 1 workers over all ranks, now there are 2"):
        next(iter(elsewhere))


def test_a_state_under_another_keep_is_refused(tmp_path):
    out, path = make(tmp_path / "out", lambda _: {"ssc": ("There is a cat.", 3.0)}, shards=2, each=9), tmp_path / "m"
    for most in (4, 8):
        quotas(given([str(out.path)]), Wanted(by="object", of="ssc", at_most=most), str(tmp_path / f"of-{most}"))

    def stream(most: int) -> MixedPairs:
        source = f'{{ path = "{out.path}", keep = "{tmp_path}/of-{most}" }}'
        path.write_text(f"{HALF}sources = {{ data = {source} }}\n")
        return MixedPairs(str(path))

    first = stream(4)
    list(islice(iter(first), 2))
    stream(4).load_state_dict(first.state_dict())
    with pytest.raises(UsageError, match="keep names have changed"):
        stream(8).load_state_dict(first.state_dict())


def test_a_state_under_another_tokenizer_is_refused(known, tmp_path):
    """The same path with another content: long captions would be parted elsewhere."""
    own = tmp_path / "tokenizer.json"
    content = (files("burnish.backends.builtin") / "weights" / "tokenizer.json").read_text(encoding="utf-8")
    path = tmp_path / "m.toml"
    path.write_text(f'[text]\ntokenizer = "{own}"\n{HALF}')
    own.write_text(content, encoding="utf-8")
    state = MixedPairs(str(path), [str(known.path)]).state_dict()
    own.write_text(content + "\n", encoding="utf-8")
    tokens.load.cache_clear()
    with pytest.raises(UsageError, match="tokenizer"):
        MixedPairs(str(path), [str(known.path)]).load_state_dict(state)


def test_importing_the_package_and_the_stream_takes_no_torch():
    import subprocess
    import sys

    code = "import sys; from burnish.mixing import Mixture, stream; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_needs_the_whole_set_is_known_beforehand(tmp_path):
    """Compensation and levels: the same in the stream as in a written set, up to the draw."""
    made = make(tmp_path / "out", lambda n: {"ssc": ("s", 1 + n % 7)} if n % 4 else {}, shards=4, each=100)
    path = tmp_path / "m.toml"
    path.write_text(HALF.replace("renormalise", "compensate") + "[levels]\ncount = 2\n")
    found = [sample for _ in range(4) for sample in MixedPairs(str(path), [str(made.path)])]
    assert len(found) == 1600
    share = sum(sample["role"] == "ssc" for sample in found) / len(found)
    assert abs(share - 0.5) < 5 * math.sqrt(0.25 / 1600)
    assert {sample["alignment"] for sample in found} == {1, 2}
