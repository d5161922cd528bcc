"""docs/mixing.md names every key, column, form and preset there is, and its mixture can be read."""

import dataclasses
import re
from pathlib import Path

from burnish.mixing import forms, mixture, presets, scores
from burnish.mixing.forms import Made, Setup
from burnish.mixing.reading import bind, parse
from burnish.mixing.samples import Sample

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "mixing.md").read_text(encoding="utf-8")
RULES = (
    mixture.TextRules,
    mixture.LevelRules,
    mixture.ChatRules,
    mixture.RoleRule,
    mixture.SourceRule,
    mixture.GroupRule,
    mixture.Mixture,
    scores.Scores,
)


def test_its_mixture_can_be_read():
    toml = re.search(r"```toml\n(.*?)```", TEXT, re.DOTALL)[1]
    read = bind(parse(toml, "docs/mixing.md"), ["own=somewhere"])
    assert read.source_names() == ["laion", "own", "scans"]


def test_every_key_is_in_it():
    keys = {field.name for rules in RULES for field in dataclasses.fields(rules)} - {"about", "store_options"}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", TEXT)] == []


def test_every_column_form_and_preset_is_in_it():
    sample = Sample(text="", role="", maker="", turn=0, copy=0)
    made = Made(key="", image_key="", source_key="", image=b"", sample=sample)
    columns = made.columns(Setup(stem="", group="", source="", roles=()))
    for name in (*columns, *forms.names(), *presets.names()):
        assert f"`{name}`" in TEXT
