"""Hazard 72: a model or a data set that changed under the same name is noticed by its digest and refused.

The model of a server is watched by its name and by fixed questions: hazards 45 and 47.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from burnish import plan as plans
from burnish.backends.builtin import manifest
from burnish.backends.builtin.backend import BuiltinBackend
from burnish.backends.function import FunctionBackend
from burnish.chat.local.identity import EDGE_BYTES, STEP_BYTES, digest
from burnish.engines import local
from burnish.errors import PlanChanged
from burnish.storage.files import LocalFiles
from burnish.storage.plan_file import read_plan
from burnish.storage.verify import verify
from tests.shards import write_shard
from tests.storage.job import tree

TEXTS = [f"caption {i}" for i in range(5)]


@pytest.fixture
def checkpoint(tmp_path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "x"}')
    (folder / "tokenizer.json").write_text("{}")
    (folder / "chat_template.jinja").write_text("{{ messages }}")
    with (folder / "model.safetensors").open("wb") as weights:
        weights.truncate(3 * STEP_BYTES)
    return folder


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "chat_template.jinja"])
def test_another_word_in_its_files_is_another_model(checkpoint, name):
    before = digest(checkpoint)
    (checkpoint / name).write_text((checkpoint / name).read_text() + " ")
    assert digest(checkpoint) != before


@pytest.mark.parametrize("at", [0, EDGE_BYTES - 1, STEP_BYTES, 2 * STEP_BYTES + 4_000, -1])
def test_other_weights_of_the_same_size_are_another_model(checkpoint, at):
    before = digest(checkpoint)
    with (checkpoint / "model.safetensors").open("r+b") as weights:
        weights.seek(at, os.SEEK_END if at < 0 else os.SEEK_SET)
        weights.write(b"\1")
    assert digest(checkpoint) != before


def test_the_same_files_elsewhere_are_the_same_model(checkpoint, tmp_path):
    before = digest(checkpoint)
    checkpoint.rename(tmp_path / "elsewhere")
    assert digest(tmp_path / "elsewhere") == before


def settings(tmp_path: Path) -> plans.Plan:
    return plans.build(
        {"source": str(tmp_path / "in"), "output": str(tmp_path / "out"), "backend": "fake", "workers": 1}
    )


def test_a_run_goes_on_with_the_model_it_began_with_or_not_at_all(tmp_path):
    write_shard(tmp_path / "in/00000.tar", TEXTS)
    write_shard(tmp_path / "in/00001.tar", TEXTS, first=10)
    judge = FunctionBackend(lambda _: 3.0, name="judge@sha256:1")
    moved = FunctionBackend(lambda _: 5.0, name="judge@sha256:2")
    limited = plans.build({"source": str(tmp_path / "in"), "output": str(tmp_path / "out"), "limit": 5})
    local.run(limited, backend=judge)
    before = tree(tmp_path / "out")
    with pytest.raises(PlanChanged, match="judge@sha256:1"):
        local.run(limited, backend=moved)
    assert tree(tmp_path / "out") == before


def test_the_model_is_recorded_with_its_digest(tmp_path):
    write_shard(tmp_path / "in/00000.tar", TEXTS)
    local.run(plans.build({"source": str(tmp_path / "in"), "output": str(tmp_path / "out"), "backend": "builtin"}))
    model = read_plan(LocalFiles(tmp_path / "out"))["model"]
    assert model == BuiltinBackend({}).identity
    assert manifest.load().digest[:12] in str(model)


@pytest.mark.parametrize("change", ["more", "fewer", "larger"])
def test_another_list_of_shards_is_another_data_set(tmp_path, change):
    for shard in range(3):
        write_shard(tmp_path / f"in/{shard:05d}.tar", TEXTS, first=10 * shard)
    local.run(
        plans.build({"source": str(tmp_path / "in"), "output": str(tmp_path / "out"), "backend": "fake", "limit": 5})
    )
    if change == "more":
        write_shard(tmp_path / "in/00003.tar", TEXTS, first=30)
    elif change == "fewer":
        (tmp_path / "in/00002.tar").unlink()
    else:
        write_shard(tmp_path / "in/00002.tar", TEXTS * 9, first=20)
    with pytest.raises(PlanChanged, match="input"):
        local.run(settings(tmp_path))


def test_a_shard_that_was_replaced_by_one_of_the_same_size_is_done_again(tmp_path):
    for shard in range(2):
        write_shard(tmp_path / f"in/{shard:05d}.tar", TEXTS, first=10 * shard)
    local.run(settings(tmp_path))
    before = tree(tmp_path / "out")
    path = tmp_path / "in/00001.tar"
    size = path.stat().st_size
    write_shard(path, [text.upper() for text in TEXTS], first=10)
    assert path.stat().st_size == size
    done = local.run(settings(tmp_path))
    assert (done.shards, done.shards_before) == (2, 1)
    after = tree(tmp_path / "out")
    assert after["00000.tar"] == before["00000.tar"]
    assert b"CAPTION 3" in after["00001.tar"]
    assert verify(str(tmp_path / "out")) == []
