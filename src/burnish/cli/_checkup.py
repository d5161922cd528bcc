"""What a run needs, checked one by one. A missing extra is no fault: its pip line is printed."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from burnish.errors import BurnishError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check. `absent`: something that is not there or not sure, which is no fault. `exit_code`: if it is not ok."""

    name: str
    ok: bool
    detail: str
    absent: bool = False
    exit_code: int = UsageError.exit_code


def check(output: str | None) -> list[Finding]:
    """All checks, cheap ones first."""
    return [
        _python(),
        *_packages(),
        *_extras(),
        _disk(output),
        *_lock(output),
        _tried("weights", _weights),
        _tried("self test", _one_pair),
    ]


def _python() -> Finding:
    return Finding(
        name="python", ok=sys.version_info >= (3, 11), detail=f"{platform.python_version()} ({sys.executable})"
    )


def _requirements() -> Iterator[tuple[str, str]]:
    """(package, extra or "") of our own requirements, as installed."""
    import re

    for line in requires("burnish") or []:
        spec, _, marker = line.partition(";")
        extra = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", marker)
        yield re.split(r"[^\w.-]", spec.strip(), maxsplit=1)[0], extra[1] if extra else ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _packages() -> list[Finding]:
    found = {package: _version(package) for package, extra in _requirements() if not extra}
    missing = [package for package, number in found.items() if not number]
    detail = ", ".join(f"{package} {number}" for package, number in found.items() if number)
    if missing:
        detail = f"missing: {', '.join(missing)}. Install with: pip install burnish"
    return [Finding(name="packages", ok=not missing, detail=detail)]


def _extras() -> list[Finding]:
    by_extra: dict[str, list[str]] = {}
    for package, extra in _requirements():
        if extra and extra != "dev":
            by_extra.setdefault(extra, []).append(package)
    return [_extra(name, packages) for name, packages in sorted(by_extra.items())]


def _extra(name: str, packages: list[str]) -> Finding:
    missing = [package for package in packages if not _version(package)]
    there = ", ".join(f"{package} {_version(package)}" for package in packages if package not in missing)
    detail = f"not installed; if you need it: pip install 'burnish[{name}]'" if missing else there
    return Finding(name=f"[{name}]", ok=True, detail=detail, absent=bool(missing))


def _disk(output: str | None) -> Finding:
    from burnish.cli._dry_run import free_bytes
    from burnish.cli._show import quoted, size

    where = output or "."
    free = free_bytes(where)
    detail = "remote: not known" if free is None else f"{size(free)} free at {quoted(where)}"
    return Finding(name="disk", ok=free is None or free > 100_000_000, detail=detail)


def _lock(output: str | None) -> list[Finding]:
    if output is None:
        return []
    from burnish.storage.layout import HOLDER
    from burnish.storage.lock import Holder
    from burnish.storage.opening import open_files
    from burnish.storage.stopping import stopping

    files = open_files(output)
    with stopping("read", files.shown):
        try:
            holder = Holder.from_bytes(files.read(HOLDER))
        except FileNotFoundError:
            holder = None
    if holder is None or holder.is_dead():
        return [Finding(name="lock", ok=True, detail="free")]
    return [Finding(name="lock", ok=True, detail=f"held by {holder}: a run is at work there")]


def _tried(name: str, test: Callable[[], str]) -> Finding:
    try:
        return Finding(name=name, ok=True, detail=test())
    except BurnishError as error:
        return Finding(name=name, ok=False, detail=" ".join(str(error).split()))


def _weights() -> str:
    """The digest of the built-in model's files, each of which is compared with what was trained."""
    from burnish.backends.builtin import manifest

    return f"sha256 {manifest.load().digest[:16]} as trained"


def _one_pair() -> str:
    """The first pair of the bundled sample, through the default model."""
    from importlib.resources import as_file, files

    from burnish import plan as plans
    from burnish.flow import enhance
    from burnish.stores import open_store
    from burnish.tools import load_tools
    from burnish.values import Record

    with as_file(files("burnish.sample") / "00000.tar") as source:
        plan = plans.build({"source": str(source), "store": "webdataset"})
        with closing(load_tools(plan)) as tools:
            store = open_store(plan.source, plan.store)
            pair = next(iter(store.read(store.shards()[0])))
            outcome = next(iter(enhance([pair], tools)))
            model = tools.backend.identity if tools.backend else "none"
    if not isinstance(outcome, Record):
        raise BurnishError(f"the sample's first pair could not be read: {outcome.reason} {outcome.detail}")
    return f"one pair {outcome.decision} by {model}"
