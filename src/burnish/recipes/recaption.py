"""Captions in controlled formats beside the text that is there (arXiv 2410.02740).

The paper tunes its own captioner; here any model that writes is asked, its answer is held to the format by rule, it may
try once more, and what still does not fit is cut at the end of a sentence or not written. The check is ours.
"""

from burnish.recipes import Recipe

RECIPE = Recipe(
    name="recaption",
    paper="arXiv 2410.02740",
    criteria=("overall",),
    asks=("recaption_score", "recaption", "recaption_again", "recaption_check"),
)
