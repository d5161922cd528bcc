"""When which fault strikes: ``KIND@WHEN,WHEN``, the first that fits.

WHEN is a call's number (``3``), a range (``10-12``, ``10-``), every Nth (``every10``), a share by seeded hash
(``5%``: of all attempts; ``5%first``: of requests, at their first attempt only; ``5%always``: of requests, at every
attempt), a window in seconds since the start (``t5-65``, ``t5-``) or ``all``. Shares depend on the request and on how
often it was sent, never on the order of arrival.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from burnish.errors import UsageError
from burnish.fakeserver import faults
from burnish.fakeserver.draws import Draw
from burnish.fakeserver.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One attempt: its number among all calls (from 1), its body's name, how often that was sent (from 1), and the
    seconds since the start.
    """

    number: int
    body: str
    attempt: int
    elapsed_s: float


Condition: TypeAlias = Callable[[Moment], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One fault and when it strikes; `timed` by the clock."""

    fault: Fault
    conditions: Sequence[Condition]
    timed: bool

    def strikes(self, moment: Moment) -> bool:
        """Whether at `moment`."""
        return any(condition(moment) for condition in self.conditions)


def read(texts: Sequence[str], seed: int) -> list[Rule]:
    """The rules in `texts`; raises `UsageError` for what is none."""
    known = faults.load()
    return [_rule(text, known, seed) for text in texts]


def find(rules: Sequence[Rule], moment: Moment) -> Fault | None:
    """The fault that strikes at `moment`."""
    return next((rule.fault for rule in rules if rule.strikes(moment)), None)


def outage(rules: Sequence[Rule], elapsed_s: float) -> Fault | None:
    """The fault that hits everything, not only chat calls: one by the clock that needs no answer."""
    moment = Moment(number=0, body="", attempt=0, elapsed_s=elapsed_s)
    fitting = (rule for rule in rules if rule.timed and rule.fault.stage == "refusals")
    return find(list(fitting), moment)


def _rule(text: str, known: dict[str, Fault], seed: int) -> Rule:
    kind, _, when = text.partition("@")
    kind = kind.strip()
    if kind not in known:
        raise UsageError(
            f"fakeserver: there is no fault {kind!r}.{faults.nearest(kind)}\nSee: burnish fakeserver --list-faults"
        )
    moments = [part.strip() for part in when.split(",")] if when.strip() else ["all"]
    conditions = [_condition(text, part, Draw(f"{seed}/{kind}")) for part in moments]
    return Rule(fault=known[kind], conditions=conditions, timed=all(part.startswith("t") for part in moments))


_RANGE = re.compile(r"(?P<clock>t?)(?P<low>\d+(?:\.\d+)?)(?P<dash>-(?P<high>\d+(?:\.\d+)?)?)?")
_EVERY = re.compile(r"every(?P<step>[1-9]\d*)")
_SHARE = re.compile(r"(?P<percent>\d+(?:\.\d+)?)%(?P<of>first|always)?")


def _condition(text: str, when: str, draw: Draw) -> Condition:
    if when == "all":
        return lambda _moment: True
    every = _EVERY.fullmatch(when)
    if every:
        step = int(every["step"])
        return lambda moment: moment.number % step == 0
    share = _SHARE.fullmatch(when)
    if share and float(share["percent"]) <= 100:
        return _share(float(share["percent"]) / 100, share["of"] or "", draw)
    within = _RANGE.fullmatch(when)
    if within and (within["dash"] or not within["clock"]):
        return _within(within)
    raise UsageError(
        f"fakeserver: cannot read {when!r} in {text!r}.\n"
        "Write 3, 10-12, 10-, every10, 5%, 5%first, 5%always, t5-65 (seconds), t5- or all; several with commas."
    )


def _share(share: float, of: str, draw: Draw) -> Condition:
    if of == "first":
        return lambda moment: moment.attempt == 1 and draw.share(moment.body) < share
    if of == "always":
        return lambda moment: draw.share(moment.body) < share
    return lambda moment: draw.share((moment.body, moment.attempt)) < share


def _within(match: re.Match[str]) -> Condition:
    low = float(match["low"])
    high = low if not match["dash"] else float(match["high"]) if match["high"] else math.inf
    if match["clock"]:
        return lambda moment: low <= moment.elapsed_s < high
    return lambda moment: low <= moment.number <= high
