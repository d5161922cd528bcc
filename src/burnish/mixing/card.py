"""The card of a training set: what is in it, by which mixture, and what loaders are told to read."""

from __future__ import annotations

from collections.abc import Iterator

from burnish.mixing.forms import load
from burnish.mixing.mixture import Mixture
from burnish.mixing.shares import Report

_WHOLE = "**"


def card(mixture: Mixture, found: Report) -> str:
    """The card as Markdown with a YAML head; the same for the same arguments."""
    return "\n".join([*_front(mixture), "", *_text(mixture, found)]) + "\n"


def _front(mixture: Mixture) -> Iterator[str]:
    yield "---"
    yield "license: other"
    yield "license_name: unknown"
    yield "tags:"
    yield from ("- image", "- text", "- burnish")
    glob = load(mixture.form).glob
    if glob != _WHOLE:
        yield "configs:"
        yield "- config_name: default"
        yield f'  data_files: "{glob}"'
    yield "---"


def _text(mixture: Mixture, found: Report) -> Iterator[str]:
    yield "# Image-text pairs, mixed for training"
    yield ""
    yield f"{found.samples:,} samples from {found.pairs:,} pairs, made with burnish mix; images are the sources' to"
    yield "the byte. Which caption trains was drawn by hash of seed, key and image: the same sources and mixture give"
    yield "the same set. Licence and languages are those of the sources."
    yield ""
    yield f"- Seed {mixture.seed}, epoch {mixture.epoch}, counts {'exact' if found.exact else 'right on average'}"
    if mixture.about.what:
        yield f"- {mixture.about.what} ({mixture.about.source}; {mixture.about.sure})"
    if found.respelt:
        yield f"- texts that said `<image>` or the like, now `< image>`: {found.respelt:,}"
    yield from (f"- left out, {reason}: {number:,}" for reason, number in found.left_out.items())
    yield ""
    yield "| of | what | asked | possible | got | samples |"
    yield "|---|---|---:|---:|---:|---:|"
    for share in found.shares:
        shown = f"{share.asked:.2%} | {share.possible:.2%} | {share.got:.2%} | {share.samples:,}"
        yield f"| {share.within} | {share.name} | {shown} |"
    if found.levels:
        yield ""
        yield "| level of alignment (0: no score) | samples |"
        yield "|---|---:|"
        yield from (f"| {level} | {number:,} |" for level, number in found.levels.items())
