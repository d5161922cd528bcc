"""Scores without rewriting: what MLM-Filter (arXiv 2403.02677) measures, with AITQE's criteria; every text stays."""

from burnish.recipes import Recipe
from burnish.recipes.aitqe import RECIPE as AITQE

RECIPE = Recipe(name="assess_only", paper="arXiv 2403.02677", criteria=AITQE.criteria, asks=("assess",))
