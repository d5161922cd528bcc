"""Where settings come from, and which one wins."""

import dataclasses
import importlib
import json
import re
import tomllib
from pathlib import Path

import pytest

from burnish import discovery
from burnish import plan as plans
from burnish.cli import _settings
from burnish.errors import UsageError
from tests.cli.calls import call


def user_file(text: str) -> None:
    path = _settings.user_file()
    path.parent.mkdir(parents=True)
    path.write_text(text)


def test_each_layer_beats_the_one_below(monkeypatch):
    steps = [
        lambda: user_file("batch_size = 1"),
        lambda: Path("burnish.toml").write_text("batch_size = 2"),
        lambda: Path("plan.toml").write_text("batch_size = 3"),
        lambda: monkeypatch.setenv("BURNISH_BATCH_SIZE", "4"),
    ]
    origins = [str(_settings.user_file()), "burnish.toml", "plan.toml", "BURNISH_BATCH_SIZE"]
    for number, (step, origin) in enumerate(zip(steps, origins, strict=True), start=1):
        step()
        found = _settings.resolve({}, (), "plan.toml" if number >= 3 else None)
        assert found.plan.batch_size == number
        assert found.origins["batch_size"] == origin
    assert _settings.resolve({}, ["batch_size=5"], "plan.toml").plan.batch_size == 5
    assert _settings.resolve({"batch_size": 6}, ["batch_size=5"], "plan.toml").plan.batch_size == 6


def test_flags_not_given_change_nothing():
    assert _settings.resolve({"workers": None, "recipe": None}).plan == plans.build({"source": ""})


def test_variables_reach_nested_keys(monkeypatch):
    monkeypatch.setenv("BURNISH_REWRITE__BELOW", "2.5")
    found = _settings.resolve({})
    assert found.plan.rewrite.below == 2.5
    assert found.origins["rewrite.below"] == "BURNISH_REWRITE__BELOW"


def test_nested_keys_are_merged_not_replaced(monkeypatch):
    Path("burnish.toml").write_text("[rewrite]\nbelow = 2.0\nmin_gain = 0.5\n")
    plan = _settings.resolve({}, ["rewrite.below=4.0"]).plan
    assert (plan.rewrite.below, plan.rewrite.min_gain) == (4.0, 0.5)


def test_numbers_are_fine_as_options_of_a_plugin():
    plan = _settings.resolve({}, ["backend_options.side_px=96"]).plan
    assert plan.backend_options == {"side_px": "96"}


def test_the_place_of_a_wrong_setting_is_named():
    Path("burnish.toml").write_text("[rewrite]\nbellow = 2.0\n")
    with pytest.raises(UsageError, match=r"burnish\.toml: .*rewrite\.bellow.*rewrite\.below"):
        _settings.resolve({})


def test_config_show_names_every_key_and_its_origin(monkeypatch):
    monkeypatch.setenv("BURNISH_LIMIT", "7")
    answer = call("config", "show", "--set", "rewrite.below=2", "--json")
    rows = json.loads(answer.out)
    assert sorted(rows) == plans.keys()
    assert rows["limit"] == {"value": 7, "origin": "BURNISH_LIMIT"}
    assert rows["rewrite.below"] == {"value": 2.0, "origin": "--set rewrite.below=2"}
    assert rows["recipe"]["origin"] == "default"
    plain = call("config", "show")
    assert all(key in plain.out for key in rows)


def test_a_plan_goes_out_as_toml_and_comes_back():
    shown = call("config", "show", "a/in", "-o", "b", "--set", "rewrite.below=2", "--set", "limit=9", "--toml")
    Path("plan.toml").write_text(shown.out)
    assert plans.build(tomllib.loads(shown.out)) == _settings.resolve({}, (), "plan.toml").plan
    assert _settings.resolve({}, (), "plan.toml").plan.rewrite.below == 2.0


def schema_keys(node, defs, prefix=""):
    """Dotted keys of a JSON Schema, free maps as one key."""
    if "$ref" in node:
        node = {**defs[node["$ref"].rpartition("/")[2]], **{k: v for k, v in node.items() if k != "$ref"}}
    if not node.get("properties"):
        return {prefix.rstrip(".")}
    return set().union(*(schema_keys(each, defs, f"{prefix}{name}.") for name, each in node["properties"].items()))


def test_the_schema_has_every_key():
    found = json.loads(call("config", "schema").out)
    assert schema_keys(found, found["$defs"]) == set(plans.keys())
    assert found["additionalProperties"] is False


def test_the_schema_knows_defaults_and_refuses_unknown_keys():
    found = json.loads(call("config", "schema").out)
    parts = {**found["$defs"], "Plan": found}
    assert all(part["additionalProperties"] is False for part in parts.values() if part["type"] == "object")
    stated = {name: each["default"] for name, each in found["properties"].items() if "default" in each}
    plain = dataclasses.asdict(plans.Plan(source=""))
    assert len(stated) >= 15
    assert {name: plain[name] for name in stated} == stated


def test_every_setting_is_explained():
    page = (Path(__file__).resolve().parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [key for key in sorted(plans.keys()) if f"`{key}`" not in page and f"`{key}.*`" not in page] == []
    for name in discovery.names("stores"):
        module = importlib.import_module(f"burnish.stores.{name}")
        assert [option for option in module.STORE.option_names if f"| `{option}` |" not in page] == []


def test_defaults_are_explained_as_they_are():
    page = (Path(__file__).resolve().parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    defaults = plans.flatten(dataclasses.asdict(plans.Plan(source="")))
    rows = dict(re.findall(r"^\| `([\w.]+)` \| ([^|`]+) \|", page, re.MULTILINE))
    stated = {key: value for key, value in rows.items() if key in defaults and value[0].isdigit()}
    assert stated == {key: str(defaults[key]) for key in stated}
    assert len(stated) >= 12
