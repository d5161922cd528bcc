"""The page of `benchmarks.claims`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def page(results: Mapping[str, Any]) -> str:
    """Markdown of all parts."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Mapping[str, Any]) -> Iterator[str]:
    formats = results["formats"]
    yield "# Claims on scenes"
    yield ""
    command = f"python -m benchmarks.claims --scenes {results['scenes']} --seed {results['seed']}"
    yield f"`{command}`; nothing here is a real photo or a real model:"
    yield "scenes are composed clip art, the oracle answers from their truth."
    yield ""
    yield "## Taking captions apart and checking them"
    yield ""
    yield "One sentence a fact, every second one made false in one thing. *Found*: precision and recall of the claims;"
    yield "*false ones refuted*: precision and recall of the verdict, splitter and checker together."
    yield ""
    yield "The rules were written with the wordings *used* in view and none of the others. The *first* count is of the"
    yield "third of the wordings held out till then. After it the rules were made more general with those in view, and"
    yield "the *fresh* wordings, written before that, were counted once. The same author wrote wordings and rules, and"
    yield "knew the fresh wordings while changing the rules: that row is an upper bound."
    yield ""
    yield from _split("used", results["used"])
    for name, parts in results["counts"].items():
        for part, groups in parts.items():
            yield from _split(f"count {name}: {part}", groups)
    last = list(results["counts"].values())[-1]
    for part, groups in last.items():
        yield f"Wordings of the last count, {part} (recall of claims, precision, refuted: recall):"
        yield ""
        yield from _wordings(groups)
        yield ""
    yield f"## What captions of each format claim (oracle captioner, {formats['pairs']} scenes, alt texts half noisy)"
    yield ""
    for rate, roles in formats["by hallucination"].items():
        yield from _formats(rate, roles)
    yield from _names(formats["names"])
    yield f"## What `enhance` makes of each kind of alt text (oracle judge and editor, n = {formats['pairs']})"
    yield ""
    for budget, kinds in formats["enhance"].items():
        yield from _enhanced(budget, kinds)
    yield from _agreement(formats["builtin as checker"])


def _split(part: str, groups: Mapping[str, Any]) -> Iterator[str]:
    yield f"| {part} | sentences | claims | precision | recall | verdicts | refuted: precision | refuted: recall |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, row in groups.items():
        if not name.startswith("wording "):
            yield (
                f"| {name.removeprefix('form ')} | {row['sentences']} | {row['meant']} | {row['precision']:.3f} "
                f"| {row['recall']:.3f} | {row['verdict_accuracy']:.3f} "
                f"| {row['refuted_precision']:.3f} | {_rate(row)} |"
            )
    yield ""


def _wordings(groups: Mapping[str, Any]) -> Iterator[str]:
    for name, row in groups.items():
        if name.startswith("wording "):
            wording = name.removeprefix("wording ")
            yield f"- `{wording}` {row['recall']:.3f}, {row['precision']:.3f}, {_rate(row)} (n {row['sentences']})"


def _rate(row: Mapping[str, Any]) -> str:
    return f"{row['refuted_recall']:.3f}" if row["false"] else "-"


def _formats(rate: str, roles: Mapping[str, Any]) -> Iterator[str]:
    yield f"Share of sentences in which the captioner makes an object up: {rate}"
    yield ""
    yield "| role | captions | words | claims | ANA | hallucinated | unknown | CHAIR_i | CHAIR_s | entities kept |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for role, row in roles.items():
        shares = " | ".join(_percent(row[key]) for key in ("hallucinated", "unknown", "chair_i", "chair_s"))
        yield (
            f"| {role} | {row['captions']} | {row['words']:.1f} | {row['claims']:.2f} | {row['ana']:.2f} | {shares} "
            f"| {_percent(row['entity_survival'])} |"
        )
    yield ""


def _names(names: Mapping[str, int]) -> Iterator[str]:
    yield (
        f"Of {names['true']} true names in the alt texts the fused caption keeps {names['true kept']}; of "
        f"{names['false']} planted false ones it keeps {names['false kept']}."
    )
    yield ""


def _enhanced(budget: str, kinds: Mapping[str, Any]) -> Iterator[str]:
    yield f"| {budget} | n | kept | rewritten | passed | now right |"
    yield "|---|---|---|---|---|---|"
    for kind, row in kinds.items():
        counts = " | ".join(str(row.get(key, 0)) for key in ("n", "kept", "rewritten", "passed", "right"))
        yield f"| {kind} | {counts} |"
    yield ""


def _agreement(found: Mapping[str, Any]) -> Iterator[str]:
    yield "## The built-in model as a checker of claims"
    yield ""
    yield (
        f"{found['claims']} claims of alt texts, {found['true']} of them true. It decides on all but "
        f"{found['undecided']}; of the true ones it decides on it calls {found['supported recognised']:.1%} true, of "
        f"the false ones {found['refuted recognised']:.1%} false. It must not be used to check claims."
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
