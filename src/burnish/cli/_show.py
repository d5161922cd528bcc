"""A run in words and numbers for the terminal, 80 columns, and as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from burnish.storage.ledger import Counts
from burnish.storage.redact import json_line, redact
from burnish.summary import Summary
from burnish.texts import terminal
from burnish.values import Reason

_OUT = ("kept", "rewritten", "recaptioned", "passed")
_FAULTS = frozenset(Reason)
_REASONS_SHOWN = 5
_OF_CAPTIONS = "recaption_"
"""Begins reasons that the lines about captions tell."""


def equation(counts: Counts) -> str:
    """The ledger as one line; raises `LedgerError` if it does not hold."""
    counts.check()
    parts = [f"{name} {getattr(counts, name):,}" for name in _OUT if name != "recaptioned" or counts.recaptioned]
    return (
        f"in {counts.total:,} = out {counts.written:,} ({', '.join(parts)})"
        f" + quarantined {counts.quarantined:,} + gaps {counts.gaps:,}"
    )


def summary(done: Summary) -> str:
    """The final table: equation, shares, reasons, speed."""
    counts = done.counts
    lines = [equation(counts)]
    for name in (*_OUT, "quarantined", "gaps"):
        number = getattr(counts, name)
        if number or name in {"kept", "rewritten"}:
            lines.append(f"  {name:<12}{number:>12,}  {number / max(1, counts.total):>7.1%}")
    faults = {reason: n for reason, n in done.reasons.items() if reason in _FAULTS}
    passes = {r: n for r, n in done.reasons.items() if r not in _FAULTS and not r.startswith(_OF_CAPTIONS)}
    lines += [f"{what}: {_ranked(why)}" for what, why in (("passed because", passes), ("bad because", faults)) if why]
    return "\n".join([*lines, *captions(done.captions), *_blind(done), _speed(done)])


def captions(by_format: Mapping[str, Mapping[str, int]]) -> list[str]:
    """What became of new captions, a line a format."""
    lines = []
    for role, each in by_format.items():
        missed = {what.removeprefix("no:"): n for what, n in each.items() if what.startswith("no:")}
        notes = [f"{what} {n:,}" for what, n in each.items() if what != "written" and not what.startswith("no:")]
        noted = f" ({', '.join(notes)})" if notes else ""
        why = f": {_ranked(missed)}" if missed else ""
        written = f"written {each.get('written', 0):,}{noted}"
        lines.append(f"  {role:<8} {written}, not written {sum(missed.values()):,}{why}")
    return ["captions:", *lines] if lines else []


def _blind(done: Summary) -> list[str]:
    """How many judgements do not need the image that they are of."""
    if not done.blind:
        return []
    from burnish.asks.blind import BARELY

    lines = [
        f"  {name:<24}{barely:>9,} of {compared:>9,}  {barely / compared:>7.1%}"
        for name, (compared, barely) in done.blind.items()
    ]
    return [f"scores that move by less than {BARELY} without the image:", *lines]


def _ranked(reasons: Mapping[str, int]) -> str:
    ranked = sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0]))
    shown = ", ".join(f"{terminal(reason, 60)} {n:,}" for reason, n in ranked[:_REASONS_SHOWN])
    more = len(ranked) - _REASONS_SHOWN
    return f"{shown}, {more} more reasons" if more > 0 else shown


def _speed(done: Summary) -> str:
    before = f" ({done.shards_before:,} of them done before)" if done.shards_before else ""
    rate = "" if done.shards_before or not done.elapsed_s else f", {done.counts.total / done.elapsed_s:,.1f} pairs/s"
    shards, model = several(done.shards, "shard"), terminal(done.backend or "none", 60)
    return f"{shards}{before} in {duration(done.elapsed_s)}{rate}, model {model}"


def next_command(done: Summary, *, retry: bool = False) -> str:
    """The last line: what to do now."""
    out = quoted(done.plan.output)
    if done.counts.quarantined and not retry:
        return f"next: burnish report {out}   (after repairing what is in quarantine: burnish retry {out})"
    return f"next: burnish report {out}"


def quoted(path: str) -> str:
    """A path or URL as it may be pasted into a shell, credentials cut."""
    return shlex.quote(terminal(redact(path), 1_000))


def as_json(done: Summary) -> str:
    """The summary as one JSON object."""
    return json_line(done.as_json())


def several(number: int, noun: str) -> str:
    """``1 shard``, ``1,200 shards``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def duration(seconds: float) -> str:
    """``4 h 10 min``, ``3 min 5 s``, ``12.3 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {left} s"


def size(number: float) -> str:
    """Bytes for people: ``61 GB`` (powers of 1000)."""
    value, unit = float(number), "bytes"
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if value < 1_000 or unit == "TB":
            break
        value /= 1_000
    return f"{value:,.0f} {unit}" if value >= 10 or unit == "bytes" else f"{value:.1f} {unit}"


def examples(pairs: Iterable[tuple[str, str, str]]) -> str:
    """(key, before, after) as lines with the words that went and came marked."""
    return "\n".join(f"  {terminal(key, 40)}  {word_diff(before, after)}" for key, before, after in pairs)


def word_diff(before: str, after: str) -> str:
    """Both texts as one line: ``[-gone-]`` and ``{+come+}``, what stayed in between."""
    from difflib import SequenceMatcher

    old, new = terminal(before).split(), terminal(after).split()
    parts: list[str] = []
    for tag, old_start, old_stop, new_start, new_stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(" ".join(old[old_start:old_stop]))
            continue
        if old_stop > old_start:
            parts.append("[-" + " ".join(old[old_start:old_stop]) + "-]")
        if new_stop > new_start:
            parts.append("{+" + " ".join(new[new_start:new_stop]) + "+}")
    return " ".join(parts)
