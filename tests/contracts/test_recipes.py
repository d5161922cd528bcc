"""Every recipe names its paper, knows its parts and gives back one outcome per item on the fake backend."""

from __future__ import annotations

import importlib
import re
from contextlib import closing

import pytest

from burnish import criteria, discovery, recipes
from burnish.backends.fake import FakeBackend
from burnish.criteria import SCALE
from burnish.flow import enhance
from burnish.plan import Plan
from burnish.tools import load_tools
from tests.builders import pair


@pytest.mark.parametrize("name", discovery.names("recipes"))
def test_recipe(name: str) -> None:
    recipe = recipes.load(name)
    assert recipe.name == name
    assert set(recipe.asks) <= set(discovery.names("asks"))
    assert all(criteria.load(c).name == c for c in recipe.criteria)
    doc = importlib.import_module(f"burnish.recipes.{name}").__doc__ or ""
    assert recipe.paper == "none" or re.search(r"\d{4}\.\d{5}", doc)
    with closing(load_tools(Plan(source="test", recipe=name), backend=FakeBackend({}))) as tools:
        assert len(list(enhance((pair(i) for i in range(5)), tools))) == 5


@pytest.mark.parametrize("name", discovery.names("criteria"))
def test_criterion(name: str) -> None:
    criterion = criteria.load(name)
    assert criterion.name == name
    assert criterion.question.endswith("?")
    assert len(criterion.anchors) == len(SCALE)
    assert len(set(criterion.anchors)) == len(SCALE)
    assert re.search(r"\d{4}\.\d{5}", criterion.source)
