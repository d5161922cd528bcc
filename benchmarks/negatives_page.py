"""The page of `benchmarks.negatives`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

PERFECT = "perfect"
DENSE = "dense"


def page(results: Mapping[str, Any]) -> str:
    """Markdown of all judges."""
    runs = results["runs"]
    parts = (_opening(results), _ways(runs), _dense([run[DENSE] for run in runs.values()]), _judges(runs))
    return "\n".join(line for part in parts for line in part) + "\n"


def _opening(results: Mapping[str, Any]) -> Iterator[str]:
    runs = results["runs"]
    good = sum(run[PERFECT]["good"] for run in runs.values())
    yield "# Captions made worse, and who lets them through"
    yield ""
    yield f"`python -m benchmarks.negatives --scenes {results['scenes']} --seeds {' '.join(runs)}`:"
    yield f"{len(runs)} seeds of {results['scenes']} scenes, half of the alt texts spoilt; {good} pairs are good, and"
    yield "every way is put to each of them. Composed clip art and an oracle: nothing here is a real photo or a real"
    yield "model."
    yield ""
    yield "*Worse by the truth*: the caption makes a claim that the picture refutes and the original does not, or it is"
    yield "cut off or out of order. Truth and perfect judge take texts apart by the same rules, so the share of the"
    yield "perfect judge only says that nothing is lost or mixed up on the way; the faulty judges are the measurement."
    yield ""


def _ways(runs: Mapping[str, Any]) -> Iterator[str]:
    yield "## Ways, before a perfect judge"
    yield ""
    yield "| way | good pairs without a hold | shown | worse by the truth | kept | yield | really worse of the kept |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    no_hold: Counter[str] = Counter()
    for run in runs.values():
        no_hold.update({_named(way): number for way, number in run[PERFECT]["no_hold"].items()})
    for way, counts in _summed(runs, PERFECT).items():
        shown, kept = counts["shown"], counts["kept"]
        without = "" if way == "all" else f"{no_hold[way]}"
        yield (
            f"| {way} | {without} | {shown} | {counts['worse']} | {kept} | {_share(kept, shown)} |"
            f" {_share(counts['kept_worse'], kept)} |"
        )
    yield ""
    yield "`harmless` is a control that only puts words in front, not among *all*. `teacher` is the oracle told to fail"
    yield "in a tenth of its captions. A name that no picture refutes (`entity`) is refused, and so is a thing the"
    yield "scenes have no word for (`near`, `object`: the truth does not know whether there is a fox). Leading"
    yield "questions that are kept although the truth does not refute them were taken for orders by the guard against"
    yield "injection; what is left when the order is taken out, which is nothing, is what the judge was shown as well."
    yield ""


def _dense(parts: list[dict[str, int]]) -> Iterator[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    yield "Alt texts say nothing of places, so `relation` is counted apart, on scenes whose text is their dense"
    yield f"caption: {total['good']} good pairs, {total['no_hold']} without a hold; {total['shown']} shown,"
    yield f"{total['worse']} of them worse by the truth; {total['kept']} kept,"
    yield f"{_share(total['kept_worse'], total['kept'])} of these really worse."
    yield ""


def _judges(runs: Mapping[str, Any]) -> Iterator[str]:
    yield "## Judges"
    yield ""
    yield "All ways but the harmless one; each seed for itself, then all. *False*: of the kept captions those that are"
    yield "not worse by the truth. *Missed*: of those that are worse, the ones refused. A pair that the judge itself"
    yield "does not take for good is left out first."
    yield ""
    yield "| judge | good pairs | shown | kept | false, by seed | false | missed | harmless ones kept |"
    yield "|---|---:|---:|---:|---|---:|---:|---:|"
    for judge in next(iter(runs.values())):
        if judge != DENSE:
            yield _judge(runs, judge)


def _judge(runs: Mapping[str, Any], judge: str) -> str:
    ways = _summed(runs, judge)
    whole, control = ways["all"], ways["harmless"]
    each = [run[judge]["ways"]["all"] for run in runs.values()]
    by_seed = ", ".join(_share(one["kept"] - one["kept_worse"], one["kept"]) for one in each)
    cells = (
        judge,
        str(sum(run[judge]["good"] for run in runs.values())),
        str(whole["shown"]),
        str(whole["kept"]),
        by_seed,
        _share(whole["kept"] - whole["kept_worse"], whole["kept"]),
        _share(whole["worse"] - whole["kept_worse"], whole["worse"]),
        _share(control["kept"], control["shown"]),
    )
    return f"| {' | '.join(cells)} |"


def _summed(runs: Mapping[str, Any], judge: str) -> dict[str, Counter[str]]:
    """Counts by way over all seeds."""
    found: dict[str, Counter[str]] = {}
    for run in runs.values():
        for way, counts in run[judge]["ways"].items():
            found.setdefault(way, Counter()).update(counts)
    return found


def _named(way: str) -> str:
    return "harmless" if ":" in way else way


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"
