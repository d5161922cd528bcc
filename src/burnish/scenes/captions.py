"""A scene in words: true captions of the formats' lengths, and the text an honest editor would leave.

Lengths are counted by `burnish.tokens.estimate` and stay clear of the formats' ends: 10-15 (ssc), 40-60 (dsc), over 100
(dsc+), and dsc with the alt text's names for afc.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from burnish import edits, guards
from burnish.claims import PICTURE, Claim, Kind
from burnish.scenes import facts, phrasing
from burnish.scenes.scene import Group, Scene
from burnish.tokens import estimate
from burnish.values import Edit

SSC_TOKENS = (10, 15)
DSC_TOKENS = (41, 53)
DSC_PLUS_TOKENS = (106, 150)
AFC_TOKENS = (34, 50)
"""Before the names."""


def plain(scene: Scene) -> str:
    """What is there, as a short alt text: "A red car and two dogs"."""
    words = listed([_phrase(group) for group in scene.groups])
    return words[:1].upper() + words[1:]


def ssc(scene: Scene) -> str:
    """One sentence of 10 to 15 tokens."""
    ground = _ground(scene)
    spoken = [[_phrase(group) for group in scene.groups[:count]] for count in range(len(scene.groups), 1, -1)]
    bare = [[_phrase(group, bare=True) for group in scene.groups[:count]] for count in range(len(scene.groups), 1, -1)]
    said = [f"{listed(words)} on {ground}." for words in (*spoken, *bare)]
    said += [f"A drawing of {listed(words)}." for words in (*spoken, *bare)]
    fits = [text for text in said if SSC_TOKENS[0] <= estimate(text) <= SSC_TOKENS[1]]
    chosen = fits[0] if fits else f"A drawing of {listed(bare[-1])} on {ground}."
    return chosen[:1].upper() + chosen[1:]


def dsc(scene: Scene) -> str:
    """At most four sentences, 40 to 60 tokens."""
    return _dense(scene, DSC_TOKENS, 3)


def dsc_plus(scene: Scene) -> str:
    """More than 100 tokens: everything there is to say, and last what is not there."""
    said = (*(f"{clause}." for clause in _clauses(scene)), *_absences(scene))
    return " ".join(_taken((_opening(scene), *said), DSC_PLUS_TOKENS))


def afc(scene: Scene, names: Sequence[str] | None = None) -> str:
    """What is to be seen, in three sentences, and the names of the alt text that the picture cannot refute (or
    `names`): 30 to 75 tokens.
    """
    kept = scene.alt.true_names if names is None else names
    return with_names(_dense(scene, AFC_TOKENS, 2), kept)


def with_names(text: str, names: Sequence[str]) -> str:
    """`text` and a sentence with the names that it does not hold yet."""
    new = [name for name in names if name not in text]
    return f"{text} The names beside it are {listed(new)}." if new else text


def left_out(text: str, caption: str, names: Sequence[str], junk: Sequence[str]) -> tuple[Edit, ...]:
    """What of the alt text `text` a fused caption leaves out on purpose, step by step, as edits with the reason; `junk`
    is what in it says nothing about the picture. One of `names`, which are true, is never left out on purpose.
    """
    steps = []
    for part in edits.lost(text, caption):
        start = text.find(part)
        if start >= 0 and not any(name in part or part in name for name in names):
            aside = any(part in piece for piece in junk)
            why = "not about the image" if aside else "the image refutes it"
            steps.append(Edit(start=start, before=part, after="", why=why, junk=aside))
            text = text[:start] + text[start + len(part) :]
    return tuple(steps)


_ABSENCES = (
    "There is no {0}, no {1} and no {2}.",
    "No {0} can be seen, no {1} and no {2}.",
    "The picture shows no {0}, no {1} and no {2}.",
    "We see no {0}, no {1} and no {2}.",
    "This drawing contains no {0}, no {1} and no {2}.",
    "The image features no {0}, no {1} and no {2}.",
    "Nowhere is there a {0}, a {1} or a {2}.",
)

FORMATS: Mapping[str, Callable[[Scene], str]] = MappingProxyType({"ssc": ssc, "dsc": dsc, "dsc+": dsc_plus, "afc": afc})
"""Captions by the name of their format."""


def _opening(scene: Scene) -> str:
    """All groups in one sentence."""
    return f"{plain(scene)} on {_ground(scene)}."


def _ground(scene: Scene) -> str:
    return f"{'an' if scene.ground[0] in 'aeiou' else 'a'} {scene.ground} background"


def _clauses(scene: Scene) -> tuple[str, ...]:
    """A clause a fact that the opening does not say, each in one of its wordings (none that is held out)."""
    lots = random.Random(f"burnish captions 1 {scene.seed} {scene.number}")
    used: dict[str, list[str]] = {}
    said: list[str] = []
    for fact in _ordered(scene):
        form = phrasing.form_of(fact, scene)
        if not used.get(form):  # no wording comes back before all others had their turn
            used[form] = lots.sample(wordings := phrasing.wordings(form, held_out=False), len(wordings))
        said.append(phrasing.say(fact, scene, used[form].pop(), len(said) % 2).removesuffix("."))
    return tuple(said)


def _dense(scene: Scene, tokens: tuple[int, int], count: int) -> str:
    """The opening and at most `count` more sentences, clauses joined by "and" where there are more of them."""
    spare = [absence.removesuffix(".") for absence in _absences(scene)]
    taken = _taken((_opening(scene), *_clauses(scene), *spare), tokens)
    opening, clauses = taken[0], taken[1:]
    parts = [clauses[at::count] for at in range(min(count, len(clauses)))]
    joined = (", and ".join([part[0], *(_lower(clause) for clause in part[1:])]) for part in parts)
    return " ".join([opening, *(f"{sentence}." for sentence in joined)])


def _lower(clause: str) -> str:
    return clause[:1].lower() + clause[1:]


def _ordered(scene: Scene) -> list[Claim]:
    """Facts worth a clause: those that the opening does not say."""
    found = [fact for fact in facts.facts(scene) if not _in_passing(fact, scene)]
    rank = {Kind.EXISTENCE: 0, Kind.TEXT: 1, Kind.COUNT: 1, Kind.ATTRIBUTE: 2, Kind.RELATION: 3}
    return sorted(found, key=lambda fact: rank[fact.kind])


def _in_passing(fact: Claim, scene: Scene) -> bool:
    if fact.subject == facts.BACKGROUND or (fact.kind is Kind.EXISTENCE and scene.group(fact.subject) is not None):
        return True
    if fact.kind is Kind.EXISTENCE and fact.subject in {facts.SIGN, facts.CHART}:
        return True
    if fact.kind is Kind.RELATION and fact.other != PICTURE:  # the same seen from the other side says nothing new
        nouns = [group.noun for group in scene.groups]
        return nouns.index(fact.subject) > nouns.index(fact.other)
    return fact.kind in {Kind.COUNT, Kind.ATTRIBUTE} and scene.group(fact.subject) is not None


def _absences(scene: Scene) -> list[str]:
    """What is not there, three things a sentence: for scenes of which there is little else to say."""
    lots = random.Random(f"burnish absences 1 {scene.seed} {scene.number}")
    nouns = list(dict.fromkeys(facts.absent(scene, lots) for _ in range(40)))
    threes = zip(nouns[0::3], nouns[1::3], nouns[2::3], strict=False)
    return [wording.format(*three) for wording, three in zip(_ABSENCES, threes, strict=False)]


def _taken(parts: Sequence[str], tokens: tuple[int, int]) -> list[str]:
    """As many of the parts, in order, as the upper end allows, until the lower end is reached. What would make the
    text say the same words too often is left out.
    """
    taken, length = [parts[0]], estimate(parts[0])
    for part in parts[1:]:
        more = estimate(part)
        if length >= tokens[0]:
            break
        if length + more <= tokens[1] and not guards.loops(" ".join([*taken, part])):
            taken.append(part)
            length += more
    return taken


def _phrase(group: Group, *, bare: bool = False) -> str:
    adjectives = [] if bare else [word for word in (group.size, group.colour) if word]
    return phrasing.phrase_of(group.noun, len(group.boxes), adjectives)


def listed(words: Sequence[str]) -> str:
    """The words as English lists them: "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
