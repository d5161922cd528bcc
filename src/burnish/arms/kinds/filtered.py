"""What curation by filtering does: pairs whose text stands low are dropped, and the rest drawn oftener for it.

A text without a score stays: a failure is never a low score.
"""

from burnish.arms.kinds import Arm

ARM = Arm(
    what="pairs below the threshold dropped, the rest repeated",
    group="""roles = { alt = 1 }
[groups.all.scores]
criterion = "overall"
of = "alt"
unscored = 1
weights = { "< $below" = 0, ">= $below" = 1 }
""",
)
