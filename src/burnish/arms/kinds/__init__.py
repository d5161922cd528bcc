"""Arms: what may be made of the same pairs to train on. One file each; it defines ``ARM``, an `Arm`.

An arm is a mixture (docs/mixing.md) of one source. What all arms share is set from outside: which pairs there are,
how many samples an epoch has, the seed. So a mixture's TOML of a user's own is an arm as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import Template
from typing import cast

from burnish import discovery


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of the pairs. `below`: the threshold of the overall score; `kept`: the share of pairs whose text as
    found does not stand below it, 1 where nothing has a score; `caption`: the role of the synthetic captions, "" for
    none.
    """

    below: float
    kept: float
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """`what`: it in a few words. `group`: the one group of the mixture in TOML, below ``[groups.all]``, in which
    ``$below``, ``$kept`` and ``$caption`` stand for what is known of the pairs.
    """

    what: str
    group: str

    def lacks(self, facts: Facts) -> str:
        """Why the pairs cannot give this arm, "" if they can."""
        wanted = Template(self.group).get_identifiers()
        if "caption" in wanted and not facts.caption:
            return "no pair has a synthetic caption; burnish recaption writes them"
        if {"below", "kept"} & set(wanted) and not 0 < facts.kept < 1:
            said = "everything" if facts.kept else "nothing"
            return f"{said} reaches the score {facts.below:g}; it needs texts as found with scores on both sides of it"
        return ""

    def toml(self, facts: Facts) -> str:
        """The mixture."""
        known = {"below": f"{facts.below:.17g}", "kept": f"{facts.kept:.17g}", "caption": facts.caption}
        return "[groups.all]\n" + Template(self.group).substitute(known)


def names() -> list[str]:
    """All arms that come with burnish or are installed beside it."""
    return discovery.names("arms.kinds")


def load(name: str) -> Arm:
    """The arm called `name`. Raises `UsageError` with the list of them."""
    return cast("Arm", discovery.load("arms.kinds", name))
