"""What burnish enhance chose for each pair: the text as found, or its rewrite."""

from burnish.arms.kinds import Arm

ARM = Arm(what="the texts that enhance chose", group="roles = { chosen = 1 }\n")
