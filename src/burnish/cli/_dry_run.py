"""``--dry-run``: a sample goes the whole way in memory; from it, what the real run would do. Nothing is written."""

from __future__ import annotations

import math
import shutil
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from burnish import recipes
from burnish.answers import metered, usage
from burnish.asks import recaption
from burnish.asks.explain import NAME as EXPLAIN
from burnish.asks.explain import explained
from burnish.cli import _sampling
from burnish.cli._show import captions, duration, quoted, several, size, word_diff
from burnish.columns import columns
from burnish.flow import Outcome, enhance
from burnish.intervals import wilson
from burnish.plan import Plan
from burnish.standing import weights
from burnish.storage.places import locate
from burnish.storage.redact import json_line
from burnish.stores import store_of
from burnish.texts import terminal
from burnish.tools import Tools, load_tools
from burnish.usage import Usage
from burnish.values import Gap, Item, Json, Record, Score

PAIRS = 50
SEED = 0
EXAMPLES = 3
_T95 = 2.776  # Student's t for the five batches below
_T90 = 2.132
_BATCHES = 5
_FORM_BYTES = (1.0, 2.5)
"""What our fields of one pair take on disk, in parts of their JSON: alone, or also in Parquet and the records."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Used:
    """What one batch used of a model that costs something."""

    pairs: int
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a sample showed: outcomes, seconds a pair and use of the model in each batch (none for a model that costs
    nothing), bytes our fields add to a pair, what became of new captions (none if none were asked for).
    """

    plan: Plan
    sample: _sampling.Sample
    outcomes: Sequence[Outcome]
    seconds: Sequence[float]
    used: Sequence[Used]
    added_bytes: float
    workers: int
    model: str
    captions: Mapping[str, Mapping[str, int]]

    @property
    def total(self) -> int:
        """Items the real run would read."""
        return min(self.plan.limit, self.sample.total) if self.plan.limit else self.sample.total

    def counts(self) -> dict[str, int]:
        """Outcomes of the sample by name."""
        names = Counter(_name(outcome) for outcome in self.outcomes)
        shown = ("kept", "rewritten", *(["recaptioned"] if self.captions else ()), "passed", "quarantined", "gaps")
        return {name: names[name] for name in shown}

    @property
    def tried_all(self) -> bool:
        """Whether the sample is all the run would read: then shares are facts."""
        return self.sample.exact and len(self.outcomes) == self.sample.total == self.total

    def share(self, hits: int) -> Interval:
        """95 % interval of a share of the whole run, from how many of the sample had it."""
        n = len(self.outcomes)
        return (hits / n, hits / n) if n and self.tried_all else wilson(hits, n)

    def time_s(self) -> Interval:
        """95 % interval of the run's time, from how much the batches differ; loading the model not included."""
        mean = statistics.fmean(self.seconds)
        spread = _T95 * statistics.stdev(self.seconds) / math.sqrt(len(self.seconds)) if len(self.seconds) > 1 else mean
        scale = self.total / self.workers
        return max(mean / 2, mean - spread) * scale, (mean + spread) * scale

    def tokens(self) -> tuple[Interval, Interval]:
        """90 % intervals of the run's prompt and written tokens."""
        return (
            self._whole([use.usage.prompt_tokens / use.pairs for use in self.used]),
            self._whole([use.usage.written_tokens / use.pairs for use in self.used]),
        )

    def cost(self) -> Interval:
        """90 % interval of what the run costs at the plan's prices."""
        return self._whole([self.plan.cost.cost(use.usage) / use.pairs for use in self.used])

    def _whole(self, each: Sequence[float]) -> Interval:
        """90 % interval of the run's sum, from how much the batches differ."""
        mean = statistics.fmean(each)
        spread = _T90 * statistics.stdev(each) / math.sqrt(len(each)) if len(each) > 1 else mean
        return max(0.0, mean - spread) * self.total, (mean + spread) * self.total

    def disk_bytes(self) -> Interval:
        """What the output takes: the source's bytes and our fields."""
        share = self.total / self.sample.total if self.sample.total else 1.0
        low, high = (self.sample.source_bytes * share + f * self.added_bytes * self.total for f in _FORM_BYTES)
        return low, high


def attempt(plan: Plan) -> Trial:
    """Run the sample. Raises what the real run would refuse with, as far as that can be seen without writing."""
    from burnish import runs
    from burnish.engines.local import worker_count

    store = store_of(plan)
    with closing(load_tools(replace(plan, batch_size=PAIRS // _BATCHES))) as tools:
        runs.check(plan, tools.maker)
        sample = _sampling.draw(store, min(PAIRS, plan.limit or PAIRS), SEED)
        outcomes, seconds, used = _timed(sample.items, tools)
        model = tools.maker or "none"
        captioning = tools.captioning
    added = [len(str(columns(o))) for o in outcomes if isinstance(o, Record)]
    return Trial(
        plan=plan,
        sample=sample,
        outcomes=outcomes,
        seconds=seconds,
        used=used,
        added_bytes=statistics.fmean(added) if added else 0.0,
        workers=max(1, min(worker_count(plan), sample.shards)),
        model=model,
        captions=_captions(outcomes) if captioning else {},
    )


def _captions(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    records = [outcome for outcome in outcomes if isinstance(outcome, Record)]
    return recaption.as_json(Counter(counted for record in records for counted in recaption.counts(record)))


def _timed(items: Sequence[Item], tools: Tools) -> tuple[list[Outcome], list[float], list[Used]]:
    numbered = [replace(item, origin=replace(item.origin, ordinal=i)) for i, item in enumerate(items)]
    outcomes: list[Outcome] = []
    seconds: list[float] = []
    used: list[Used] = []
    step = tools.plan.batch_size
    for start in range(0, len(numbered), step):
        batch = numbered[start : start + step]
        before, began = usage(tools.backend), time.monotonic()
        outcomes += enhance(batch, tools)
        seconds.append((time.monotonic() - began) / len(batch))
        used.append(Used(len(batch), usage(tools.backend) - before))
    return outcomes, seconds[1:] or seconds, used if metered(tools.backend) else []


def _name(outcome: Outcome) -> str:
    if isinstance(outcome, Record):
        return str(outcome.decision)
    return "gaps" if isinstance(outcome, Gap) else "quarantined"


def _rewritten(trial: Trial) -> list[tuple[str, str, str]]:
    changed = [o for o in trial.outcomes if isinstance(o, Record) and o.caption.text != o.pair.text]
    return [(r.pair.key, r.pair.text, r.caption.text) for r in changed[:EXAMPLES]]


def report(trial: Trial) -> str:
    """The trial for people."""
    plan, n = trial.plan, len(trial.outcomes)
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
    lines.append(f"time  {' to '.join(map(duration, trial.time_s()))} with {workers}, once the model is loaded")
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


def _costs(trial: Trial) -> list[str]:
    if not trial.used:
        return []
    prompt, written = (f"{low:,.0f} to {high:,.0f}" for low, high in trial.tokens())
    spent = sum((use.usage for use in trial.used), start=Usage())
    lines = [f"model {prompt} prompt tokens, {written} written (90 %); this trial: {spent.calls:,} calls"]
    if trial.plan.cost.price_in or trial.plan.cost.price_out:
        low, high = trial.cost()
        trying = trial.plan.cost.cost(spent)
        lines.append(f"cost  {low:,.2f} to {high:,.2f} at the given prices (90 %); the trial itself {trying:,.4f}")
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
        "time_s_95": list(trial.time_s()),
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
    if not trial.used:
        return {}
    prompt, written = trial.tokens()
    return {"prompt_tokens_90": list(prompt), "written_tokens_90": list(written), "cost_90": list(trial.cost())}
