"""As many pairs as the filtered arm has, drawn without looking at them: what fewer pairs alone do.

The draw is by pair and seed, the same in all epochs.
"""

from burnish.arms.kinds import Arm

ARM = Arm(
    what="as many pairs as filtered has, drawn at random, repeated",
    group="""roles.alt = { weight = 1, scores = { unscored = $kept, weights = { "< 0" = $kept, ">= 0" = $kept } } }
""",
)
