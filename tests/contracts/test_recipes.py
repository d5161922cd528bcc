"""Every recipe: named as its file, cites its paper, and gives back one record per pair on the fake model."""

import re
from contextlib import closing
from importlib.resources import files

import pytest

from burnish import criteria, plan, recipes
from burnish.api import items
from burnish.discovery import names
from burnish.flow import enhance
from burnish.tools import load_tools
from burnish.values import Fault, Gap, Pair, Record


@pytest.mark.parametrize("name", names("recipes"))
def test_a_recipe_cites_its_paper_and_names_criteria_that_exist(name):
    recipe = recipes.load(name)
    assert recipe.name == name
    assert recipe.paper == "none" or re.fullmatch(r"arXiv \d{4}\.\d{4,5}", recipe.paper)
    assert all(criteria.load(criterion).name == criterion for criterion in recipe.criteria)
    assert bool(recipe.criteria) == bool(recipe.asks)


@pytest.mark.parametrize("name", names("recipes"))
def test_one_outcome_per_item_in_order(name):
    source = str(files("burnish.sample") / "broken-00000.tar")
    found = list(items(source))
    with closing(load_tools(plan.build({"source": source, "recipe": name, "backend": "fake"}))) as tools:
        outcomes = list(enhance(found, tools))
    assert len(outcomes) == len(found)
    for item, outcome in zip(found, outcomes, strict=True):
        if isinstance(outcome, Record):
            assert outcome.pair is item
            assert outcome.captions[0].text == item.text
        else:
            assert outcome.origin == item.origin
            assert isinstance(outcome, Fault | Gap)
            assert outcome is item or isinstance(item, Pair)
