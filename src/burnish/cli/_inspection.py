"""A source counted: form, shards, pairs, bytes, where texts come from, languages, problems by reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from burnish import languages
from burnish.cli._show import quoted, several, size
from burnish.plan import Plan
from burnish.protocols import Linking
from burnish.storage.redact import json_line
from burnish.stores import open_store
from burnish.texts import look as look_at
from burnish.texts import terminal
from burnish.values import Gap, Item, Json, Pair

LANGUAGE_TEXTS = 2_000
"""Languages are told from the first so many texts of a shard's share: identification costs more than reading."""

MIN_LANGUAGE_CHARS = 12  # shorter texts say nothing sure about their language
SAME_SHARE = 0.5  # a field equal to more texts than this is named as their source or copy
SURE = 0.5  # languages less likely than that are counted as "unsure": titles are short, and names look foreign


@dataclass(slots=True)
class Inspection:
    """Counts of one source."""

    source: str
    store: str = ""
    shards: int = 0
    bytes: int = 0
    limited: bool = False
    pairs: int = 0
    image_bytes: int = 0
    empty_texts: int = 0
    gap_bytes: int = 0
    shards_seen: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    same_as_text: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)


def look(plan: Plan) -> Inspection:
    """Read the source once, without decoding any image."""
    store = open_store(plan.source, plan.store or None, plan.store_options)
    shards = store.shards()
    found = Inspection(source=plan.source, shards=len(shards), bytes=sum(shard.size for shard in shards))
    found.store = type(store).__module__.rpartition(".")[2]
    texts_each = max(1, LANGUAGE_TEXTS // max(1, len(shards)))
    for shard in shards:
        found.shards_seen += 1
        texts_left = texts_each
        for item in store.rows(shard) if isinstance(store, Linking) else store.read(shard):
            texts_left -= _count(found, item, tell_language=texts_left > 0)
            if plan.limit and found.pairs >= plan.limit:
                found.limited = True
                return found
    return found


def _count(found: Inspection, item: Item, *, tell_language: bool) -> int:
    """Count one item in; 1 if its language was told."""
    if not isinstance(item, Pair):
        found.problems[str(item.reason)] += 1
        found.gap_bytes += max(0, item.stop - item.start) if isinstance(item, Gap) else 0
        return 0
    view = look_at(item.text)
    found.pairs += 1
    found.image_bytes += len(item.image)
    found.empty_texts += not view.clean
    found.fields.update(item.fields.keys())
    found.same_as_text.update(name for name, value in item.fields.items() if value == item.text and item.text)
    found.flags.update((*item.flags, *(flag for flag in view.flags if flag != "empty")))
    if not tell_language or len(view.clean) < MIN_LANGUAGE_CHARS:
        return 0
    language, probability = languages.classify(view.clean)
    found.languages[language if probability >= SURE else "unsure"] += 1
    return 1


def report(found: Inspection) -> str:
    """The inspection for people, 80 columns."""
    limited = f" (stopped at --limit; {several(found.shards_seen, 'shard')} opened)" if found.limited else ""
    lines = [
        f"{quoted(found.source)}: {found.store}, {several(found.shards, 'shard')}, {size(found.bytes)}",
        f"pairs      {found.pairs:,}{limited}, images {size(found.image_bytes)}, {found.empty_texts:,} empty texts",
        f"fields     {_fields(found)}",
        f"languages  {_ranked(found.languages, share=True) or 'no text is long enough to tell'}",
        f"flags      {_ranked(found.flags) or 'none'}",
        f"problems   {_ranked(found.problems) or 'none'}"
        + (f" ({size(found.gap_bytes)} in gaps)" * bool(found.gap_bytes)),
        "Images were not decoded: damaged ones show in a run.",
        f"next: burnish enhance {quoted(found.source)} -o OUT --dry-run"
        if found.pairs
        else "No pair was found: there is nothing to enhance here.",
    ]
    return "\n".join(lines)


def _fields(found: Inspection) -> str:
    """Names of the metadata, and which of them repeat the text (that is where it comes from, or its copy)."""
    shown = []
    for name, _ in found.fields.most_common(7):
        share = found.same_as_text[name] / max(1, found.pairs - found.empty_texts)
        shown.append(terminal(name, 40) + (f" (= text in {share:.0%})" if share > SAME_SHARE else ""))
    more = len(found.fields) - len(shown)
    return ", ".join(shown) + (f", {more} more" if more else "") or "none"


def _ranked(counts: Counter[str], *, share: bool = False) -> str:
    total = max(1, counts.total())
    top = counts.most_common(6)
    rest = counts.total() - sum(n for _, n in top)
    shown = [(terminal(name, 60), n) for name, n in top] + ([("other", rest)] if rest else [])
    return ", ".join(f"{name} {n / total:.0%}" if share else f"{name} {n:,}" for name, n in shown)


def as_json(found: Inspection) -> str:
    """The inspection as one JSON object."""
    body: dict[str, Json] = {
        "source": found.source,
        "store": found.store,
        "shards": found.shards,
        "bytes": found.bytes,
        "limited": found.limited,
        "pairs": found.pairs,
        "image_bytes": found.image_bytes,
        "empty_texts": found.empty_texts,
        "gap_bytes": found.gap_bytes,
        "fields": dict(found.fields),
        "same_as_text": dict(found.same_as_text),
        "languages": dict(found.languages),
        "flags": dict(found.flags),
        "problems": dict(found.problems),
    }
    return json_line(body)
