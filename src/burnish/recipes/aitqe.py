"""AITQE, Adaptive Image-Text Quality Enhancer (arXiv 2410.16166): assess, rewrite what is low, keep the volume.

What differs from the paper's released model: the score comes first and only pairs under the threshold are
rewritten (the paper's model writes the rewrite before the score, for every pair); a rewrite is bounded by an
edit budget and must pass a second look, else the original stands. The scale is 1-5 instead of 1-10.
"""

from burnish.recipes import Recipe

RECIPE = Recipe(
    name="aitqe",
    paper="arXiv 2410.16166",
    criteria=(
        "overall",
        "text_quality",
        "image_text_matching",
        "object_detail",
        "semantic_understanding",
        "text_chart_description",
    ),
    asks=("assess", "rewrite", "verify"),
)
