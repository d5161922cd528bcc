"""Arms that are better by construction come out better, those that are alike do not, and nothing is trained twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from burnish.arms import asked, contest, pool
from burnish.arms.contest import Contest
from burnish.arms.training import AGAIN, CONTROL
from burnish.errors import Interrupted, StopError, UsageError
from burnish.mixing import MixedPairs
from burnish.storage.verify import verify
from tests.arms.worlds import Known, Regressed, Told, make

SIZES = (60, 120, 240)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return make(tmp_path_factory.mktemp("arms"))


def of(known: Known, output: Path, **more: Any) -> Contest:
    wanted: dict[str, Any] = {"proxies": {"regressed": Regressed()}, "sizes": SIZES, **more}
    wanted.setdefault("exams", asked.read([str(known.exam)]))
    return Contest(source=str(known.path), output=str(output), **wanted)


@pytest.fixture(scope="module")
def held(known: Known, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    output = tmp_path_factory.mktemp("held") / "out"
    return output, contest.run(of(known, output))


def gap(found: dict[str, Any], size: int, one: str, other: str = "raw") -> dict[str, Any]:
    rows = found["proxies"]["regressed"]["sizes"][str(size)]["gaps"]
    return next(row for row in rows if (row["one"], row["other"]) == (one, other))


def test_what_is_better_by_construction_comes_out_better(held: tuple[Path, dict[str, Any]]) -> None:
    found = held[1]
    for one, other in (("enhanced", "raw"), ("filtered", "raw"), ("recaptioned", "raw"), ("hybrid", "raw")):
        assert gap(found, 240, one, other)["said"] == "better, beyond both errors", (one, other)
    assert gap(found, 240, "enhanced", "recaptioned")["mean"] > 0  # a quarter of the captions err
    assert gap(found, 60, "enhanced", "filtered")["mean"] > 0  # twice as many pictures
    assert gap(found, 240, "filtered", "random_subset")["said"] == "better, beyond both errors"


def test_noise_is_not_told_apart_and_shuffled_texts_are_chance(held: tuple[Path, dict[str, Any]]) -> None:
    sizes = held[1]["proxies"]["regressed"]["sizes"]
    for size in SIZES:
        assert abs(gap(held[1], size, AGAIN)["mean"]) < 0.05
        control = sizes[str(size)]["arms"][CONTROL]
        assert abs(control["mean"] - held[1]["chance"]) < 0.1


def test_arms_of_a_pool_have_the_same_volume_of_as_many_pairs_as_are_theirs(held: tuple[Path, dict[str, Any]]) -> None:
    for size in SIZES:
        arms = held[1]["proxies"]["regressed"]["sizes"][str(size)]["arms"]
        for name, arm in arms.items():
            assert arm["samples"] == pytest.approx(size, rel=0.15), (size, name)
            part = 0.5 if name in {"filtered", "random_subset"} else 1.0
            assert arm["pictures"] == pytest.approx(size * part, rel=0.25), (size, name)


def test_what_was_trained_on_is_a_mixture_that_anybody_can_train_on(
    known: Known, held: tuple[Path, dict[str, Any]]
) -> None:
    streams = {}
    for name in ("filtered-120", "raw-120", "raw-240"):
        pairs = MixedPairs(str(held[0] / "mixtures" / f"{name}.toml"))
        streams[name] = [list(pairs) for _ in range(4)]  # epochs
    assert [len(epoch) for epoch in streams["filtered-120"]] == pytest.approx([120] * 4, rel=0.2)
    assert all(s["text"] == known.right[int(s["key"])] for epoch in streams["filtered-120"] for s in epoch)
    keys = {name: {s["key"] for epoch in epochs for s in epoch} for name, epochs in streams.items()}
    assert len(keys["raw-240"]) == 240
    assert keys["filtered-120"] < keys["raw-120"] < keys["raw-240"]


def test_the_output_verifies_and_holds_a_page_that_needs_nothing_else(held: tuple[Path, dict[str, Any]]) -> None:
    assert verify(str(held[0])) == []
    page = (held[0] / "page.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert not {"src=", "href=", "@import", "url("} & set(page.split('"'))
    assert json.loads((held[0] / ".burnish" / "summary.json").read_text())["proxies"] == held[1]["proxies"]


def test_a_stopped_contest_goes_on_and_more_seeds_train_only_themselves(
    known: Known, held: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    proxy = Regressed()
    proxy.stop_after = 7
    wanted = of(known, tmp_path / "out", proxies={"regressed": proxy}, seeds=2, sizes=(240,))
    with pytest.raises(Interrupted):
        contest.run(wanted)
    proxy.stop_after = 10**9
    few = contest.run(wanted)
    assert proxy.trained == 2 * 8
    assert contest.run(wanted) == few
    assert proxy.trained == 2 * 8
    whole = contest.run(replace(wanted, seeds=5, sizes=SIZES))
    assert proxy.trained == 3 * 5 * 8
    assert whole["proxies"] == held[1]["proxies"]


def test_two_workers_find_the_same(known: Known, held: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    found = contest.run(of(known, tmp_path / "out", workers=2, sizes=(240,)))
    assert found["proxies"]["regressed"]["sizes"]["240"] == held[1]["proxies"]["regressed"]["sizes"]["240"]


def test_a_damaged_training_is_said(known: Known, tmp_path: Path) -> None:
    wanted = of(known, tmp_path / "out", seeds=2, sizes=(240,))
    contest.run(wanted)
    file = next((tmp_path / "out" / "runs").iterdir())
    file.write_bytes(b"x" * file.stat().st_size)
    with pytest.raises(StopError, match="damaged"):
        contest.run(wanted)


def same(number: int, right: Any, lots: Any) -> Told:
    return Told(alt=right[number], score=4.0 if number % 2 else None)


def test_where_enhance_changed_nothing_there_is_no_difference_at_all(tmp_path: Path) -> None:
    found = contest.run(of(make(tmp_path / "same", same), tmp_path / "out", sizes=(240,), seeds=3))
    told = gap(found, 240, "enhanced")
    assert (told["mean"], told["half"], told["said"]) == (0.0, 0.0, "not told apart")
    assert set(found["left_out"]) == {"filtered", "random_subset", "recaptioned", "hybrid"}
    assert "synthetic" in found["left_out"]["hybrid"]
    assert "everything reaches" in found["left_out"]["filtered"]


def test_no_arm_trains_on_a_picture_of_the_exam(known: Known, tmp_path: Path) -> None:
    exams = asked.read([str(known.path)], str(known.path), held_out=0.3)
    found = contest.run(replace(of(known, tmp_path / "out", sizes=(100,), seeds=2), exams=exams))
    held_out = {one.image_xxh128 for one in exams[0].questions}
    assert found["held_out"] == len(held_out) == 240 - found["pairs"]
    keys = {sample["key"] for sample in MixedPairs(str(tmp_path / "out" / "mixtures" / "raw-100.toml"))}
    asked_keys = {pair.key for pair in asked.pairs(str(known.path)) if asked.digest(pair) in held_out}
    assert len(asked_keys) == len(held_out)
    assert not keys & asked_keys


def test_two_exams_of_texts_count_alike(known: Known, tmp_path: Path) -> None:
    exams = asked.read([str(known.exam), str(known.path)], str(known.path), held_out=0.3)
    found = contest.run(replace(of(known, tmp_path / "out", sizes=(100,), seeds=2), exams=exams))
    assert set(found["exams"]) == {"text", "text 2"}
    raw = found["proxies"]["regressed"]["sizes"]["100"]["arms"]["raw"]
    assert set(raw["measures"]) == {"text", "text 2"}
    with pytest.raises(UsageError, match="called 'text'"):
        of(known, tmp_path / "out", exams=(exams[0], exams[0]))


def test_an_arm_of_ones_own_takes_part(known: Known, tmp_path: Path) -> None:
    own = tmp_path / "short_first.toml"
    own.write_text('[groups.web]\nmissing = "drop"\nroles = { ssc = 0.9, alt = 0.1 }\n')
    found = contest.run(of(known, tmp_path / "out", arms=(str(own),), sizes=(240,), seeds=2))
    arms = found["proxies"]["regressed"]["sizes"]["240"]["arms"]
    assert set(arms) == {"raw", "short_first", AGAIN, CONTROL}
    assert arms["short_first"]["samples"] == 240


def test_an_arm_that_reads_something_else_is_refused(known: Known, tmp_path: Path) -> None:
    own = tmp_path / "else.toml"
    own.write_text('[groups.web]\nroles = { alt = 1 }\n[groups.web.sources]\nx = { path = "elsewhere" }\n')
    with pytest.raises(UsageError, match="all arms read"):
        contest.run(of(known, tmp_path / "out", arms=(str(own),)))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sizes": (500,)}, "20 to 240"),
        ({"arms": ("enhansed",)}, "enhanced"),
        ({"caption": "dsc"}, "ssc"),
        ({"seeds": 1}, "2 seeds"),
    ],
)
def test_what_cannot_be_is_said_with_what_can(known: Known, tmp_path: Path, more: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        contest.run(of(known, tmp_path / "out", **more))
    assert not (tmp_path / "out").exists()


def test_the_thresholds_are_the_runs_own_unless_one_is_given(known: Known, tmp_path: Path) -> None:
    found = contest.run(of(known, tmp_path / "a", sizes=(240,), seeds=2, arms=("filtered",)))
    assert (found["below"], found["kept"]) == (2.5, 0.5)
    other = contest.run(of(known, tmp_path / "b", sizes=(240,), seeds=2, arms=("filtered",), below=1.0))
    assert other["left_out"].keys() == {"filtered"}


def test_parts_that_are_too_small_are_no_pools_unless_they_are_asked_for() -> None:
    assert pool.sizes((), 240) == (60, 120, 240)
    assert pool.sizes((), 79) == (39, 79)
    assert pool.sizes((), 20) == (20,)
    with pytest.raises(UsageError, match="20 to 79 pairs here, not 19"):
        pool.sizes((39, 19), 79)


def test_differences_in_the_mixture_alone_change_the_volume_by_chance_only(held: tuple[Path, dict[str, Any]]) -> None:
    arms = held[1]["proxies"]["regressed"]["sizes"]["240"]["arms"]
    by_seed = np.array([arm["by_seed"] for arm in arms.values()])
    assert by_seed.shape == (8, 5)
    assert (by_seed.std(axis=1) > 0).all()
