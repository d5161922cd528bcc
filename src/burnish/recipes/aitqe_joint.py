"""AITQE as its released model works (arXiv 2410.16166): scores, reasons and rewrite in one answer.

For models trained that way, behind any chat backend. The rewrite is taken only where the score is low, keeps to the
budget and the guards, and stands higher when it is put to the same model. For all other models the recipe `aitqe`
is better: it scores first and writes only where needed.
"""

from burnish.recipes import Recipe
from burnish.recipes.aitqe import RECIPE as AITQE

RECIPE = Recipe(
    name="aitqe_joint",
    paper=AITQE.paper,
    criteria=AITQE.criteria,
    asks=("joint", "verify_joint"),
    brings=("explain",),
)
