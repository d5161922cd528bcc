"""Half the draws the text as found, half a synthetic caption of the same picture (arXiv 2410.02740)."""

from burnish.arms.kinds import Arm

ARM = Arm(
    what="texts as found and synthetic captions, half and half",
    group="""roles = { alt = 0.5, "$caption" = 0.5 }
missing = ["$caption", "alt"]
""",
)
