"""From pairs with scores to captions that teach: raw ones, worse ones made of the good, rewrites of the bad.

Batch by batch. What a pair gives depends on the pair, the settings and the models alone, not on its neighbours.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from burnish import texts
from burnish.injection import orders
from burnish.mixing import draws
from burnish.mixing.sources import Entry
from burnish.negatives import ways
from burnish.negatives.comparing import Judge, Judged, Shown
from burnish.negatives.settings import Settings
from burnish.negatives.tally import BAD_RAW, GOOD_RAW, MADE_BAD, MADE_GOOD, REWRITE, Tally
from burnish.negatives.teaching import Teacher
from burnish.negatives.ways import Given
from burnish.values import Caption, Picture

NO_HOLD = "no_hold"
"""Why nothing was made in a way: it found nothing to change. Counted beside the refusals."""

NOT_SHOWN = "not_shown"
"""Why a caption was not even shown to the judge: its pair had enough, or as many tries as it may have."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """A pair with its picture, as the judge sees it; None where it cannot be decoded. `taught`: as the teacher does."""

    entry: Entry
    picture: Picture | None
    taught: Picture | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Made:
    """A caption that teaches, or one that was refused, with the reason."""

    kind: str
    way: str
    text: str
    target: str
    scores: Mapping[str, float]
    refused: str = ""


@dataclass(slots=True, kw_only=True)
class _Case:
    """A pair on its way. `target`: the rewrite of a bad one. `candidates`: captions that are still to be shown."""

    who: int
    picture: Picture
    caption: Caption
    text: str
    good: bool
    target: str = ""
    taught: Picture | None = None
    candidates: list[tuple[str, str]] = field(default_factory=list)
    judged: Judged | None = None
    accepted: int = 0
    made: list[Made] = field(default_factory=list)


class Maker:
    """Makes the captions of pairs; `tally` counts all that it has seen."""

    def __init__(self, settings: Settings, judge: Judge, teacher: Teacher | None) -> None:
        """`teacher` is needed by the way of that name and by bad pairs without a rewrite."""
        self._settings = settings
        self._judge = judge
        self._teacher = teacher
        self._ways = {name: ways.load(name) for name in settings.all_ways if name != ways.TEACHER}
        self.tally = Tally()

    def make(self, seen: Sequence[Seen]) -> list[list[Made]]:
        """What each pair gives, in order; all counted."""
        cases = [self._case(each) for each in seen]
        live = [case for case in cases if case is not None]
        self._mend([case for case in live if not case.good and not case.target])
        live = [case for case in live if case.good or self._has_target(case)]
        self._judge_originals(live)
        self._compare_rewrites([case for case in live if not case.good])
        good = [case for case in live if case.good and self._believed(case)]
        self._collect(good)
        self._worsen(good)
        kept = {id(case) for case in live}
        return [case.made if case is not None and id(case) in kept else [] for case in cases]

    def _case(self, seen: Seen) -> _Case | None:
        """The pair as a case; None, counted with the reason, for one that teaches nothing."""
        self.tally.pairs += 1
        entry, settings = seen.entry, self._settings
        who = draws.identity(settings.seed, entry.key, entry.image_xxh128)
        view = texts.look(entry.captions[0].text)
        score = entry.captions[0].score(settings.criterion)
        reason = ""
        if draws.draw(who, draws.Why.KEEP) >= draws.cut_of(settings.share):
            reason = "not_drawn"
        elif seen.picture is None:
            reason = "image_error"
        elif score is None or score.value is None:
            reason = "unscored" if score is None else f"unscored:{score.state}"
        elif "too_long" in view.flags or orders(view.clean):
            reason = "too_long" if "too_long" in view.flags else "injection"
        elif settings.bad_below <= score.value < settings.good_from:
            reason = "in_between"
        if reason:
            self.tally.left_out[reason] += 1
            return None
        assert seen.picture is not None
        assert score is not None
        assert score.value is not None
        return _Case(
            who=who,
            picture=seen.picture,
            taught=seen.taught,
            caption=entry.captions[0],
            text=view.clean,
            good=score.value >= settings.good_from,
            target=_rewrite_of(entry),
        )

    def _mend(self, bad: Sequence[_Case]) -> None:
        """Ask the teacher for the rewrites that are missing, if there is one."""
        if self._teacher is not None and bad:
            shown = [Shown(picture=case.taught or case.picture, text=case.text) for case in bad]
            for case, text in zip(bad, self._teacher.mend(shown), strict=True):
                case.target = text or ""

    def _has_target(self, case: _Case) -> bool:
        if case.target and case.target != case.text:
            return True
        self.tally.left_out["no_rewrite"] += 1
        return False

    def _judge_originals(self, cases: Sequence[_Case]) -> None:
        shown = [Shown(picture=case.picture, text=case.text) for case in cases]
        for case, judged in zip(cases, self._judge.judge(shown), strict=True):
            case.judged = judged

    def _compare_rewrites(self, bad: Sequence[_Case]) -> None:
        shown = [Shown(picture=case.picture, text=case.target) for case in bad]
        for case, rewrite in zip(bad, self._judge.judge(shown), strict=True):
            assert case.judged is not None
            self.tally.tried[REWRITE] += 1
            reason = self._judge.doubts(rewrite) or self._judge.refuses(rewrite, case.judged)
            if reason:
                self.tally.left_out["rewrite_refused"] += 1
                self.tally.refuse(REWRITE, reason)
                case.made.append(_made(BAD_RAW, case.text, case.target, {}, (REWRITE, reason)))
                continue
            self.tally.bad += 1
            self.tally.kept[REWRITE] += 1
            self._keep(case, _made(BAD_RAW, case.text, case.target, self._raw_scores(case)))
            self._keep(case, _made(MADE_GOOD, case.target, case.target, rewrite.values()))

    def _believed(self, case: _Case) -> bool:
        """Whether the judge, too, takes a good pair for good."""
        assert case.judged is not None
        reason = self._judge.doubts(case.judged)
        if reason:
            self.tally.left_out[reason] += 1
            return False
        self.tally.good += 1
        self._keep(case, _made(GOOD_RAW, case.text, case.text, self._raw_scores(case)))
        return True

    def _raw_scores(self, case: _Case) -> dict[str, float]:
        """The scores that the pair came with, by the criteria that are learnt."""
        found = {name: case.caption.score(name) for name in self._settings.scored}
        return {name: s.value for name, s in found.items() if s is not None and s.value is not None}

    def _collect(self, good: Sequence[_Case]) -> None:
        """Everything the ways make of each case, in an order by lot."""
        taught: dict[int, str | None] = {}
        if self._teacher is not None and ways.TEACHER in self._settings.all_ways and good:
            shown = [Shown(picture=case.taught or case.picture, text=case.text) for case in good]
            taught = dict(enumerate(self._teacher.worsen(shown, [case.who for case in good])))
        for at, case in enumerate(good):
            order = list(self._settings.all_ways)
            random.Random(f"{case.who} order").shuffle(order)
            for way in order:
                text = taught[at] if way == ways.TEACHER else self._by_rule(way, case)
                if not text or text == case.text:
                    self.tally.refuse(way, NO_HOLD)
                else:
                    case.candidates.append((way, text))

    def _by_rule(self, way: str, case: _Case) -> str | None:
        return self._ways[way](Given(text=case.text), random.Random(f"{case.who} {way}"))

    def _worsen(self, good: Sequence[_Case]) -> None:
        """Show the judge one caption a case and round, until each case has enough."""
        for _ in range(self._settings.tries):
            shown = [case for case in good if case.candidates and case.accepted < self._settings.per_pair]
            if not shown:
                break
            taken = [case.candidates.pop(0) for case in shown]
            asked = [Shown(picture=c.picture, text=text) for c, (_, text) in zip(shown, taken, strict=True)]
            for case, (way, text), judged in zip(shown, taken, self._judge.judge(asked), strict=True):
                self._settle(case, (way, text), judged)
        for way, _ in (candidate for case in good for candidate in case.candidates):
            self.tally.refuse(way, NOT_SHOWN)

    def _settle(self, case: _Case, candidate: tuple[str, str], judged: Judged) -> None:
        assert case.judged is not None
        way, text = candidate
        reason = self._judge.refuses(case.judged, judged)
        self.tally.tried[way] += 1
        if reason:
            self.tally.refuse(way, reason)
            case.made.append(_made(MADE_BAD, text, case.text, judged.values(), (way, reason)))
            return
        self.tally.kept[way] += 1
        case.accepted += 1
        self._keep(case, _made(MADE_BAD, text, case.text, judged.values(), (way, "")))

    def _keep(self, case: _Case, made: Made) -> None:
        self.tally.kinds[made.kind] += 1
        case.made.append(made)


def _made(kind: str, text: str, target: str, scores: Mapping[str, float], how: tuple[str, str] = ("", "")) -> Made:
    way, refused = how
    return Made(kind=kind, way=way, text=text, target=target, scores=scores, refused=refused)


def _rewrite_of(entry: Entry) -> str:
    """The rewrite that took the place of the text, as a model would have to give it; "" if there is none."""
    chosen = entry.captions[entry.chosen]
    return texts.look(chosen.text).clean if entry.chosen and chosen.role == REWRITE else ""


def kept(made: Sequence[Made]) -> Iterator[Made]:
    """What is to be taught."""
    return (each for each in made if not each.refused)
