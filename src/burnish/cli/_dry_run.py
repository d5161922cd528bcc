"""``--dry-run``: a sample goes the whole way in memory; from it, what the real run would do. Nothing is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from burnish import recipes
from burnish.asks import recaption
from burnish.asks.explain import NAME as EXPLAIN
from burnish.asks.explain import explained
from burnish.cli._show import captions, duration, quoted, several, size, word_diff
from burnish.cli._trial import BATCHES, PAIRS, SEED, Interval, Trial
from burnish.plan import Plan
from burnish.standing import weights
from burnish.storage.places import locate
from burnish.storage.redact import json_line
from burnish.texts import terminal
from burnish.values import Json, Record, Score

EXAMPLES = 3


def _rewritten(trial: Trial) -> list[tuple[str, str, str]]:
    changed = [o for o in trial.outcomes if isinstance(o, Record) and o.caption.text != o.pair.text]
    return [(r.pair.key, r.pair.text, r.caption.text) for r in changed[:EXAMPLES]]


def report(trial: Trial) -> str:
    """The trial for people."""
    plan, n = trial.plan, len(trial.outcomes)
    if not trial.total:
        source = quoted(plan.source)
        return f"{source}: 0 pairs: nothing to try\nNothing was written. next: burnish inspect {source}"
    shards = f"{several(trial.sample.shards, 'shard')}, {size(trial.sample.source_bytes)}"
    lines = [
        f"plan  {quoted(plan.source)} ({shards}) -> {quoted(plan.output)}",
        f"      recipe {plan.recipe}, model {terminal(trial.model, 50)}, {_wanted(trial)}",
        _tried(trial),
    ]
    for name, hits in trial.counts().items():
        low, high = trial.share(hits)
        expected = f"  ({low:.1%} to {high:.1%})  {low * trial.total:,.0f} to {high * trial.total:,.0f} pairs"
        lines.append(f"  {name:<12}{hits:>4}  {hits / max(1, n):>6.1%}{'' if trial.tried_all else expected}")
    workers = several(trial.workers, "worker")
    lines.append(f"time  {_between(trial.time_s(), duration)} with {workers}, once the model is loaded")
    lines += _costs(trial)
    lines.append(f"disk  {' to '.join(map(size, trial.disk_bytes()))} needed{_free(plan)}")
    examples = _rewritten(trial)
    if examples:
        lines.append("examples, [-gone-] {+new+}:")
        lines += [f"  {terminal(key, 40)}  {word_diff(before, after)}" for key, before, after in examples]
    lines += _why_low(trial)
    lines += _captions_shown(trial)
    lines.append("Nothing was written. next: the same command without --dry-run")
    return "\n".join(lines)


def _why_low(trial: Trial) -> list[str]:
    lines = [
        f"  {terminal(key, 40)}  {terminal(text, 60)}: {s.criterion} {s.value:.2f}, {terminal(s.reason, 300)}"
        for key, text, s in _reasons(trial)
    ]
    return ["why captions stand low:", *lines] if lines else []


def _reasons(trial: Trial) -> list[tuple[str, str, Score]]:
    """Key, text and a deciding score with its reason, of some low pairs; none if no reasons were asked for."""
    if EXPLAIN not in trial.plan.extra:
        return []
    rules, decides = trial.plan.rewrite, weights(trial.plan, recipes.load(trial.plan.recipe))
    low = (
        (record.pair.key, caption.text, score)
        for record in trial.outcomes
        if isinstance(record, Record)
        for caption in record.captions
        if (score := explained(caption, decides, rules.below)) is not None
    )
    return list(islice(low, EXAMPLES))


def _wanted(trial: Trial) -> str:
    rules = trial.plan.recaption
    which = f" where {rules.only}" if rules.only else ""
    return f"captions {rules.formats}{which}" if trial.captions else f"rewrite below {trial.plan.rewrite.below}"


def _captions_shown(trial: Trial) -> list[str]:
    """What became of the sample's new captions, and one of each format."""
    first: dict[str, str] = {}
    for outcome in trial.outcomes:
        for caption in recaption.new(outcome) if isinstance(outcome, Record) else ():
            first.setdefault(caption.role, caption.text)
    return [*captions(trial.captions), *(f"  {role:<8} {terminal(text, 300)}" for role, text in first.items())]


def _between(interval: Interval | None, shown: Callable[[float], str]) -> str:
    return " to ".join(map(shown, interval)) if interval is not None else "not known"


def _costs(trial: Trial) -> list[str]:
    spent = trial.spent
    if spent is None:
        return []
    if not spent.told:
        return [
            f"model tokens and cost not told by the server (no usage in its answers); this trial: {spent.calls:,} calls"
        ]
    prompt, written = (_between(each, "{:,.0f}".format) for each in trial.tokens())
    lines = [f"model {prompt} prompt tokens, {written} written (90 %); this trial: {spent.calls:,} calls"]
    if trial.plan.cost.price_in or trial.plan.cost.price_out:
        cost, trying = _between(trial.cost(), "{:,.2f}".format), trial.plan.cost.cost(spent)
        lines.append(f"cost  {cost} at the given prices (90 %); the trial itself {trying:,.4f}")
    if spent.uncounted:
        lines.append(f"      {spent.uncounted:,} answers told no tokens: it is more than that")
    match trial.within_limit():
        case limit, 0:
            lines.append(f"limit of {limit} would stop the run before its first {PAIRS // BATCHES} pairs are done")
        case limit, pairs:
            lines.append(f"limit of {limit} would stop the run after about {pairs:,} pairs; a higher one goes on")
    return lines


def _tried(trial: Trial) -> str:
    if trial.tried_all:
        return f"tried all {trial.total:,} pairs:"
    about = "" if trial.sample.exact else "about "
    return f"tried {len(trial.outcomes)} of {about}{trial.total:,} pairs (seed {SEED}); 95 % intervals:"


def _free(plan: Plan) -> str:
    free = free_bytes(plan.output)
    return "" if free is None else f", {size(free)} free"


def free_bytes(output: str) -> int | None:
    """Free space where `output` is or will be; None for remote places."""
    place = locate(output)
    if place.fs is not None:
        return None
    folder = next(p for p in (Path(place.path).absolute(), *Path(place.path).absolute().parents) if p.is_dir())
    return shutil.disk_usage(folder).free


def as_json(trial: Trial) -> str:
    """The trial as one JSON object."""
    n = len(trial.outcomes)
    shares: dict[str, Json] = {
        name: {"sample": hits, "share_95": list(trial.share(hits))} for name, hits in trial.counts().items()
    }
    body: dict[str, Json] = {
        "dry_run": True,
        "source": trial.plan.source,
        "output": trial.plan.output,
        "sample": n,
        "seed": SEED,
        "total": trial.total,
        "total_exact": trial.sample.exact,
        "outcomes": shares,
        "time_s_95": _listed(trial.time_s()),
        **_costs_json(trial),
        "disk_bytes": list(trial.disk_bytes()),
        "disk_free_bytes": free_bytes(trial.plan.output),
        **({"captions": {role: dict(each) for role, each in trial.captions.items()}} if trial.captions else {}),
        "examples": [
            {"key": terminal(k), "before": terminal(b), "after": terminal(a)} for k, b, a in _rewritten(trial)
        ],
        **_reasons_json(trial),
    }
    return json_line(body)


def _reasons_json(trial: Trial) -> dict[str, Json]:
    if EXPLAIN not in trial.plan.extra:
        return {}
    rows: list[Json] = [
        {"key": terminal(k), "text": terminal(t), "criterion": s.criterion, "score": s.value, "reason": s.reason}
        for k, t, s in _reasons(trial)
    ]
    return {"reasons": rows}


def _costs_json(trial: Trial) -> dict[str, Json]:
    if trial.spent is None:
        return {}
    prompt, written = map(_listed, trial.tokens())
    found: dict[str, Json] = {
        "prompt_tokens_90": prompt,
        "written_tokens_90": written,
        "cost_90": _listed(trial.cost()),
    }
    if trial.plan.cost.limited:
        within = trial.within_limit()
        found["pairs_within_limit"] = None if within is None else within[1]
    return found


def _listed(interval: Interval | None) -> Json:
    return None if interval is None else list(interval)
