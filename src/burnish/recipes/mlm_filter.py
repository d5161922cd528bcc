"""MLM-Filter's four scores (arXiv 2403.02677, section 3.2), without rewriting; every text stays.

The paper's scale is 1-100, read from generated digits; here it is the one of all criteria, as an expectation. It
filters by one score at a time and finds that the best one depends on who trains on the data; equal weights are a
neutral start, not its advice: fit ``rewrite.weights`` and ``rewrite.below`` from labels of your own.
"""

from burnish.recipes import Recipe

_CRITERIA = ("image_text_matching", "object_detail", "text_quality", "semantic_understanding")

RECIPE = Recipe(
    name="mlm_filter",
    paper="arXiv 2403.02677",
    criteria=_CRITERIA,
    asks=("assess",),
    decides=dict.fromkeys(_CRITERIA, 1.0),
)
