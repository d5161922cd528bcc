"""docs/figures/entities.md from its json: nothing is typed by hand."""

from __future__ import annotations

from typing import Any

HEAD = """# Names of a user's table

Made by `python -m benchmarks.entities`; seed {seed}. The table: 30 rows written for this (cities, countries, species,
makers; other scripts; homonyms; everyday words that are names), and {distractors:,} made-up names as distractors.
Texts come from templates, so their truth is known; they are split in halves by hash. The weights were set by hand on
single examples before any of these texts was linked, and not changed after; the halves are given together for that
reason and apart in the json."""

LINKING = """## Linking

*recall*: names linked to their row, of those that mean one; *precision*: links that are right; *held*: names that are
protected, with or without a row (a name of which it cannot be told which row it means is not linked, and still has to
survive). *links* of the kinds without names are wrong ones.

What this cannot tell: templates are tidier than the web, made-up distractors look less like words than real names do,
and everyday words are only known for English. A misspelt name of five letters and less, or one that is misspelt in its
first letters, is often left alone on purpose."""

TITLES = """## Real titles

{texts} titles of openclipart-svg in which a name of {rows} real ones begins a word, drawn by chance and labelled by
hand before any was linked, by whoever wrote this benchmark ([titles](../../benchmarks/entities_titles.tsv),
[names](../../benchmarks/entities_names.tsv)): countries and their parts, homonyms (Georgia), people, makers, and
everyday words that are names (Apple, Turkey). The same {distractors:,} distractors; nothing was changed after this
count."""

SURVIVAL = """## Survival

A model that for every name it is told keeps it, respells it, loses it or swaps it for another row's, at random; its own
second look likes every rewrite. *kept*: every linked name stands in the answer in a spelling of its row, by a
comparison of letters that is not the guard's; a swap may hit upon the same name. This model is a function in the run's
process; whole runs against a server of random answers are in the tests."""

SPEED = """## Speed

CPU time of one process (the machine was shared), {texts} texts of twelve words with one name each. *load* is building
the index from rows in memory; *index* what it adds to the process; *search* finding exact names alone. In brackets: the
Aho-Corasick automata that were weighed, which find exact names only. A row without them is of another run, on a machine
with other load."""


def page(results: dict[str, Any]) -> str:
    """The whole page."""
    parts = [
        HEAD.format(seed=results["seed"], distractors=results["distractors"]),
        LINKING,
        _linking(results["linking"]),
    ]
    if "titles" in results:
        found = results["titles"]
        texts = sum(kind["texts"] for kind in found["kinds"].values())
        parts += [
            TITLES.format(texts=texts, rows=found["rows"], distractors=results["distractors"]),
            _linking({"all": found["kinds"]}),
        ]
        parts.append(_wrong(found["wrong"]))
    parts += [SURVIVAL, _survival(results["survival"])]
    if "speed" in results:
        parts += [SPEED.format(texts=300), _speed(results["speed"])]
    return "\n\n".join(parts) + "\n"


def _linking(halves: dict[str, dict[str, dict[str, Any]]]) -> str:
    lines = [
        "| kind of text | texts | names | links | precision | recall | held |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    kinds = list(dict.fromkeys(kind for half in halves.values() for kind in half))
    for kind in [*kinds, "all"]:
        found = [half[one] for half in halves.values() for one in half if kind in {one, "all"}]
        total = {
            name: sum(each[name] for each in found) for name in ("texts", "names", "wanted", "links", "right", "held")
        }
        shares = (("right", "links"), ("right", "wanted"), ("held", "names"))
        told = " | ".join(f"{total[a] / total[b]:.1%}" if total[b] else "-" for a, b in shares)
        lines.append(f"| {kind} | {total['texts']} | {total['names']} | {total['links']} | {told} |")
    return "\n".join(lines)


def _wrong(titles: list[dict[str, Any]]) -> str:
    lines = ["All that was linked wrongly or not:" if titles else "Nothing was linked wrongly or left out.", ""]
    for one in titles:
        means, found = (", ".join(one[key]) or "nothing" for key in ("means", "found"))
        lines.append(f"- `{one['title']}`: means {means}; found {found}")
    return "\n".join(lines)


def _survival(fates: dict[str, int]) -> str:
    lines = ["| names in the answer / what became of it | answers |", "|---|---:|"]
    lines += [f"| {fate} | {count} |" for fate, count in fates.items()]
    accepted = {fate: count for fate, count in fates.items() if fate.endswith(("accepted", "outdone"))}
    kept = sum(count for fate, count in accepted.items() if fate.startswith("kept"))
    return "\n".join([*lines, "", f"Of {sum(accepted.values())} accepted rewrites {kept} say every linked name."])


def _speed(sizes: list[dict[str, Any]]) -> str:
    lines = [
        "| names | load, s | index, MB | us a text | load, exact only | index | us a text | search alone, us |",
        "|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for each in sizes:
        cells = [f"{each[kind][what]:g}" for kind in ("fuzzy", "exact") for what in ("load_s", "index_mb", "us_a_text")]
        peers = [
            f"{name} {peer['us_a_text']:g}, load {peer['load_s']:g} s, {peer['index_mb']:g} MB"
            for name, peer in each["peers"].items()
        ]
        search = f"{each['search']['ours']:g}" + (f" ({'; '.join(peers)})" if peers else "")
        lines.append(f"| {each['rows']:,} | {' | '.join(cells)} | {search} |")
    return "\n".join(lines)
