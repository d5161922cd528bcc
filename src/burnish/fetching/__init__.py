"""Images from the web, for lists of URLs: only if the plan says so, and only from where strangers may send us.

A URL is a stranger's word. What may be asked, of whom and how often is decided here, for each redirect again
(`targets`, `addresses`, `names`, `wire`, `optouts`, `robots`, `manners`); whether a failure is the pair's or the
machine's is decided in `weather`. What came is kept in `kept` until its shard is committed. Nothing here knows a form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from burnish.values import Reason


class FetchError(Exception):
    """Why there is no image. Raised inside; `Missed` is what callers see.

    `again`: another try may help within this run. `retryable`: ``burnish retry`` may. `suspect`: the machine or its
    network may be what is wrong, not the URL; `local`: they surely are, unless others were answered. `after_s`: the
    server asked for so much patience.
    """

    def __init__(  # noqa: PLR0913 - one failure, told in full
        self,
        reason: Reason,
        detail: str,
        *,
        again: bool = False,
        retryable: bool = True,
        suspect: bool = False,
        local: bool = False,
        after_s: float = 0.0,
    ) -> None:
        """`detail` is one line without secrets."""
        super().__init__(detail)
        self.reason = reason
        self.again = again
        self.retryable = retryable
        self.suspect = suspect
        self.local = local
        self.after_s = after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """A file as it was served: nothing is known of it but that it is within the limits and looks like no page."""

    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """No image, and why. `retryable` as in `Fault`."""

    reason: Reason
    detail: str
    retryable: bool


Result: TypeAlias = Got | Missed
