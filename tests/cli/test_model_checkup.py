"""``burnish doctor --backend``: what a model can do is said before it is paid, and what it cannot is said plainly."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from burnish.cli import _model_checkup
from burnish.cli._checkup import Finding
from burnish.errors import StopError, UsageError
from burnish.fakeserver import FakeServer, Settings
from burnish.fakeserver.settings import Ability
from tests.cli.calls import call

IMPATIENT = {"backoff_s": "0.01", "patience_s": "0.1", "retries": "0", "timeout_s": "5"}


def found(settings: Settings, **options: str) -> dict[str, Finding]:
    with FakeServer(settings) as server:
        findings = _model_checkup.check("openai", {"base_url": server.url, **IMPATIENT, **options})
    return {finding.name: finding for finding in findings}


def test_a_server_that_can_everything() -> None:
    told = found(Settings(model_id="some-model"))
    assert list(told) == ["openai", "address", "model", "questions", "texts", "score", "rewrite"]
    assert all(finding.ok and not finding.absent for finding in told.values())
    assert told["openai"].detail.startswith("openai:some-model(logprobs20,")
    assert told["address"].detail.startswith("http://127.0.0.1:")
    assert told["model"].detail == "some-model"
    assert told["questions"].detail == "by logprobs of the 20 likeliest tokens"
    assert told["texts"].detail == "kept to their schema by json_schema"
    assert " ms for both" in told["score"].detail


@pytest.mark.parametrize(
    ("lacking", "what", "said"),
    [
        ({"logprobs": Ability.IGNORED}, "questions", "by 8 samples"),
        ({"json_schema": Ability.REFUSED}, "texts", "by structured_outputs"),
        ({"json_schema": Ability.IGNORED, "structured_outputs": Ability.REFUSED}, "texts", "by json_object"),
    ],
)
def test_what_a_server_lacks_is_said_and_is_no_fault(lacking: dict[str, Ability], what: str, said: str) -> None:
    told = found(replace(Settings(), **lacking))  # type: ignore[arg-type]
    assert told[what].detail.endswith(said)
    assert told[what].ok


def test_a_server_that_passes_images_over_is_doubted() -> None:
    told = found(Settings(images=Ability.IGNORED))
    assert told["score"].ok
    assert told["score"].absent
    assert told["score"].detail.endswith("does it see pictures?")


def test_a_server_that_takes_no_images_is_bad() -> None:
    told = found(Settings(images=Ability.REFUSED))
    assert list(told) == ["openai"]
    assert not told["openai"].ok
    assert "image input is not supported" in told["openai"].detail
    assert told["openai"].exit_code == UsageError.exit_code


def test_what_was_found_before_a_server_failed_is_kept() -> None:
    told = found(Settings(faults=("status_500@2-",)))
    assert told["openai"].exit_code == StopError.exit_code
    assert not told["openai"].ok


def test_the_built_in_model_and_a_name_that_is_none() -> None:
    told = {finding.name: finding for finding in _model_checkup.check("builtin", {})}
    assert list(told) == ["builtin", "score", "rewrite"]
    assert all(finding.ok for finding in told.values())
    [bad] = _model_checkup.check("bultin", {})
    assert (bad.ok, bad.exit_code) == (False, 2)
    assert "Did you mean 'builtin'?" in bad.detail


def test_the_command_prints_it_and_ends_with_the_worst_code() -> None:
    with FakeServer() as server:
        setting = ("--set", f"backend_options.base_url={server.url}")
        told = call("doctor", "--backend", "openai", *setting, "--json")
        checks = {check["name"]: check for check in json.loads(told.out)["checks"]}
        assert told.code == 0
        assert checks["questions"]["detail"] == "by logprobs of the 20 likeliest tokens"
        assert {"python", "self test", "openai", "rewrite"} <= checks.keys()
    gone = call("doctor", "--backend", "openai", *setting)
    assert gone.code == 2
    assert "BAD  openai         cannot reach" in gone.out
