"""Generated tokens a pair: score first and rewrite only what is low, against the joint answer (figure P5).

    python -m tools.train_tiny MODEL            # once, minutes of one core
    python -m benchmarks.score_first MODEL [--pairs 200] [--seed 2]

One tiny trained model answers both ways about the same held-out scenes, a fifth of them with bad captions. The joint
answer is AITQE's: the rewrite before all scores and explanations, for every pair. Explanations are about a dozen
words, far fewer than teachers write, so the joint side is counted low. Writes docs/figures/score_first.{json,md}.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks import joint_answer, tiny_measures
from benchmarks.scenes import CRITERIA, KINDS, Scene, scene
from burnish import replies
from burnish.chat import Written, fold, render
from burnish.chat.local.model import LocalModel
from burnish.chat.local.options import Options
from burnish.values import AssessRequest, Failure, Score

FIGURES = Path(__file__).parents[1] / "docs" / "figures"
THRESHOLD = 3.5
"""Below it a caption is rewritten; between the marks of good scenes (5) and of bad ones (1 and 2), in the middle."""
LOW = 5
"""One scene in so many has a bad caption."""
BAD = tuple(kind for kind in KINDS if kind != "good")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What one way of asking decided for each scene, and what it took in all."""

    low: list[bool]
    texts: list[str]
    took: dict[str, int]


def scenes_of(count: int, seed: int) -> list[Scene]:
    """Held-out scenes, every fifth bad."""
    kinds = [BAD[n // LOW % len(BAD)] if n % LOW == 0 else "good" for n in range(count)]
    return [scene(2 * (seed * 10_000_019 + n) + 1, (kind,)) for n, kind in enumerate(kinds)]


def score_first(model: LocalModel, scenes: Sequence[Scene]) -> Way:
    """All six criteria of every pair, a rewrite of those whose overall score is low."""
    asked = [
        AssessRequest(picture=one.picture, text=one.text, criterion=criterion)
        for one in scenes
        for criterion in CRITERIA
    ]
    chosen = model.choose([render.choose(request) for request in asked])
    scores = [fold.score(request, answer) for request, answer in zip(asked, chosen, strict=True)]
    overall = scores[:: len(CRITERIA)]
    low = [isinstance(score, Score) and score.value is not None and score.value < THRESHOLD for score in overall]
    texts = [one.text for one in scenes]
    bad = [at for at, is_low in enumerate(low) if is_low]
    for at, text in zip(bad, tiny_measures.rewrites(model, [scenes[at] for at in bad]), strict=True):
        texts[at] = text
    return Way(low=low, texts=texts, took=_took(model))


def joint(model: LocalModel, scenes: Sequence[Scene]) -> Way:
    """The one answer for every pair; its rewrite is taken where its overall score is low."""
    tasks = [joint_answer.task(one.picture, one.text) for one in scenes]
    low, texts = [], []
    for one, task, written in zip(scenes, tasks, model.write(tasks), strict=True):
        found = replies.read_object(written.text, task.schema, cut=written.cut) if isinstance(written, Written) else {}
        said = {} if isinstance(found, Failure) else found
        mark = said.get("Overall Score")
        low.append(isinstance(mark, int) and mark < THRESHOLD)
        texts.append(str(said["Recaption"]) if low[-1] else one.text)
    return Way(low=low, texts=texts, took=_took(model))


def _took(model: LocalModel) -> dict[str, int]:
    return asdict(model.counters)


def compared(folder: Path, count: int, seed: int) -> dict[str, object]:
    """Both ways on fresh models of `folder`, and how they compare."""
    scenes = scenes_of(count, seed)
    one, other = (ask(LocalModel(Options(model=str(folder), device="cpu")), scenes) for ask in (score_first, joint))
    tokens = {name: way.took["written_tokens"] / count for name, way in (("score_first", one), ("joint", other))}
    answers = tokens["score_first"] + len(CRITERIA)
    return {
        "pairs": count,
        "seed": seed,
        "bad": sum(not scene_.good for scene_ in scenes),
        "written_tokens_a_pair": {name: round(value, 2) for name, value in tokens.items()},
        "ratio": round(tokens["score_first"] / tokens["joint"], 4),
        "ratio_if_each_choice_counts_as_a_token": round(answers / tokens["joint"], 4),
        "same_decision": _share(a == b for a, b in zip(one.low, other.low, strict=True)),
        "same_text": _share(a == b for a, b in zip(one.texts, other.texts, strict=True)),
        "right_decision": {
            name: _share(low != scene_.good for low, scene_ in zip(way.low, scenes, strict=True))
            for name, way in (("score_first", one), ("joint", other))
        },
        "rewritten": {"score_first": sum(one.low), "joint": sum(other.low)},
        "took": {"score_first": one.took, "joint": other.took},
        "trained": tiny_measures.measured(LocalModel(Options(model=str(folder), device="cpu")), count, seed=seed + 1),
    }


def _share(hits: object) -> float:
    listed = list(hits)  # type: ignore[call-overload]
    return round(sum(listed) / len(listed), 4)


def page(found: dict[str, object]) -> str:
    """The figures as a table."""
    took, trained, right = (_table(found[name]) for name in ("took", "trained", "right_decision"))
    named = [name.replace("_", " ") for name in BAD]
    counted = [f"| {n.replace('_', ' ')} | {took['score_first'][n]} | {took['joint'][n]} |" for n in took["joint"]]
    exact = [f"{kind.replace('_', ' ')} {trained[f'rewrite_exact_{kind}']}" for kind in KINDS]
    return f"""# Score first against the joint answer

{found["pairs"]} held-out scenes (seed {found["seed"]}), {found["bad"]} with a bad caption of one of four kinds, one
tiny trained model on a CPU in fp32. Made by `python -m benchmarks.score_first`; all figures in `score_first.json`.

Written tokens a pair: **{found["ratio"]}x** of the joint answer (with each of the six choices counted as a token:
{found["ratio_if_each_choice_counts_as_a_token"]}x). The same decision to rewrite or not: **{found["same_decision"]}**;
the same text in the end: {found["same_text"]}. Right decisions: score first {right["score_first"]}, joint
{right["joint"]}.

| in all | score first | joint |
|---|---|---|
{_lines(counted)}

What the model knows, on {trained["n"]} other held-out scenes (seed {trained["seed"]}): AUC of good captions against
those of a kind, where that kind should get a lower mark.

| criterion | {" | ".join(named)} | scores half a mark off or more |
|---|{"---|" * len(named)}---|
{_lines(_row(trained, criterion) for criterion in CRITERIA[:4])}

Rewrites that are word for word right: {", ".join(exact)}. Of {trained["file_names"]} file names the rewrite names the
right colour in {trained["colour_right"]} and the right object in {trained["object_right"]} (chance: one in six).
"""


def _lines(rows: Iterable[str]) -> str:
    return "\n".join(rows)


def _table(value: object) -> dict[str, Any]:
    assert isinstance(value, dict)
    return value


def _row(trained: dict[str, Any], criterion: str) -> str:
    cells = [trained.get(f"{criterion}_auc_{kind}", "") for kind in BAD]
    return f"| {criterion} | {' | '.join(map(str, cells))} | {trained[f'{criterion}_off_by_half']} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2)
    given = parser.parse_args()
    found = compared(given.model, given.pairs, given.seed)
    (FIGURES / "score_first.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (FIGURES / "score_first.md").write_text(page(found), encoding="utf-8")
    print(page(found))


if __name__ == "__main__":
    main()
