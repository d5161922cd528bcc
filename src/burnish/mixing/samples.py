"""From a pair and the rule to what trains: role, caption, sentence, level and text of each of its copies."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from burnish.mixing import draws
from burnish.mixing.draws import Why
from burnish.mixing.mixture import LevelRules, Mixture
from burnish.mixing.offers import KEPT_OUT, Offer, captions_of
from burnish.mixing.pieces import counting, parts
from burnish.mixing.rule import Rule, SourceCuts
from burnish.mixing.sources import Entry, Source
from burnish.texts import storable
from burnish.values import Caption

NO_CAPTION = "no_caption"
"""Why a copy is left out: its pair has no usable caption of the role drawn, and no other was to take its place."""

_KEY_CHARS = 100
_KEY_BYTES = 150
"""Of the 255 that file systems give a name: a number, the ending and the mark of a file that is being written (26) come
behind.
"""

NOT_KEPT = "not_kept"
"""Why a pair is left out: a pass over the whole set (`burnish.mixing.keeping`) leaves it to others."""

NOT_DRAWN = "not_drawn"
"""Why a pair is left out: its weight is under 1 and it was not among those that train."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One text that trains, with how it came about. `level` is 0 where there is none; `score` is the caption's, None
    if unknown; `piece` of `pieces` says which part of the caption it is, counted from 0.
    """

    text: str
    role: str
    maker: str
    turn: int
    copy: int
    score: float | None = None
    level: int = 0
    piece: int = 0
    pieces: int = 1
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What one pair gives in one epoch."""

    offer: Offer
    samples: tuple[Sample, ...]
    left_out: tuple[str, ...] = ()


class Drawer:
    """Makes the samples of pairs; the same pair gives the same, whoever asks."""

    def __init__(self, mixture: Mixture, rule: Rule) -> None:
        """Raises as `burnish.mixing.pieces.counting`."""
        self._mixture = mixture
        self._rule = rule
        self._count = counting(mixture)

    def draw(self, source: Source, entry: Entry, epoch: int | None = None) -> Draw:
        """All copies of a pair in an epoch (the mixture's, if none is given)."""
        epoch = self._rule.epoch if epoch is None else epoch
        cuts = self._rule.sources[source.name]
        offer = cuts.terms.offer(entry)
        times = cuts.times(offer, epoch)
        samples: list[Sample] = []
        left_out: list[str] = [] if times else [_why(offer, cuts)]
        for copy in range(times):
            turn = cuts.turn(epoch, copy)
            role = cuts.role(offer, turn)
            if role is None:
                left_out.append(NO_CAPTION)
            else:
                samples.append(self._sample(cuts, entry, offer, (role, turn, copy)))
        return Draw(offer=offer, samples=tuple(samples), left_out=tuple(left_out))

    def _sample(self, cuts: SourceCuts, entry: Entry, offer: Offer, at: tuple[int, int, int]) -> Sample:
        role, turn, copy = at
        who = offer.who
        found = cuts.terms.usable(entry, who, role)
        caption = found[draws.cycled(who, Why.VARIANT, turn, len(found))]
        pieces = parts(storable(caption.text)[0], self._mixture.text, self._count)
        piece = draws.cycled(who, Why.PIECE, turn, len(pieces))
        prompts = self._mixture.chat.prompts
        sample = Sample(
            text=pieces[piece],
            role=cuts.terms.roles[role],
            maker=caption.maker,
            turn=turn,
            copy=copy,
            score=_score(caption, self._mixture.levels.criterion),
            piece=piece,
            pieces=len(pieces),
            prompt=prompts[draws.draw(who, Why.PROMPT, turn) % len(prompts)],
        )
        return self._levelled(sample, who)

    def _levelled(self, sample: Sample, who: int) -> Sample:
        levels = self._mixture.levels
        if not levels.levels or sample.score is None:
            return sample
        level = bisect_right(self._rule.edges, sample.score) + 1
        marked = draws.draw(who, Why.AFFIX, sample.turn) < draws.cut_of(levels.share)
        return _marked(replace(sample, level=level), levels) if marked else replace(sample, level=level)


def _why(offer: Offer, cuts: SourceCuts) -> str:
    """Why a pair does not train at all."""
    if offer.pattern == KEPT_OUT:
        return NOT_KEPT
    return NOT_DRAWN if offer.pattern & cuts.terms.useful else NO_CAPTION


def _marked(sample: Sample, levels: LevelRules) -> Sample:
    prefix, suffix, prompt = levels.marks(sample.level)
    return replace(sample, text=f"{prefix}{sample.text}{suffix}", prompt=f"{sample.prompt}{prompt}")


def _score(caption: Caption, criterion: str) -> float | None:
    score = caption.score(criterion)
    return None if score is None else score.value


@dataclass(slots=True)
class Keys:
    """Keys that can be file names in a tar or a folder and are unique within a shard."""

    _seen: set[str] = field(default_factory=set)
    _last: dict[str, int] = field(default_factory=dict)

    def own(self, key: str) -> str:
        """`key` with all but letters, digits, "-" and "_" replaced, cut to 100 characters and to 150 bytes of UTF-8;
        with a number if taken.
        """
        plain = "".join(c if c.isalnum() or c in "-_" else "_" for c in key)[:_KEY_CHARS]
        wanted = plain.encode()[:_KEY_BYTES].decode(errors="ignore") or "_"
        made, number = wanted, self._last.get(wanted, 1)
        while made in self._seen:
            number += 1
            made = f"{wanted}_{number}"
        self._seen.add(made)
        if made != wanted:
            self._last[wanted] = number
        return made


def captions_by_role(entry: Entry, roles: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(role, text) of the first usable caption of each role, "" where there is none: the same roles for all pairs."""
    for role in roles:
        found = captions_of(entry, role)
        yield role, storable(found[0].text)[0] if found else ""
