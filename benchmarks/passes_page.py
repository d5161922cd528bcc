"""The figures of `benchmarks.passes` as Markdown."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

AT_SCALE = 100_000_000
_HOUR = 3_600e6


def page(found: Mapping[str, Any]) -> str:
    """All parts that there are."""
    lines = [
        "# Passes over whole sets",
        "",
        "Written by `python -m benchmarks.passes`; see there for what is measured.",
        "",
    ]
    for part, told in (("images", _images), ("captions", _captions), ("cost", _cost)):
        if part in found:
            lines += [*told(found), ""]
    return "\n".join(lines)


def _images(found: Mapping[str, Any]) -> Iterator[str]:
    part = found["images"]
    yield "## Near images"
    yield ""
    yield f"{part['scenes']} scenes each of {len(part['seeds'])} seeds, at most {part['limit_bits']:g} bits apart."
    yield ""
    yield "| change | found (mean) | lowest and highest seed |"
    yield "|---|---:|---:|"
    for name, shares in part["found"].items():
        yield f"| {name} | {statistics.mean(shares):.1%} | {min(shares):.1%}, {max(shares):.1%} |"
    yield ""
    yield f"Of {part['different_pairs']:,} pairs of different scenes {part['taken_for_one']:,} were taken for one."


def _captions(found: Mapping[str, Any]) -> Iterator[str]:
    part = found["captions"]
    yield "## Contradictions"
    yield ""
    yield (
        f"{part['pairs_a_seed']} pairs of captions of one scene a seed, {len(part['seeds'])} seeds,"
        f" {part['facts_a_caption']} facts a caption."
    )
    yield ""
    yield "| planted | pairs | found | by seed |"
    yield "|---|---:|---:|---|"
    pairs: Counter[str] = Counter()
    flagged: Counter[str] = Counter()
    wrongly: Counter[str] = Counter()
    for each in part["seeds"]:
        pairs.update(each["pairs"])
        flagged.update(each["flagged"])
        wrongly.update(each["wrongly_by"])
    for kind in sorted(kind for kind in pairs if kind):
        shares = [
            each["flagged"].get(kind, 0) / each["pairs"][kind] for each in part["seeds"] if each["pairs"].get(kind)
        ]
        yield f"| {kind} | {pairs[kind]:,} | {flagged[kind] / pairs[kind]:.1%} | {_percents(shares)} |"
    rates = [each["flagged"].get("", 0) / each["pairs"][""] for each in part["seeds"]]
    yield f"| nothing | {pairs['']:,} | {flagged[''] / pairs['']:.1%} | {_percents(rates)} |"
    yield ""
    right, all_ = sum(number for kind, number in flagged.items() if kind), flagged.total()
    planted = sum(number for kind, number in pairs.items() if kind)
    yield f"Precision {right / all_:.1%}, recall {right / planted:.1%} (n = {pairs.total():,}, {planted:,} planted)."
    by = ", ".join(f"{kind} {number}" for kind, number in wrongly.most_common()) or "nothing"
    yield f"Consistent pairs were flagged by: {by}."


def _percents(shares: Sequence[float]) -> str:
    return ", ".join(f"{share:.1%}" for share in shares)


def _cost(found: Mapping[str, Any]) -> Iterator[str]:
    sizes = sorted(found["cost"], key=int)
    yield "## Cost"
    yield ""
    signing = found["signing"]
    yield (
        f"To make a signature: near_image {signing['near_image']} us of CPU a picture, decoding not counted; near_text"
        f" {signing['near_text']} us a text ({signing['mean_chars']} characters on average)."
    )
    yield ""
    yield "| step | rows | CPU a million, s | peak memory, MB | disk a million, MB | tables |"
    yield "|---|---:|---:|---:|---:|---:|"
    for step in found["cost"][sizes[0]]:
        for size in sizes:
            row = found["cost"][size][step]
            figures = f"{row['cpu_us']:g} | {row['peak_mb']:,} | {row['disk_bytes']:,} | {row.get('tables', '')}"
            yield f"| {step} | {int(size):,} | {figures} |"
    yield ""
    yield "Peak memory is anonymous memory beyond what the process had before; mapped files are the system's to drop."
    yield ""
    yield from _on_paper(found["cost"][sizes[-1]])
    yield ""
    yield "Measured on: " + ", ".join(f"{key} {value}" for key, value in found["machine"].items()) + "."


def _on_paper(largest: Mapping[str, Any]) -> Iterator[str]:
    from burnish.passes.alike.near_image import NearImage

    yield f"On paper, for {AT_SCALE:,} pairs, from the largest size measured (near_image with its tables at that size):"
    yield ""
    yield "| step | CPU, hours | disk, GB |"
    yield "|---|---:|---:|"
    for step, row in largest.items():
        grown = NearImage(None).tables(AT_SCALE) / row["tables"] if step == "group by near_image" else 1.0
        yield f"| {step} | {row['cpu_us'] * grown * AT_SCALE / _HOUR:.1f} | {row['disk_bytes'] * AT_SCALE / 1e9:.0f} |"
