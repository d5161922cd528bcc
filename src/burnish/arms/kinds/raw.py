"""The texts as found."""

from burnish.arms.kinds import Arm

ARM = Arm(what="the texts as found", group="roles = { alt = 1 }\n")
