"""How shards are grouped into tasks, and what may be said about a cluster."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish import engines
from burnish import plan as plans
from burnish.engines._ray import cluster
from burnish.engines._ray.groups import MAX_SHARDS, Groups
from burnish.engines._ray.options import Options
from burnish.errors import UsageError
from burnish.values import Shard


def shards(sizes: list[int]) -> list[Shard]:
    return [Shard(name=f"{i:05d}.tar", path="", size=size, tag="") for i, size in enumerate(sizes)]


def test_the_first_groups_are_single_and_later_ones_last_as_long_as_wanted() -> None:
    groups = Groups(shards([100] * 10_000), task_s=20.0, workers=2)
    first = groups.next()
    assert len(first) == 1
    assert len(groups.next()) == 1
    groups.took(first, 0.5)
    assert len(groups.next()) == 40


def test_towards_the_end_groups_get_small_so_that_all_workers_end_together() -> None:
    groups = Groups(shards([100] * 101), task_s=1_000.0, workers=4)
    groups.took(groups.next(), 1.0)
    sizes = []
    while group := groups.next():
        sizes.append(len(group))
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 12  # an eighth of what is left
    assert sizes[-4:] == [1, 1, 1, 1]


def test_a_group_is_bounded_however_quick_shards_are() -> None:
    groups = Groups(shards([1] * 50_000), task_s=20.0, workers=1)
    groups.took(groups.next(), 1e-6)
    assert len(groups.next()) <= MAX_SHARDS


def test_what_was_put_back_comes_first_and_alone() -> None:
    groups = Groups(shards([5] * 100), task_s=20.0, workers=1)
    given_out = groups.next()
    groups.took(given_out, 0.001)
    more = groups.next()
    groups.put_back(more[:2])
    assert [groups.next(), groups.next()] == [more[:1], more[1:2]]


@given(
    sizes=st.lists(st.integers(0, 10**9), max_size=200),
    seconds=st.lists(st.floats(0, 100), min_size=1, max_size=20),
    workers=st.integers(1, 64),
)
def test_every_shard_is_handed_out_once_in_order(sizes: list[int], seconds: list[float], workers: int) -> None:
    groups = Groups(shards(sizes), task_s=20.0, workers=workers)
    seen: list[str] = []
    turn = 0
    while groups:
        group = groups.next()
        assert group
        seen += [shard.name for shard in group]
        groups.took(group, seconds[turn % len(seconds)])
        turn += 1
    assert seen == [shard.name for shard in shards(sizes)]


def of(**options: str) -> Options:
    return Options.of(plans.build({"source": "x", "engine": "ray", "engine_options": options}))


def test_options_of_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert of().is_own
    assert of().needs == {"CPU": 1.0}
    assert of(num_gpus="0.25", num_cpus="3").needs == {"CPU": 3.0, "GPU": 0.25}
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.1:6379")
    assert of().address == "10.0.0.1:6379"
    assert of(address="ray://there:10001").address == "ray://there:10001"
    assert "RAY_ADDRESS" in os.environ


def test_a_worker_takes_a_core_for_each_of_its_decoders() -> None:
    plan = plans.build({"source": "x", "engine": "ray", "decoders": 4, "engine_options": {"num_gpus": 1}})
    assert Options.of(plan).needs == {"CPU": 4.0, "GPU": 1.0}


@pytest.mark.parametrize("wrong", [{"gpus": "1"}, {"num_gpus": "one"}, {"num_cpus": "-1"}, {"task_s": "nan"}])
def test_wrong_options_are_refused_by_name(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        of(**wrong)


def test_how_it_runs_is_no_part_of_the_fingerprint() -> None:
    plain = plans.build({"source": "x"})
    other = plans.build(
        {"source": "x", "engine": "ray", "engine_options": {"num_gpus": 1}, "decoders": 3, "workers": 9}
    )
    assert plain.semantic() == other.semantic()


def test_engines_are_found_by_their_files_and_unknown_ones_refused() -> None:
    assert engines.names() == ["local", "ray"]
    with pytest.raises(UsageError, match="Choose from: local, ray"):
        engines.run(plans.build({"source": "x", "output": "y", "engine": "spark"}))


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"engine": "local", "engine_options": {"address": "x"}}, "takes no engine_options"),
        ({"engine": "ray", "source": "memory://here"}, "memory of this process"),
        ({"engine": "ray", "source": "/nowhere"}, "nowhere"),
    ],
)
def test_what_cannot_work_is_said_before_a_cluster_is_started(settings: dict[str, object], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        engines.run(plans.build({"source": "x", "output": "/nowhere/out", **settings}))


def test_a_live_model_does_not_travel() -> None:
    from burnish.backends.fake import FakeBackend

    with pytest.raises(UsageError, match="module:object"):
        engines.run(plans.build({"source": "x", "output": "y", "engine": "ray"}), backend=FakeBackend({}))


class Head:
    """A cluster that gives up so many times before it lets somebody in."""

    def __init__(self, gives_up: int, why: str) -> None:
        self.asked = 0
        self._gives_up, self._why = gives_up, why

    def init(self, **_: object) -> None:
        self.asked += 1
        if self.asked <= self._gives_up:
            raise ConnectionError(self._why)


def test_a_head_that_is_too_slow_is_asked_again_and_one_that_is_not_there_once() -> None:
    late = "Initialization failure from server: RuntimeError: Starting Ray client server failed. See a log."
    slow, slower, nowhere = Head(2, late), Head(9, late), Head(1, "ray client connection timeout")
    cluster._join(slow, "ray://there:10001", {})
    assert slow.asked == 3
    for head, times in ((slower, 3), (nowhere, 1)):
        with pytest.raises(ConnectionError):
            cluster._join(head, "ray://there:10001", {})
        assert head.asked == times
