"""Linking of names, their survival against a model that loses and swaps them, and speed: docs/figures/entities.*

``python -m benchmarks.entities`` needs nothing but burnish; with `pyahocorasick` or `ahocorasick_rs` installed their
search for exact names is measured beside ours.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import entities_texts, entities_titles, measure
from benchmarks.entities_texts import ROWS, Text
from burnish import asks, flow, recipes
from burnish.backends.builtin import lexicon
from burnish.backends.function import FunctionBackend
from burnish.entities.folding import key
from burnish.entities.linking import Linker
from burnish.entities.table import Row, Table
from burnish.plan import EntityRules, Plan, RewriteRules
from burnish.tools import Tools
from burnish.values import AssessRequest, Caption, Origin, Pair, Picture, Record, Request, RewriteRequest

FIGURES = Path("docs/figures")
SEED = 4
DISTRACTORS = 10_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)
SPEED_TEXTS = 300


def linker(count: int, *, rows: Iterable[Row] = ROWS, fuzzy: bool = True) -> Linker:
    table = Table("benchmark")
    for row in (*rows, *entities_texts.made_up(count, SEED)):
        table.add(row)
    return Linker(table, min_score=0.5, fuzzy=fuzzy, ordinary=lexicon.known)


# --- linking -------------------------------------------------------------------------------------------------------


def linking() -> dict[str, Any]:
    """Precision and recall by kind of text, on both halves."""
    built = linker(DISTRACTORS)
    halves: dict[str, dict[str, Counter[str]]] = {"dev": {}, "test": {}}
    for text in entities_texts.texts(SEED):
        halves["test" if text.test else "dev"].setdefault(text.kind, Counter()).update(_counted(built, text))
    return {half: {kind: _rates(found) for kind, found in kinds.items()} for half, kinds in halves.items()}


def titles() -> dict[str, Any]:
    """The same of real titles, and every one of which something is linked wrongly or not."""
    built = linker(DISTRACTORS, rows=entities_titles.rows())
    kinds: dict[str, Counter[str]] = {}
    missed = []
    for text in entities_titles.titles():
        found = _counted(built, text)
        kinds.setdefault(text.kind, Counter()).update(found)
        if not found["right"] == found["wanted"] == found["links"]:
            linked = [f"{entity.text}={entity.id}" for entity in built.link({"text": text.text})]
            missed.append({"title": text.text, "means": [f"{said}={own}" for said, own in text.means], "found": linked})
    return {"rows": len(entities_titles.rows()), "kinds": {k: _rates(c) for k, c in kinds.items()}, "wrong": missed}


def _counted(built: Linker, text: Text) -> Counter[str]:
    wanted = {(said, own) for said, own in text.means if own}
    names = {said for said, _ in text.means}
    found = built.link({"text": text.text})
    links = {(entity.text, entity.id) for entity in found if entity.id}
    held = {entity.text for entity in found}
    return Counter(
        texts=1,
        wanted=len(wanted),
        links=len(links),
        right=len(links & wanted),
        names=len(names),
        held=len({name for name in names if any(key(name) == key(said) for said in held)}),
    )


def _rates(found: Counter[str]) -> dict[str, Any]:
    share = {"precision": ("right", "links"), "recall": ("right", "wanted"), "held": ("held", "names")}
    rates = {name: round(found[a] / found[b], 4) if found[b] else None for name, (a, b) in share.items()}
    return {**{name: found[name] for name in ("texts", "names", "wanted", "links", "right", "held")}, "rates": rates}


# --- survival ------------------------------------------------------------------------------------------------------


def survival() -> dict[str, Any]:
    """A model that keeps, respells, loses or swaps names, every answer of which a second look would take."""
    built, rng, counts = linker(1_000), random.Random(SEED), Counter[str]()
    backend = FunctionBackend(lambda request: _adversary(request, rng), name="adversary")
    plan = Plan(source="s", rewrite=RewriteRules(max_inserted=9), entities=EntityRules(table="t"))
    recipe = recipes.load("aitqe")
    terms = asks.Terms(plan=plan, recipe=recipe, maker="adversary", linker=built)
    made = tuple(asks.load(name, terms) for name in recipe.asks)
    tools = Tools(plan=plan, recipe=recipe, backend=backend, asks=made, decoder=None, maker="", linker=built)  # type: ignore[arg-type]
    for at, text in enumerate(entities_texts.texts(SEED) * 4):
        record = flow.named(_record(at, f"{text.text} jpg"), tools)
        for ask in made:
            record = flow.put(ask, [record], backend)[0]
        entities = [entity for entity in record.entities or () if entity.source == "text"]
        if len(record.captions) > 1 and entities:
            counts.update(_fate(record, entities))
    return dict(sorted(counts.items()))


def _adversary(request: Request, rng: random.Random) -> float | str:
    if isinstance(request, AssessRequest):
        return 4.5 if request.again else 1.5
    assert isinstance(request, RewriteRequest)
    text = request.text.removesuffix(" jpg")
    for first, *other in request.names:
        way = rng.choice(("keep", "keep", "respell", "lose", "swap"))
        new = {"keep": first, "respell": (other or [first.upper()])[0], "lose": "", "swap": rng.choice(ROWS).name}[way]
        text = text.replace(first, new)
    return " ".join(text.split()) or "a picture"


def _record(at: int, text: str) -> Record:
    pair = Pair(origin=Origin(source="", shard="", ordinal=at), key=str(at), image=b"", image_name="x.jpg", text=text)
    picture = Picture(rgb=np.full((8, 8, 3), at % 251, np.uint8), width=8, height=8, format="PNG", mode="RGB")
    return Record(pair=pair, picture=picture, view=text, captions=(Caption(text=text, role="alt", maker="source"),))


def _fate(record: Record, entities: list[Any]) -> list[str]:
    """What the answer did, seen without our own comparison, and what became of it."""
    text = record.captions[1].text
    kept = all(any(_stands(form, text) for form in (entity.text, *entity.forms)) for entity in entities)
    verdict = record.captions[1].verdict.partition(":")
    return [f"{'kept' if kept else 'broken'} / {verdict[2] if verdict[0] == 'rejected' else verdict[0]}"]


def _stands(form: str, text: str) -> bool:
    """Letter by letter, whatever the case, with no Latin letter or figure beside it."""
    return re.search(f"(?<![a-z0-9]){re.escape(form.casefold())}(?![a-z0-9])", text.casefold()) is not None


# --- speed ---------------------------------------------------------------------------------------------------------


def speed() -> list[dict[str, Any]]:
    """Each size in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.entities", "--size"]
    return [json.loads(subprocess.run([*command, str(n)], check=True, capture_output=True).stdout) for n in SIZES]


def _sized(count: int) -> dict[str, Any]:
    """CPU seconds to load, resident MB, CPU microseconds a text of twelve words, one of them a name of the table."""
    rows, rng = list(entities_texts.made_up(count, SEED)), random.Random(SEED)
    samples = [_sample(rows, rng) for _ in range(SPEED_TEXTS)]
    table = Table("benchmark")
    for row in rows:
        table.add(row)
    names = [key(row.name) for row in rows]
    del rows
    found: dict[str, Any] = {"rows": count}
    for name, fuzzy in (("exact", False), ("fuzzy", True)):
        before, started = _resident_mb(), time.process_time()
        built = Linker(table, min_score=0.5, fuzzy=fuzzy, ordinary=lexicon.known)
        found[name] = {"load_s": round(time.process_time() - started, 2), "index_mb": round(_resident_mb() - before, 1)}
        found[name]["us_a_text"] = _us(lambda text, by=built: by.link({"text": text}), samples)
        if name == "exact":
            found["search"] = {"ours": _us(built.mentions, samples)}
        del built
    found["table_mb"] = round(sum(len(name) for name in names) / 1e6, 1)
    found["peers"] = {name: _peer(make, names, samples) for name, make in PEERS.items() if find_spec(name)}
    return found


def _sample(rows: list[Row], rng: random.Random) -> str:
    words = [rng.choice(("a", "view", "of", "the", "old", "street", "people", "market", "red", "at", "night", "in"))]
    words += [rng.choice(("house", "with", "two", "dogs", "near", "river", "and", "tree", "child")) for _ in range(11)]
    words[rng.randrange(12)] = rng.choice(rows).name
    return " ".join(words).capitalize()


def _us(step: Callable[[str], object], samples: list[str]) -> float:
    started = time.process_time()
    for text in samples:
        step(text)
    return round((time.process_time() - started) / len(samples) * 1e6, 1)


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 1e6


def _pyahocorasick(names: list[str]) -> Callable[[str], object]:
    import ahocorasick

    found = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for at, name in enumerate(names):
        found.add_word(name, at)
    found.make_automaton()
    return lambda text: list(found.iter(key(text)))


def _ahocorasick_rs(names: list[str]) -> Callable[[str], object]:
    import ahocorasick_rs

    found = ahocorasick_rs.AhoCorasick(names, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False)
    return lambda text: found.find_matches_as_indexes(key(text), overlapping=True)


PEERS = {"ahocorasick": _pyahocorasick, "ahocorasick_rs": _ahocorasick_rs}


def _peer(make: Callable[[list[str]], Callable[[str], object]], names: list[str], samples: list[str]) -> dict[str, Any]:
    before, started = _resident_mb(), time.process_time()
    search = make(names)
    load_s = round(time.process_time() - started, 2)
    return {"load_s": load_s, "index_mb": round(_resident_mb() - before, 1), "us_a_text": _us(search, samples)}


PARTS: dict[str, Callable[[], Any]] = {"linking": linking, "titles": titles, "survival": survival, "speed": speed}


def main() -> None:
    """Measure the parts asked for, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=sorted(PARTS))
    parser.add_argument("--size", type=int, help="measure one size in this process and print it")
    options = parser.parse_args()
    if options.size:
        print(json.dumps(_sized(options.size)))
        return
    from benchmarks import entities_page

    path = FIGURES / "entities.json"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for part in options.part or PARTS:
        results[part] = PARTS[part]()
    results |= {"seed": SEED, "distractors": DISTRACTORS, "machine": measure.machine(("numpy", "rapidfuzz"))}
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(entities_page.page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
