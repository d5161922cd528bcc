"""A stopped sweep goes on: what was looked at, read and trained is found again, and only where nothing has changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import hybrid_kept, hybrid_page, hybrid_scenes, hybrid_sweep
from benchmarks.hybrid_kept import Run
from burnish import proxy as proxies
from burnish.arms.exam import Exam
from burnish.arms.gallery import Gallery
from burnish.proxy import Epoch
from burnish.scenes import writing

SEEN = Gallery(rows={"a": 0, "b": 1}, seen=np.eye(2, dtype=np.float32))
EXAM = Exam(name="e", pictures=np.array([0, 1]), texts=("a cat", "a dog"), groups=np.array([0, 1]))
EPOCH = Epoch(pictures=np.array([0, 1]), texts=("a cat", "a dog"))


def test_a_training_is_made_once_and_read_as_it_was(tmp_path: Path) -> None:
    made = []

    def make() -> Run:
        made.append(1)
        hits = [np.array([1.0, 0.0, 1.0]), np.array([0.0])]
        return Run(trial=0.25, exam=1 / 3, measures={"e": {"r1": 0.5}}, hits=hits)

    first, again = (hybrid_kept.trained(tmp_path, "told", make) for _ in range(2))
    assert len(made) == 1
    assert (first.trial, first.exam, first.measures) == (again.trial, again.exam, again.measures) == (
        0.25, 1 / 3, {"e": {"r1": 0.5}},
    )  # fmt: skip
    assert [hit.tolist() for hit in again.hits] == [[1.0, 0.0, 1.0], [0.0]]
    hybrid_kept.trained(tmp_path, "other", make)
    assert len(made) == 2


def test_whatever_can_change_an_outcome_is_in_its_digest() -> None:
    proxy = proxies.load("frozen_towers")
    shared = hybrid_kept.about(proxy, SEEN, [EXAM], 1)
    others = [
        hybrid_kept.about(proxy, SEEN, [EXAM], 5),
        hybrid_kept.about(proxy, SEEN, [replace(EXAM, texts=("a cat", "a cow"))], 1),
        hybrid_kept.about(proxy, replace(SEEN, seen=2 * SEEN.seen), [EXAM], 1),
        hybrid_kept.about(type(proxy)(steps=2), SEEN, [EXAM], 1),  # type: ignore[call-arg]
    ]
    told = hybrid_kept.of(shared, [EPOCH], 0)
    runs = [hybrid_kept.of(other, [EPOCH], 0) for other in others]
    runs += [hybrid_kept.of(shared, [EPOCH], 1), hybrid_kept.of(shared, [EPOCH, EPOCH], 0)]
    runs.append(hybrid_kept.of(shared, [replace(EPOCH, texts=("a dog", "a cat"))], 0))
    runs.append(hybrid_kept.of(shared, [replace(EPOCH, pictures=np.array([1, 0]))], 0))
    assert len({told, *runs}) == len(runs) + 1
    assert hybrid_kept.of(hybrid_kept.about(proxy, SEEN, [EXAM], 1), [EPOCH], 0) == told


def test_pictures_are_looked_at_once_for_the_same_sources(tmp_path: Path) -> None:
    work, proxy = tmp_path / "work", proxies.load("frozen_towers")
    work.mkdir()
    for name, pairs in (("one", 3), ("two", 2)):
        writing.write(tmp_path / name, pairs, 5, 0.5)
    found = hybrid_kept.looked(work, [tmp_path / "one"], proxy)
    again = hybrid_kept.looked(work, [tmp_path / "one"], proxy)
    assert np.array_equal(found.seen, again.seen)
    assert len(list(work.iterdir())) == 1
    more = hybrid_kept.looked(work, [tmp_path / "one", tmp_path / "two"], proxy)
    assert len(list(work.iterdir())) == 2
    assert len(more.seen) >= len(found.seen) == 3


def test_what_a_proxy_knows_of_texts_is_found_by_the_same_proxy_alone(tmp_path: Path) -> None:
    proxy = proxies.load("frozen_towers")
    assert hybrid_kept.read(tmp_path, proxy) is proxy
    hybrid_kept.wrote(tmp_path, proxy)
    assert hybrid_kept.read(tmp_path, proxy).identity == proxy.identity
    other = type(proxy)(steps=2)  # type: ignore[call-arg]
    assert hybrid_kept.read(tmp_path, other) is other


@pytest.mark.slow
def test_a_sweep_goes_on_where_it_was_and_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="training needs the extra [train]")
    for part, pairs in (("TRAINED", 24), ("ASKED", 12), ("TRIED", 8)):
        monkeypatch.setattr(hybrid_scenes, part, (pairs, getattr(hybrid_scenes, part)[1]))
    monkeypatch.setattr(hybrid_scenes, "FAULTS", (0.4,))
    proxy = type(proxies.load("frozen_towers"))(steps=4, batch=8)  # type: ignore[call-arg]
    world = hybrid_scenes.world(tmp_path, proxy)
    whole = hybrid_sweep.swept(world, proxy, tmp_path, range(2), 1)
    kept = sorted((tmp_path / "trained").iterdir())
    assert len(kept) == whole["runs"] == 2 * (len(hybrid_sweep.SHARES) - 1 + 2)
    kept[3].unlink()
    when = {path: path.stat().st_mtime_ns for path in kept if path.exists()}
    fresh = hybrid_kept.read(tmp_path, type(proxy)(steps=4, batch=8))
    again = hybrid_sweep.swept(hybrid_scenes.world(tmp_path, fresh), fresh, tmp_path, range(2), 1)
    assert {path: path.stat().st_mtime_ns for path in when} == when
    assert kept[3].exists()
    untimed = [{key: value for key, value in found.items() if key != "seconds"} for found in (whole, again)]
    assert untimed[0] == untimed[1]
    assert "Best share inside" in hybrid_page.page(
        {"worlds": {"scenes": {**whole, "proxy": proxy.identity, "seeds": 2, "machine": {}}}}
    )
