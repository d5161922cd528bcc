"""What a fetcher is told: the plan's rules, checked, and what the list's own options say."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec

from burnish import __version__
from burnish.errors import MissingExtra, UsageError
from burnish.fetching.addresses import Network, networks
from burnish.fetching.optouts import AGENT
from burnish.fetching.targets import PORTS
from burnish.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`opt_outs` and `robots`: whether they are honoured. `rate` in requests a second and host; other units in names.
    Hashable: equal settings share one fetcher in a process.
    """

    max_bytes: int
    opt_outs: bool = True
    robots: bool = True
    allowed: tuple[Network, ...] = ()
    ports: frozenset[int] = PORTS
    concurrency: int = 64
    per_host: int = 4
    rate: float = 20.0
    timeout_s: float = 30.0
    tries: int = 3
    agent: str = AGENT
    proxies: bool = False
    breaker: int = 100


def require_installed() -> None:
    """Raise `MissingExtra` unless everything that fetching needs is installed; loads nothing."""
    if any(find_spec(name) is None for name in ("aiohttp", "idna", "protego")):
        raise MissingExtra("--fetch", "fetch")


def settings_of(plan: Plan, *, max_bytes: int, opt_outs: bool, robots: bool) -> Settings:
    """The settings of one worker of `plan`; what holds for a host is shared out among the workers of this machine.

    Raises `UsageError` for networks and ports that are none.
    """
    rules = plan.fetching
    workers = plan.workers or len(os.sched_getaffinity(0))
    return Settings(
        max_bytes=max_bytes,
        opt_outs=opt_outs,
        robots=robots,
        allowed=networks(rules.allow),
        ports=PORTS | _ports(rules.ports),
        concurrency=max(1, rules.concurrency // workers),
        per_host=max(1, rules.per_host // workers),
        rate=rules.per_host_rate / workers,
        timeout_s=rules.timeout_s,
        tries=rules.tries,
        agent=_agent(rules.about),
        proxies=rules.proxies,
        breaker=plan.breaker,
    )


def _ports(text: str) -> frozenset[int]:
    found = [piece.strip() for piece in text.split(",") if piece.strip()]
    if not all(piece.isascii() and piece.isdigit() and 0 < int(piece) < 2**16 for piece in found):
        raise UsageError(f"fetching.ports takes port numbers, got {text!r}.\nExample: --set fetching.ports=8080,8443")
    return frozenset(map(int, found))


def _agent(about: str) -> str:
    if not about:
        return f"{AGENT}/{__version__}"
    if not (about.isascii() and about.isprintable()) or set(about) & set(" ()<>\"'"):
        raise UsageError(f"fetching.about takes a URL or a mail address, got {about!r}.")
    return f"{AGENT}/{__version__} (+{about})"
