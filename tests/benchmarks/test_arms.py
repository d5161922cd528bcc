"""The benchmark's own decisions: what is trained once, what is kept of looks and texts, which worlds there are."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import arms, arms_page, arms_scenes
from burnish import api
from burnish.arms import asked, contest
from burnish.arms.contest import Contest
from burnish.backends.builtin.backend import BuiltinBackend
from burnish.proxy import Epoch
from burnish.proxy.frozen_towers import FrozenTowers
from burnish.scenes import compose, writing
from tests.arms.worlds import Regressed, make, rows
from tests.proxy.lessons import toy

SVG = "{http://www.w3.org/2000/svg}"


def test_the_same_samples_and_seed_are_trained_once() -> None:
    proxy = Regressed()
    remembering, lesson = arms.Remembering(proxy), toy(60, seed=1)
    seen = remembering.look(lesson.pictures)
    epoch = Epoch(pictures=rows(lesson.texts), texts=lesson.texts)
    one = remembering.train(seen, (epoch,), 0)
    assert remembering.train(seen, (replace(epoch),), 0) is one
    assert remembering.train(seen, (epoch,), 1) is not one
    other = replace(epoch, texts=("a red square", *lesson.texts[1:]))
    assert remembering.train(seen, (other,), 0) is not one
    turned = replace(epoch, pictures=epoch.pictures[::-1].copy())
    assert remembering.train(seen, (turned,), 0) is not one
    assert proxy.trained == 4


def test_pictures_are_looked_at_once(tmp_path: Path) -> None:
    known = make(tmp_path, pairs=20, asked=10)
    sources = [str(known.path), str(known.exam)]
    first = arms.Looked(tmp_path)(sources, Regressed())
    again = arms.Looked(tmp_path)(["elsewhere", str(known.exam)], Regressed())
    assert again.rows == first.rows
    assert (again.seen == first.seen).all()
    assert len(first.rows) == len(np.unique(first.seen, axis=0)) == 30
    other = Regressed(drawn=7)
    other.look = lambda pictures: 2 * Regressed().look(pictures)
    assert (arms.Looked(tmp_path)(sources, other).seen == 2 * first.seen).all()


def test_what_a_proxy_knows_of_texts_is_for_that_proxy_alone(tmp_path: Path) -> None:
    proxy = arms.remembering("frozen_towers", tmp_path)
    proxy.proxy._texts["a red square"] = np.ones(384, np.float32)
    arms.put_away(proxy, tmp_path)
    assert "a red square" in arms.remembering("frozen_towers", tmp_path).proxy._texts
    assert [file.name.startswith("proxy-frozen_towers-") for file in tmp_path.iterdir()] == [True]
    other = arms.Remembering(FrozenTowers(steps=7))
    arms.put_away(other, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_what_another_model_judged_is_not_taken(tmp_path: Path) -> None:
    writing.write(tmp_path / "scenes", 6, 1, 0.6)
    older = tmp_path / "scenes-builtin-000000000000-editor1"
    older.mkdir()
    made = arms_scenes.by_built_in(tmp_path, tmp_path / "scenes")
    assert made.name == f"scenes-{BuiltinBackend({}).identity}" != older.name
    assert sum(1 for _ in api.open(made)) == 6
    assert not any(older.iterdir())


def test_one_page_holds_all_worlds_and_the_faults_beside_each_other(tmp_path: Path) -> None:
    worlds: dict[str, dict[str, dict[str, object]]] = {}
    for fault in (0.0, 0.2):
        known = make(tmp_path / f"made-{fault}", pairs=60, asked=30)
        found = contest.run(
            Contest(
                source=str(known.path),
                output=str(tmp_path / f"out-{fault}"),
                exams=asked.read([str(known.exam)]),
                proxies={"regressed": Regressed()},
                seeds=2,
                sizes=(30, 60),
            )
        )
        worlds[f"scenes, {fault:.0%}"] = {"regressed": {**found, "what": "half are wrong", "fault": fault}}
    arms_page.write({"machine": {"cores": 1}, "worlds": worlds}, tmp_path)
    text = (tmp_path / "arms.md").read_text(encoding="utf-8")
    assert [
        text.count(f"| scenes, {fault}, regressed | {size} |") for fault in ("0%", "20%") for size in (30, 60)
    ] == 4 * [1]
    assert "Measured on: cores 1." in text
    drawn = ET.fromstring((tmp_path / "arms.svg").read_text(encoding="utf-8"))
    assert "By the oracle's faults, regressed" in [node.text for node in drawn.iter(f"{SVG}text")]
    assert len(drawn.findall(f"{SVG}g")) == 3
    html = (tmp_path / "arms.html").read_text(encoding="utf-8")
    assert html.index("enhanced - raw") < html.index("<h2>")
    assert "half are wrong" in html


def test_of_the_scenes_alt_texts_two_thirds_are_spoilt_and_what_exams_ask_for_is_true() -> None:
    pairs, seed = arms_scenes.TRAINED
    kinds = [compose.scene(seed, number, arms_scenes.NOISE).alt.kind for number in range(300)]
    assert 0.6 < np.mean([kind != "clean" for kind in kinds]) < 0.75
    assert arms_scenes.ASKED[1] != seed
    asked = [compose.scene(arms_scenes.ASKED[1], number, 0.0) for number in range(50)]
    assert {scene.alt.kind for scene in asked} <= {"clean", "partly_true"}
    assert not any(name in scene.alt.repaired for scene in asked for name in scene.alt.false_names)
    assert max(arms_scenes.SIZES) == pairs
