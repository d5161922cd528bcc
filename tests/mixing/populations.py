"""Many pairs without images: the rule and its counts over numbers alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from burnish.mixing import draws, quotas
from burnish.mixing.census import Census, Counted, Spill
from burnish.mixing.mixture import GroupRule, Mixture, RoleRule, SourceRule
from burnish.mixing.shares import Report, report
from burnish.mixing.sources import Source
from burnish.mixing.tally import foreseen

ROWS = [("who", "<u8"), ("bin", "<u2"), ("pattern", "<u4")]


class Population:
    """So many pairs of each pattern over the roles alt and ssc."""

    def __init__(self, folder: Path, patterns: dict[int, int]) -> None:
        self._folder = folder
        self._patterns = patterns

    def report(self, seed: int, *, exact: bool, missing: str = "renormalise", weight: float = 1.0) -> Report:
        """The shares for half and half."""
        roles = {"alt": RoleRule(weight=0.5), "ssc": RoleRule(weight=0.5)}
        group = GroupRule(roles=roles, missing=missing, weight=weight, sources={"s": SourceRule(path="-")})
        mixture = Mixture(groups={"g": group}, seed=seed, exact=exact)
        source = Source(name="s", group="g", path="-", form="webdataset")
        with (self._folder / f"rows-{seed}-{exact}").open("w+b") as file, (self._folder / "s").open("w+b") as scores:
            spill = Spill(file, ROWS)
            number = 0
            for pattern, many in self._patterns.items():
                for _ in range(many):
                    spill.add((draws.identity(seed, str(number), ""), 0, pattern))
                    number += 1
            spill.flush()
            counted = Counted(
                source=source,
                terms=quotas.terms_of(mixture)["s"],
                kinds=Counter({(0, pattern): many for pattern, many in self._patterns.items()}),
                shards={"one": number},
                spill=spill,
            )
            rule = quotas.counted(mixture, Census(sources=(counted,), scores=Spill(scores, "<f8")))
            return report(mixture, rule, {"s": foreseen(counted, rule.sources["s"], 0)})

    def role_share(self, seed: int, *, exact: bool) -> float:
        """The share of ssc."""
        return next(share.got for share in self.report(seed, exact=exact).shares if share.name == "ssc")
