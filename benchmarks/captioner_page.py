"""The page of `benchmarks.captioner`, and the pictures of its examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from benchmarks.captioner_measures import FORMATS, SHIFTS, Told
from burnish.claims import Verdict
from burnish.claims.rules import split
from burnish.scenes import draw, truth
from burnish.scenes.checker import TruthChecker

CHANCE = ("other scenes", "blank picture", "best constant")
KINDS = ("existence", "attribute", "count", "relation", "text")
COLUMNS, CELL_PX = 5, 200


def examples(told: Sequence[Told], count: int) -> list[dict[str, Any]]:
    """Evenly spread over the scenes ordered by how much of their fused, dense or short caption is refuted: from the
    best to the worst, so that failures are shown.
    """
    ranked = sorted(
        ((_refuted(one, form), one.scene.number, form) for one in told for form in FORMATS if one.captions.get(form)),
    )
    by_number = {one.scene.number: one for one in told}
    picked: dict[int, dict[str, Any]] = {}
    for at in range(count):
        place = round(at * (len(ranked) - 1) / max(count - 1, 1))
        fresh = [row for row in ranked[place:] + ranked[:place][::-1] if row[1] not in picked]
        for _, number, form in fresh[:1]:
            one = by_number[number]
            text = one.captions[form][0].text
            picked[number] = {
                "number": number,
                "format": form,
                "text": text,
                "alt text": one.scene.alt.text,
                "false": [claim.sentence for claim in _false(one, form)],
                "verdict": one.captions[form][0].verdict,
            }
    return list(picked.values())


def fused(told: Sequence[Told], count: int) -> list[dict[str, str]]:
    """What became of the first scenes' alt texts: the fused caption and what it lists as left out, or why there is
    none.
    """
    found = []
    for one in told[:count]:
        why = next((flag for flag in one.flags if flag.startswith("no_afc")), "")
        caption = one.captions.get("afc", (None,))[0]
        left = "; ".join(edit.before for edit in caption.edits) if caption else ""
        found.append(
            {"alt text": one.scene.alt.text, "text": caption.text if caption else "", "left": left, "why": why}
        )
    return found


def _refuted(one: Told, form: str) -> float:
    return len(_false(one, form)) / max(len(split(one.captions[form][0].text)), 1)


def _false(one: Told, form: str) -> list[Any]:
    claims = split(one.captions[form][0].text)
    verdicts = TruthChecker(one.scene)(claims)
    return [claim for claim, verdict in zip(claims, verdicts, strict=True) if verdict is Verdict.REFUTED]


def sheet(source: Path, shown: Sequence[Mapping[str, Any]]) -> Image.Image:
    """The pictures of the examples in rows, each under its number."""
    scenes = {scene.number: scene for _, scene in truth.scenes(str(source))}
    rows = -(-len(shown) // COLUMNS)
    page = Image.new("RGB", (COLUMNS * CELL_PX, rows * CELL_PX), (255, 255, 255))
    pen = ImageDraw.Draw(page)
    for at, example in enumerate(shown):
        picture = draw.draw(scenes[example["number"]])
        picture.thumbnail((CELL_PX - 10, CELL_PX - 24))
        left, top = at % COLUMNS * CELL_PX, at // COLUMNS * CELL_PX
        pen.text((left + 5, top + 3), str(at + 1), fill=(0, 0, 0))
        page.paste(picture, (left + 5, top + 18))
    return page


def page(found: Mapping[str, Any]) -> str:
    """Markdown of everything."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    models = found["models"]
    yield "# A trained tiny captioner"
    yield ""
    yield f"`python -m benchmarks.captioner MODEL ... --scenes {found['scenes']} --seed {found['seed']}`, models made"
    yield "by `python -m tools.train_tiny_captioner MODEL --seed N`: a SigLIP tower, a projector and a Qwen2 decoder of"
    yield "2.3 million parameters in all, trained from nothing on generated scenes, the tower first with the objects'"
    yield "boxes. It is an easy world, and each question is a token or two of its tokenizer: this shows that pictures,"
    yield "prompts, grammar, contracts, second try and check are put together rightly, not how a large model captions."
    yield ""
    yield f"{len(models)} training seed{'s' if len(models) > 1 else ''}, {found['scenes']} scenes that no training saw,"
    yield "half of their alt texts noisy. Brackets: 95 % bootstrap intervals over scenes. Chance is *other scenes* (the"
    yield f"model's captions beside {SHIFTS} other pictures each), *blank picture* (the same model shown white), *best"
    yield "constant* (the training caption of which most holds of other training scenes). *Truth* is what scenes say of"
    yield f"themselves: the ceiling. Names and colours are counted on {found['others']} more scenes each, all of which"
    yield "have names in their alt texts, or an object in a colour that training never showed it in."
    for model in models:
        yield ""
        yield f"## {model['model']}"
        yield ""
        yield f"Trained: {_counts(model['trained'])}."
        yield from _of_model(model)
    yield from _shown(models[0])


def _of_model(model: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield "Of what captions affirm and the truth decides, the share that holds (denials are left out: nearly all hold"
    yield "of nearly every scene):"
    yield ""
    yield "| format | model | other scenes | blank picture | best constant | truth | least lead over chance |"
    yield "|---|---|---|---|---|---|---|"
    for form in FORMATS:
        arms = model["formats"][form]
        lead = min((band for name in CHANCE if (band := arms[name]["model is above by"])), default=[])
        cells = [_band(arms[name]["precision"]) for name in ("model", *CHANCE, "truth")]
        yield f"| {form} | {' | '.join(cells)} | {_band(lead)} |"
    yield ""
    yield "| by kind of claim | " + " | ".join(f"{form}: model, other scenes" for form in FORMATS) + " |"
    yield "|---|" + "---|" * len(FORMATS)
    for kind in KINDS:
        yield f"| {kind} | " + " | ".join(_kind(model["formats"][form], kind) for form in FORMATS) + " |"
    yield ""
    yield "| `burnish eval claims` | words | claims | ANA | halluc. | unknown | CHAIR_i | CHAIR_s | entities kept |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for form in FORMATS:
        yield _eval(form, model["formats"][form]["model"])
    ana = model["ana"]
    yield ""
    yield (
        f"ANA (denials not counted): ssc {_band(ana['ssc'])}, dsc {_band(ana['dsc'])}, dsc+ {_band(ana['dsc+'])}; on "
        f"scenes that have both, dsc - ssc {_band(ana['dsc - ssc'])}, dsc+ - dsc {_band(ana['dsc+ - dsc'])}."
    )
    yield ""
    yield "| contract | asked | written | at the second try | cut | break it | not written |"
    yield "|---|---|---|---|---|---|---|"
    for form, row in model["contracts"].items():
        lost = ", ".join(f"{key.removeprefix('no:')} {value}" for key, value in sorted(row.items()) if key[:3] == "no:")
        counts = " | ".join(str(row.get(key, 0)) for key in ("asked", "written", "reasked", "trimmed", "broken"))
        yield f"| {form} | {counts} | {lost or '-'} |"
    yield ""
    yield from _names(model)
    yield ""
    for name, row in model["colours"].items():
        yield f"- Colour of an object named rightly in ssc, pair of object and colour {name}: {_counts(row)}."
    yield ""
    checked = [
        f"{form} {row['auc']} ({row['true']} and {row['with a false claim']})" for form, row in model["check"].items()
    ]
    yield f"Its own check, AUC of captions that are all true against those with a false claim: {', '.join(checked)}."


def _names(model: Mapping[str, Any]) -> Iterator[str]:
    yield "### Names in alt texts"
    yield ""
    yield "What is written says every name of its text or lists it as left out: the contract sees to that. What the"
    yield "model itself does is to be seen in its first answers, whether or not they are written."
    yield ""
    yield f"- First answers to alt texts with names: {_counts(model['names in first answers'])}."
    yield f"- The same, asked as usual: {_counts(model['fused'])}."
    yield f"- Names in what was written, all scenes together: {_counts(model['names'])}."
    yield f"- Names in what was written with white pictures: {_counts(model['names without pictures'])}."
    yield ""
    yield "What is false in these texts has another form (a hotel, a cafe or a club and three digits) than what is"
    yield "true, so it can be told without the picture; names come from the same lists as in training, in other"
    yield "combinations."


def _kind(arms: Mapping[str, Any], kind: str) -> str:
    model, other = (arms[name]["by kind"][kind] for name in ("model", "other scenes"))
    if not model["decided"]:
        return "-"
    return f"{model['precision']:.2f} (of {model['decided']}), {other['precision']:.2f}"


def _eval(form: str, row: Mapping[str, Any]) -> str:
    shares = [_percent(row[key]) for key in ("hallucinated", "unknown", "chair_i", "chair_s", "entity_survival")]
    return f"| {form} | {row['words']} | {row['claims']} | {row['ana']} | {' | '.join(shares)} |"


def _shown(model: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"## Examples of {model['model']}"
    yield ""
    yield "Captions ranked by the share of their claims that is refuted, and taken at even steps, from the best to the"
    yield "worst; none is chosen by hand."
    yield ""
    yield "![pictures](captioner.png)"
    yield ""
    for at, example in enumerate(model["examples"], 1):
        beside = f' (alt text: "{example["alt text"]}")' if example["format"] == "afc" else ""
        false = "; ".join(example["false"]) or "nothing"
        yield f"{at}. *{example['format']}*{beside}: {example['text']} **Refuted:** {false}"
    yield ""
    yield "Alt texts with names, the first ones of that part:"
    yield ""
    for example in model["examples with names"]:
        said = f"{example['text']} **Left out:** {example['left'] or 'nothing'}" if example["text"] else example["why"]
        yield f'- "{example["alt text"]}": {said}'


def _counts(row: Mapping[str, int]) -> str:
    return ", ".join(f"{key} {value}" for key, value in row.items()) or "none"


def _band(band: Sequence[float]) -> str:
    return f"{band[0]:.2f} ({band[1]:.2f} to {band[2]:.2f})" if band else "-"


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
