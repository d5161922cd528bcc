"""What can go wrong, as a tree. Faults of single pairs are values (`Fault`), never exceptions.

BurnishError                exit code
├── UsageError              2   the call, the plan or the input form is wrong; nothing was touched
│   ├── PlanChanged         2   the output folder was made by another plan
│   ├── MissingExtra        2   an optional dependency is not installed
│   └── MissingPackage      2   a package that burnish itself needs is not installed
├── StopError               75  the environment failed; the same command goes on from here
│   └── Interrupted         130 the user stopped the run after a checkpoint
└── VerifyError             4   an output differs from what was committed
"""

from __future__ import annotations

from typing import ClassVar


class BurnishError(Exception):
    """Base of all our errors. The message says what, where and what to do next, in at most six lines."""

    exit_code: ClassVar[int] = 1


class UsageError(BurnishError):
    """Refused before anything was touched."""

    exit_code: ClassVar[int] = 2


class PlanChanged(UsageError):
    """The output folder holds results of a plan that differs in the keys named in the message."""


class MissingExtra(UsageError):
    """An optional dependency is missing; the message holds the exact pip line."""

    def __init__(self, feature: str, extra: str) -> None:
        """`feature` is what the user asked for, `extra` the name in ``burnish[extra]``."""
        super().__init__(f"{feature} needs an optional dependency.\nInstall it with: pip install 'burnish[{extra}]'")


class MissingPackage(UsageError):
    """The installation is not whole; the message holds the exact pip line."""

    def __init__(self, module: str) -> None:
        """`module` is the name that could not be imported."""
        super().__init__(
            f"the Python package {module.partition('.')[0]!r} is not installed.\n"
            "Install everything burnish needs with: pip install burnish"
        )
        self.module = module

    def __reduce__(self) -> tuple[type[MissingPackage], tuple[str]]:
        return type(self), (self.module,)  # it comes back from worker processes


class StopError(BurnishError):
    """The environment failed (disk, network, permissions): committed shards stand, the run can be resumed."""

    exit_code: ClassVar[int] = 75


class Interrupted(StopError):
    """Ctrl-C or SIGTERM after the shards in flight were finished or abandoned."""

    exit_code: ClassVar[int] = 130


class VerifyError(BurnishError):
    """`burnish verify` found a file that differs from its commit record."""

    exit_code: ClassVar[int] = 4
