"""What captions of scenes are worth, scene by scene, so that everything has an interval over scenes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from burnish import edits, records
from burnish.asks import recaption
from burnish.claims import Claim, Kind, Verdict
from burnish.claims.rules import split
from burnish.contract import Given
from burnish.evals import claims as measures
from burnish.scenes import catalogue, palette, truth
from burnish.scenes.checker import TruthChecker
from burnish.scenes.scene import Scene
from burnish.storage.opening import open_files
from burnish.values import Caption, Draft
from tools.captioner_lessons import CONTRACTS, right
from tools.captioner_scenes import held_out, stream

FORMATS = ("ssc", "dsc", "dsc+", "afc")
SHIFTS = 5
"""So many other scenes each caption is put beside."""
CANDIDATES, FITTED = 60, 200
"""Training captions of which the best constant one is chosen, and the training scenes they are tried on."""
TRAINING_SEED = 0
RESAMPLES, BAND = 4000, (2.5, 97.5)
CHECKED = "overall"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A scene, and the captions that it has by format, more than one where the same is tried several times."""

    scene: Scene
    captions: Mapping[str, tuple[Caption, ...]]
    flags: tuple[str, ...] = ()


def read(source: Path, output: Path) -> list[Told]:
    """The captions of an output beside the truth of its source."""
    known = {pair.key: scene for pair, scene in truth.scenes(str(source))}
    files = open_files(str(output))
    found = []
    for name in records.names(files):
        with files.open(name) as file:
            for row in records.rows(file):
                made = {one.role: (one,) for one in records.captions(row)[1:]}
                found.append(Told(scene=known[row["key"]], captions=made, flags=tuple(row["flags"])))
    return found


def beside(told: Sequence[Told], others: Sequence[Told]) -> list[Told]:
    """The captions of `told` beside the scenes of `others`, in order."""
    return [replace(one, scene=other.scene) for one, other in zip(told, others, strict=True)]


def shuffled(told: Sequence[Told]) -> list[Told]:
    """Beside each scene the captions of the next `SHIFTS` scenes."""
    found = []
    for at, one in enumerate(told):
        others = [told[(at + shift) % len(told)] for shift in range(1, SHIFTS + 1)]
        made = {form: tuple(c for other in others for c in other.captions.get(form, ())) for form in FORMATS}
        found.append(replace(one, captions=made))
    return found


def constant(told: Sequence[Told]) -> list[Told]:
    """Beside each scene, for each format, the training caption of which most holds of other training scenes."""
    made = {form: (Caption(text=_best(form), role=form, maker="constant"),) for form in FORMATS}
    return [replace(one, captions=made) for one in told]


def true(told: Sequence[Told]) -> list[Told]:
    """Beside each scene the captions it was made with."""
    return [
        replace(
            one,
            captions={form: (Caption(text=right(one.scene, form).text, role=form, maker="truth"),) for form in FORMATS},
        )
        for one in told
    ]


@cache
def _best(form: str) -> str:
    scenes = list(islice(stream(TRAINING_SEED), CANDIDATES + FITTED))
    texts = [right(scene, form).text for scene in scenes[:CANDIDATES]]

    def holds(text: str) -> float:
        counted = np.array([_counts(text, scene) for scene in scenes[CANDIDATES:]]).sum(0)
        return float(counted[0] / max(counted[1], 1))

    return max(texts, key=holds)


def of_format(arms: Mapping[str, Sequence[Told]], form: str) -> dict[str, Any]:
    """For each arm the precision of what captions of a format affirm, with its interval, and by kind of claim; how far
    the model's is above each other's on the same scenes; and the measures of `burnish eval claims`.
    """
    counted = {
        arm: np.array([_counted(one, form) for one in told], dtype=float).reshape(-1, 2) for arm, told in arms.items()
    }
    found: dict[str, Any] = {arm: {"precision": _with_band(_ratio, counts)} for arm, counts in counted.items()}
    for arm, told in arms.items():
        found[arm]["by kind"] = {str(kind): _of_kind(told, form, kind) for kind in Kind}
        found[arm] |= _as_eval(told, form)
        if arm not in {"model", "truth"}:
            both = np.concatenate([counted["model"], counted[arm]], axis=1)
            found[arm]["model is above by"] = _with_band(lambda c: _ratio(c[..., :2]) - _ratio(c[..., 2:]), both)
    return found


def _counted(one: Told, form: str, kind: Kind | None = None) -> tuple[int, int]:
    each = [_counts(caption.text, one.scene, kind) for caption in one.captions.get(form, ())]
    return sum(good for good, _ in each), sum(decided for _, decided in each)


def _counts(text: str, scene: Scene, kind: Kind | None = None) -> tuple[int, int]:
    """Of what a text affirms of a scene, how many claims hold, and how many are decided. Denials are left out: nearly
    all of them hold of nearly every scene.
    """
    claims = [c for c in _split(text) if not c.negated and kind in {None, c.kind}]
    verdicts = Counter(TruthChecker(scene)(claims))
    return verdicts[Verdict.SUPPORTED], verdicts[Verdict.SUPPORTED] + verdicts[Verdict.REFUTED]


@cache
def _split(text: str) -> tuple[Claim, ...]:
    return split(text)


def _of_kind(told: Sequence[Told], form: str, kind: Kind) -> dict[str, float | int | None]:
    good, decided = np.array([_counted(one, form, kind) for one in told]).reshape(-1, 2).sum(0)
    return {"decided": int(decided), "precision": round(float(good / decided), 4) if decided else None}


def _as_eval(told: Sequence[Told], form: str) -> dict[str, Any]:
    checked = [row for one in told for caption in one.captions.get(form, ()) for row in _checked(one.scene, caption)]
    found = measures.measure(row for row in checked if row.role == form).get(form)
    kept = ("words", "claims", "ana", "hallucinated", "unknown", "chair_i", "chair_s", "entity_survival")
    return {} if found is None else {name: getattr(found, name) for name in kept}


def _checked(scene: Scene, caption: Caption) -> Iterable[measures.Checked]:
    original = Caption(text=scene.alt.text, role="alt", maker="source")
    return measures.check([original, caption], TruthChecker(scene))


def steps(told: Sequence[Told]) -> dict[str, Any]:
    """ANA of each format, and from each to the next denser one, on the scenes that have both."""
    table = np.array([[_ana(one, form) for form in FORMATS] for one in told])
    found: dict[str, Any] = {form: _with_band(_mean, _whole(table[:, [at]])) for at, form in enumerate(FORMATS)}
    for less, more in (("ssc", "dsc"), ("dsc", "dsc+")):
        both = _whole(table[:, [FORMATS.index(less), FORMATS.index(more)]])
        found[f"{more} - {less}"] = _with_band(_mean, both[:, [1]] - both[:, [0]])
    return found


def _whole(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rows in which nothing is missing."""
    return rows[~np.isnan(rows).any(axis=1)]


def _ana(one: Told, form: str) -> float:
    if not one.captions.get(form):
        return float("nan")
    return float(np.mean([_counts(caption.text, one.scene)[0] for caption in one.captions[form]]))


def contracts(told: Sequence[Told]) -> dict[str, dict[str, int]]:
    """By format: asked, written, of those how many only at the second try or cut, how many break their format (none
    should), and what became of the others.
    """
    found: dict[str, Counter[str]] = {form: Counter(asked=len(told)) for form in FORMATS}
    for one in told:
        for form, contract in CONTRACTS.items():
            for caption in one.captions.get(form, ()):
                given = Given(text=one.scene.alt.text if contract.format.sees_text else "")
                broken = contract.flaws(Draft(text=caption.text, edits=caption.edits), given)
                found[form].update(["written", *recaption.notes(caption), *(["broken"] if broken else ())])
        for flag in one.flags:
            form, colon, why = flag.removeprefix("no_").partition(":")
            if colon and form in found:
                found[form][f"no:{why}"] += 1
    return {form: dict(counts) for form, counts in found.items()}


def names(told: Sequence[Told]) -> dict[str, int]:
    """Of names planted in alt texts: true ones that a fused caption keeps, false ones it leaves out, and of those how
    many it lists as left out. Scenes without a fused caption are counted apart.
    """
    counts: Counter[str] = Counter()
    for one in told:
        alt = one.scene.alt
        if not one.captions.get("afc"):
            counts["names of scenes without a caption"] += len(alt.true_names) + len(alt.false_names)
            continue
        caption = one.captions["afc"][0]
        said, listed = _words(caption.text), _words("\n".join(edit.before for edit in caption.edits))
        for kind, planted in (("true", alt.true_names), ("false", alt.false_names)):
            for name in planted:
                inside = _words(name)
                counts.update([kind, *([f"{kind} kept"] if inside in said else ())])
                counts.update([f"{kind} listed as left out"] if inside not in said and inside in listed else ())
    return dict(sorted(counts.items()))


def _words(text: str) -> str:
    return f" {' '.join(edits.words(text))} "


def check(told: Sequence[Told]) -> dict[str, Any]:
    """How the model's own check ranks its captions: AUC of those that are all true against those with a refuted claim,
    by format, and how many it holds to be low.
    """
    found: dict[str, Any] = {}
    for form in FORMATS:
        scored = []
        for one in told:
            for caption in one.captions.get(form, ()):
                score = caption.score(CHECKED)
                if score is not None and score.value is not None:
                    good, decided = _counts(caption.text, one.scene)
                    scored.append((score.value, good == decided, "low" in recaption.notes(caption)))
        good_, bad = ([value for value, holds, _ in scored if holds is wanted] for wanted in (True, False))
        found[form] = {
            "true": len(good_),
            "with a false claim": len(bad),
            "auc": round(_auc(good_, bad), 4) if good_ and bad else None,
            "low": sum(low for _, _, low in scored),
        }
    return found


def _auc(good: Sequence[float], bad: Sequence[float]) -> float:
    above = np.subtract.outer(np.asarray(good), np.asarray(bad))
    return float((above > 0).mean() + 0.5 * (above == 0).mean())


def colours(told: Sequence[Told]) -> dict[str, Any]:
    """Of the objects named rightly in short captions whose colour the scene knows: how often that colour is said, and
    how often another; apart for objects in colours that training showed them in and did not.
    """
    found = {name: Counter[str]() for name in ("seen in training", "never seen in training")}
    for one in told:
        for caption in one.captions.get("ssc", ()):
            said = _split(caption.text)
            for group in one.scene.groups:
                named = [claim for claim in said if catalogue.nouns().get(claim.subject) == group.noun]
                if not group.colour or not named:
                    continue
                values = {claim.value for claim in named if claim.kind is Kind.ATTRIBUTE} & set(palette.COLOURS)
                what = "none" if not values else "right" if group.colour in values else "wrong"
                new = held_out(group.noun, group.colour)
                found["never seen in training" if new else "seen in training"].update(["named", what])
    return {name: dict(sorted(counts.items())) for name, counts in found.items()}


def _with_band(figure: Callable[[NDArray[np.float64]], NDArray[np.float64]], rows: NDArray[np.float64]) -> list[float]:
    """`figure` of all rows, and the bounds of its bootstrap interval over rows; nothing where there is nothing to
    measure.
    """
    if not len(rows) or np.isnan(figure(rows[None])).all():
        return []
    picked = np.random.default_rng(0).integers(len(rows), size=(RESAMPLES, len(rows)))
    low, high = np.nanpercentile(figure(rows[picked]), BAND)
    return [round(float(value), 4) for value in (figure(rows[None])[0], low, high)]


def _ratio(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    good, decided = counts[..., 0].sum(-1), counts[..., 1].sum(-1)
    return np.divide(good, decided, out=np.full_like(good, np.nan), where=decided > 0)


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = values[..., 0].mean(-1)
    return found
