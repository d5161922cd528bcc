"""No model at all: read, decode, check, write, commit. What the data path alone costs, and what it finds."""

from burnish.recipes import Recipe

RECIPE = Recipe(name="none", paper="none", criteria=(), asks=())
