"""The oracle as a model that costs something: what is used is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from burnish.backends.oracle import OracleBackend
from burnish.usage import Usage
from burnish.values import Reply, Request


class Paid(OracleBackend):
    """Each call costs ten tokens in and one out."""

    def __init__(self, options: Mapping[str, str]) -> None:
        super().__init__(options)
        self._calls = 0

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        self._calls += len(requests)
        return super().answer(requests)

    def usage(self) -> Usage:
        return Usage(calls=self._calls, prompt_tokens=10 * self._calls, written_tokens=self._calls)
