"""Hazard 47: the server holds another model than the one named: refused at the start, stopped later."""

from dataclasses import replace
from pathlib import Path

import pytest

from burnish import plan as plans
from burnish.backends.openai import BACKEND
from burnish.engines import local
from burnish.errors import PlanChanged, StopError, UsageError
from burnish.fakeserver import FakeServer, Settings
from burnish.plan import Plan
from burnish.runs import plan_of
from burnish.values import Request, Score
from tests.chat.openai.questions import assess, backend
from tests.shards import write_shard


def test_a_model_that_the_server_does_not_have_is_refused_before_any_call():
    with FakeServer(Settings(model_id="small")) as server:
        with pytest.raises(UsageError, match=r"no model 'large'\.\nIt has: small"):
            BACKEND({"base_url": server.url, "model": "large"})
        assert server.stats()["calls"] == 0


def test_an_answer_that_names_another_model_is_refused_at_the_start():
    with FakeServer(Settings(faults=("other_model",), model_id="one")) as server:
        with pytest.raises(UsageError, match="'one-other' answers"):
            BACKEND({"base_url": server.url})
        assert server.stats()["calls"] == 1


def test_an_answer_that_names_another_model_later_stops_the_run():
    with FakeServer(Settings(faults=("other_model@6-",))) as server, backend(server.url, concurrency="1") as model:
        with pytest.raises(StopError, match="another model answers now"):
            model.answer([assess(f"a dog {i}") for i in range(9)])
        assert server.stats()["calls"] == 6


class Named:
    """A model with one name when it is made first, the next one when it is made again, as a server's may change."""

    side_px = 32

    def __init__(self, options: dict[str, str]) -> None:
        made = Path(options["folder"], "made")
        with made.open("a") as file:
            file.write("x")
        names = options["names"].split(",")
        self.identity = names[min(made.stat().st_size, len(names)) - 1]

    def answer(self, requests: list[Request]) -> list[Score]:
        return [Score(criterion=str(r.criterion), value=4.0, confidence=1.0) for r in requests]


def plan(folder: Path, names: str, **settings: object) -> Plan:
    """A run whose model is called by the first name when it is made first, by the second when it is made again, ..."""
    (folder / "made").write_bytes(b"")
    for shard in range(4):
        write_shard(folder / "in" / f"{shard:05d}.tar", ["a dog", "a cat"], first=10 * shard, broken={1})
    where = {"source": str(folder / "in"), "output": str(folder / "out"), "recipe": "assess_only"}
    model = {"backend": f"{__name__}:Named", "backend_options": {"folder": str(folder), "names": names}}
    return plans.build(where, model, settings)


def test_a_worker_that_finds_another_model_stops_the_run_with_both_names(tmp_path):
    with pytest.raises(StopError, match=r"another one now: model-b\nThis run began with: model-a\n"):
        local.run(plan(tmp_path, "model-a,model-b", workers=2))
    assert not list((tmp_path / "out").glob("*.tar"))


def test_a_resumed_run_with_another_model_is_refused_with_both_names(tmp_path):
    asked = plan(tmp_path, "model-a,model-b", workers=1)
    local.run(replace(asked, limit=2))
    with pytest.raises(PlanChanged, match='model: "model-a" -> "model-b"'):
        local.run(asked)


def test_a_retry_with_another_model_is_refused_with_both_names(tmp_path):
    local.run(plan(tmp_path, "model-a,model-b", workers=1))
    with pytest.raises(PlanChanged, match='model: "model-a" -> "model-b"'):
        local.run(plan_of(str(tmp_path / "out")), retry=True)


def test_a_worker_whose_server_answers_by_another_name_stops_the_run(tmp_path):
    for shard in range(4):
        write_shard(tmp_path / "in" / f"{shard:05d}.tar", ["a dog", "a cat"], first=10 * shard)
    with FakeServer(Settings(model_id="one", faults=("other_model@2-",))) as server:  # the first call is the run's own
        where = {"source": str(tmp_path / "in"), "output": str(tmp_path / "out"), "backend": "openai", "workers": 2}
        asked = plans.build(where, {"backend_options": {"base_url": server.url}})
        with pytest.raises(StopError, match="asked for the model 'one', but 'one-other' answers") as caught:
            local.run(asked)
    assert caught.value.exit_code == 75
    assert not list((tmp_path / "out").glob("*.tar"))
