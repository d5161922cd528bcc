"""What may be said about the cluster: ``--set engine_options.NAME=VALUE``. None of it changes an output byte."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from burnish.errors import UsageError
from burnish.plan import Plan

LOCAL = "local"
"""The address of a cluster of our own, on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`address`: of a cluster that is there (``ray://host:10001``, ``host:6379``, ``auto``); "" is $RAY_ADDRESS, and
    without that a cluster of our own on this machine. For each worker, `num_gpus` (may be a fraction) and `num_cpus`
    (0: one for each of its decoders). `task_s`: shards are handed out in groups of about so many seconds of work.
    `wait_s`: how long to wait for a worker to come.
    """

    address: str = ""
    num_cpus: float = 0.0
    num_gpus: float = 0.0
    task_s: float = 20.0
    wait_s: float = 600.0

    @classmethod
    def of(cls, plan: Plan) -> Options:
        """Those of `plan`. Raises `UsageError` for what is no option or no number."""
        given = plan.engine_options
        known = [entry.name for entry in fields(cls)]
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise UsageError(f"the engine ray has no option {unknown[0]!r}.\nChoose from: {', '.join(known)}")
        numbers = {name: _number(given, name) for name in given if name != "address"}
        options = cls(address=given.get("address", "") or os.environ.get("RAY_ADDRESS", "") or LOCAL, **numbers)
        if options.num_cpus:
            return options
        return cls(**{name: getattr(options, name) for name in known} | {"num_cpus": float(plan.decoders)})

    @property
    def is_own(self) -> bool:
        """Whether the cluster is one of our own."""
        return self.address == LOCAL

    @property
    def needs(self) -> dict[str, float]:
        """What a worker takes of its node, by Ray's names for it."""
        return {name: size for name, size in (("CPU", self.num_cpus), ("GPU", self.num_gpus)) if size}


def _number(given: Mapping[str, str], name: str) -> float:
    try:
        value = float(given[name])
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise UsageError(f"engine_options.{name} must be a number of at least 0, not {given[name]!r}.")
    return value
