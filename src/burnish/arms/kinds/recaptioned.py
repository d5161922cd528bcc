"""Every text replaced by a synthetic caption; the chosen text where there is none."""

from burnish.arms.kinds import Arm

ARM = Arm(
    what="synthetic captions alone",
    group="""roles = { "$caption" = 1 }
missing = ["$caption", "chosen"]
""",
)
