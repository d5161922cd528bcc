"""``burnish eval arms`` as it is typed: a table, what follows, a page, and mistakes answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.arms.worlds import Known, make
from tests.cli.calls import call

PROXY = "tests.arms.worlds:Regressed"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return make(tmp_path_factory.mktemp("arms"), pairs=120, asked=40)


def test_one_command_trains_every_arm_and_says_what_came_of_it(known: Known, tmp_path: Path) -> None:
    common = ("-o", tmp_path / "out", "--exam", known.exam, "--proxy", PROXY, "--seeds", "3")
    done = call("eval", "arms", known.path, *common, "--sizes", "60,120", "--set", "drawn=200")
    assert done.code == 0, done.err
    for said in ("60 pairs", "120 pairs", "enhanced - raw", "raw again", "enhanced against filtered.", "The noise"):
        assert said in done.out
    assert f"{PROXY}: 48 of 48 trainings" in done.err
    assert "drawn=200" in (tmp_path / "out" / "page.html").read_text(encoding="utf-8")
    again = call("eval", "arms", known.path, *common, "--sizes", "120", "--set", "drawn=200", "--json", "-q")
    assert again.code == 0, again.err
    found = json.loads(again.out)
    assert list(found["proxies"][PROXY]["sizes"]) == ["120"]
    assert found["below"] == 2.5
    verified = call("verify", tmp_path / "out")
    assert verified.code == 0, verified.out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--proxy", "tiny_clap"), "tiny_clip"),
        (("--sizes", "many"), "--sizes takes numbers"),
        (("--proxy", "frozen_towers,tiny_clip", "--set", "steps=3"), "--set is for one proxy"),
        (("--set", "warp=3", "--proxy", PROXY), "warp"),
        (("--held-out", "2"), "--held-out"),
    ],
)
def test_wrong_uses_are_answered(known: Known, tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    done = call("eval", "arms", known.path, "-o", tmp_path / "out", "--exam", known.exam, *more)
    assert done.code == 2
    assert said in done.err
    assert not (tmp_path / "out").exists()


def test_another_exam_needs_another_folder(known: Known, tmp_path: Path) -> None:
    common = ("-o", tmp_path / "out", "--proxy", PROXY, "--seeds", "2", "--sizes", "100", "--arm", "enhanced")
    assert call("eval", "arms", known.path, *common, "--exam", known.exam).code == 0
    done = call("eval", "arms", known.path, *common, "--exam", f"caption={known.exam}", "--exam", known.exam)
    assert done.code == 2
    assert "another plan" in done.err
