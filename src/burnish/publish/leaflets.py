"""What a push puts beside the data: the output's card with its rights and figures, and a Croissant file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from burnish.card import card, code
from burnish.publish.contents import Contents
from burnish.publish.croissant import croissant
from burnish.publish.figures import Figures, figures, means
from burnish.publish.rights import Rights, rights
from burnish.storage.files import Files
from burnish.storage.layout import CARD, CROISSANT, PLAN
from burnish.storage.redact import redact
from burnish.storage.sealed import unseal
from burnish.values import Json

_SOURCES_CARD: Final = "\n# Card of the source\n"
_LICENCE: Final = re.compile(r"^license:[ ]*([\w.-]+)[ ]*$", re.MULTILINE)


def leaflets(output: str, url: str, files: Files, found: Contents) -> Mapping[str, bytes]:
    """Card and Croissant file by their names; the same for the same output and place."""
    plan = _plan(found)
    counted = rights(output, found)
    text = found.run[CARD].decode() if CARD in found.run else card(_unfinished(found, plan), found.shards)
    head, mark, tail = text.partition(_SOURCES_CARD)
    added = "\n".join(_added(url, found, plan, counted, figures(files, found)))
    licence = _LICENCE.search(text.split("\n---", 1)[0])
    described = croissant(redact(url), found, plan, licence=licence[1] if licence else "other")
    return {
        CARD: f"{head.rstrip()}\n\n{added}\n{mark}{tail}".encode(),
        CROISSANT: orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
    }


def _plan(found: Contents) -> Mapping[str, Json]:
    content = unseal(found.run[PLAN]).get("plan")
    return content if isinstance(content, dict) else {}


def _unfinished(found: Contents, plan: Mapping[str, Json]) -> dict[str, Json]:
    """What `burnish.summary.Summary.lasting` would say so far."""
    asked = plan.get("plan")
    asked = asked if isinstance(asked, dict) else {}
    return {
        "backend": plan.get("model"),
        "recipe": asked.get("recipe"),
        "plan": asked,
        "counts": found.counts.as_json(),
        "shards": len(found.records),
    }


def _added(url: str, found: Contents, plan: Mapping[str, Json], counted: Rights, sums: Figures) -> Iterator[str]:
    if not found.seal:
        yield f"**Unfinished**: {len(found.records):,} shards were committed when this was sent. There is no seal."
        yield ""
    yield from _rights(counted)
    yield from _figures(sums)
    yield "## How to check it"
    yield ""
    yield f"Made by burnish {code(plan.get('burnish') or 'of an unknown version')}. Every file here is named with its"
    yield "SHA-256 in `.burnish/journal` and `.burnish/seal.json`; plan and thresholds are in `.burnish/plan.json`,"
    yield "every decision with its scores in `.burnish/records`, what could not be used in `.burnish/quarantine`."
    yield ""
    yield "```"
    yield f"burnish pull {redact(url)} -o copy"
    yield "burnish verify copy"
    yield "```"


def _rights(counted: Rights) -> Iterator[str]:
    yield "## Licences and opt-outs"
    yield ""
    yield "Licences of single images are those of their owners; burnish changes and grants none."
    yield ""
    if not counted.read:
        yield "The pairs' own fields could not be read here, so nothing is counted."
    elif not counted.columns:
        yield f"None of the {counted.pairs:,} pairs carries a field that speaks of a licence or an opt-out."
    else:
        yield f"- Pairs whose fields say that their owner opted out: {counted.opted_out:,} of {counted.pairs:,}"
    for reason, number in counted.not_fetched.items():
        yield f"- Not fetched for the owner's sake, `{reason}`: {number:,}"
    if counted.columns:
        yield ""
        yield "| field | value | pairs |"
        yield "|---|---|---:|"
        for name, values in counted.columns.items():
            yield from (f"| `{code(name)}` | `{code(value)}` | {number:,} |" for value, number in values.items())
    yield ""


def _figures(sums: Figures) -> Iterator[str]:
    if not sums.pairs:
        return
    yield "## Scores"
    yield ""
    yield f"{sums.pairs:,} pairs, {sums.changed:,} of them with another text than was found. Means on a scale of"
    yield "1 to 5 by the model named above, which also decided: they say what it thinks, not how good the texts are."
    yield "A failure is no score and counts in the last column alone."
    yield ""
    yield "| criterion | texts as found | chosen texts | without a score |"
    yield "|---|---:|---:|---:|"
    for criterion, (before, now) in means(sums).items():
        yield f"| `{code(criterion)}` | {before} | {now} | {now.missing:,} |"
    yield ""
