"""The plan an output was made by, stored beside it: the same plan goes on, another one is refused (hazard 60)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson

from burnish.errors import PlanChanged, UsageError
from burnish.storage.files import Files, put_whole
from burnish.storage.layout import HIDDEN, PLAN, is_temp
from burnish.storage.redact import redacted
from burnish.storage.sealed import DamagedError, seal, unseal
from burnish.values import Json

_SHOWN_KEYS = 4
_SHOWN_CHARS = 60
_MISSING = "(not set)"


def fingerprint(plan: Mapping[str, Json]) -> str:
    """SHA-256 of the plan's content, whatever the order of its keys; credentials in URLs do not count."""
    return hashlib.sha256(orjson.dumps(redacted(dict(plan)), option=orjson.OPT_SORT_KEYS)).hexdigest()


def check_plan(files: Files, plan: Mapping[str, Json]) -> bool:
    """Whether the output already has this plan; touches nothing.

    Raises `PlanChanged` with the differing keys, and `UsageError` if the folder holds files burnish did not write or
    its plan is damaged.
    """
    try:
        stored = read_plan(files)
    except FileNotFoundError:
        _refuse_foreign(files)
        return False
    except DamagedError as error:
        raise UsageError(
            f"{files.shown}/{PLAN} is damaged: {error}.\nGive a new output folder; nothing was touched."
        ) from error
    if fingerprint(stored) != fingerprint(plan):
        raise _changed(files, stored, plan)
    return True


def write_plan(files: Files, plan: Mapping[str, Json], run_id: str) -> None:
    """Store the plan of a new output, credentials cut."""
    cleaned = redacted(dict(plan))
    content: dict[str, Json] = {"format": 1, "fingerprint": fingerprint(plan), "plan": cleaned}
    put_whole(files, PLAN, seal(content), run_id)


def read_plan(files: Files) -> dict[str, Json]:
    """The stored plan. Raises ``FileNotFoundError`` or `DamagedError`."""
    match unseal(files.read(PLAN)):
        case {"format": 1, "plan": dict(plan)}:
            return plan
        case _:
            raise DamagedError("not a plan of this version")


def _refuse_foreign(files: Files) -> None:
    foreign = [name for name in files.sizes() if not name.startswith(HIDDEN + "/") and not is_temp(name)]
    if foreign:
        raise UsageError(
            f"{files.shown} is not empty and was not made by burnish: it holds {foreign[0]}"
            f"{f' and {len(foreign) - 1:,} more' if len(foreign) > 1 else ''}.\nGive a new folder as output."
        )


def _changed(files: Files, old: Mapping[str, Json], new: Mapping[str, Json]) -> PlanChanged:
    before, after = _flat(redacted(dict(old))), _flat(redacted(dict(new)))
    keys = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
    lines = [f"  {key}: {before.get(key, _MISSING)} -> {after.get(key, _MISSING)}" for key in keys[:_SHOWN_KEYS]]
    more = f" ({len(keys) - _SHOWN_KEYS} more keys differ)" if len(keys) > _SHOWN_KEYS else ""
    return PlanChanged(
        "\n".join(
            [
                f"{files.shown} was made by another plan:",
                *lines,
                f"Use the same settings, or a new output folder{more}.",
            ]
        )
    )


def _flat(value: Json, prefix: str = "") -> dict[str, str]:
    """Leaves by dotted path, as short JSON."""
    if isinstance(value, dict) and value:
        return {k: v for key, inner in value.items() for k, v in _flat(inner, f"{prefix}.{key}".lstrip(".")).items()}
    text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    if len(text) > _SHOWN_CHARS:
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        text = f"{text[: _SHOWN_CHARS - 12]}...#{digest}"
    return {prefix: text}
