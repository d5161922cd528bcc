"""The claims of a rewrite: those it shares with the original are known, the new ones are asked about.

A rewrite that brings in a claim which the picture refutes would only put one mistake for another. Its sentences that do
so are put back as they were; what is left of it then has to keep to the rules by itself, and if nothing is left it is
refused. So a claim that was wrongly taken for false costs its own sentence, not the whole rewrite.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import islice

from burnish import edits, sentences
from burnish.asks import Terms, rewrite
from burnish.asks.assess import views
from burnish.asks.claims import answered, askable, checked, known
from burnish.asks.rewrite import Rewrite, pending
from burnish.claims import Claim, Verdict, asking, bounds
from burnish.values import Caption, Draft, Finding, Record, Reply, Request

NAME = "claims_again"

REFUSED = "rejected:claim_refuted"


@dataclass(frozen=True, slots=True)
class ClaimsAgain:
    """Wanted by records with rewrites that have no verdict yet."""

    rewrite: Rewrite
    name: str = NAME

    def requests(self, record: Record) -> list[Request]:
        """One question for each claim that the original does not make, rewrite by rewrite."""
        rewrites = filter(pending, record.captions)
        return [asked for each in rewrites for asked in asking.questions(record.picture, _new(record, each))]

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The rewrites with their claims, without the sentences that bring in a refuted one."""
        stream = iter(replies)
        captions = tuple(self._again(record, each, stream) if pending(each) else each for each in record.captions)
        if any(map(pending, captions)):
            return replace(record, captions=captions)
        first = next(at for at, each in enumerate(record.captions) if pending(each))
        return replace(record, captions=captions, reason=f"rewrite_{captions[first].verdict}")

    def _again(self, record: Record, made: Caption, stream: Iterator[Reply]) -> Caption:
        claims = _new(record, made)
        verdicts = {**known(record.captions[0]), **answered(claims, list(islice(stream, len(claims))))}
        new = {claim.statement for claim in claims}
        found = checked(made.text, verdicts)
        wrong = [each for each in found if each.verdict == Verdict.REFUTED and each.says in new]
        left = self._left(record, made, wrong) if wrong else made
        return replace(left, claims=checked(left.text, verdicts))

    def _left(self, record: Record, made: Caption, wrong: Sequence[Finding]) -> Caption:
        """What is left of a rewrite without the sentences that say something wrong; refused if that is nothing."""
        bare = views(record.view)[-1]
        text = _put_back(bare, made.text, wrong)
        draft = Draft(text=text, edits=edits.diff(bare, text, made.edits[-1].why if made.edits else "rewritten"))
        original = replace(record, captions=record.captions[:1])
        proposed = self.rewrite.propose(original, [draft]).captions[1:]
        sound = [each for each in proposed if not each.verdict]
        return replace(sound[0], maker=made.maker) if sound else replace(made, verdict=REFUSED)


def ask(terms: Terms) -> ClaimsAgain:
    """Made by name where a plan wants it."""
    return ClaimsAgain(rewrite.ask(terms))


def _new(record: Record, made: Caption) -> list[Claim]:
    before = known(record.captions[0])
    return [claim for claim in askable(made.text) if claim.statement not in before]


def _put_back(before: str, after: str, wrong: Sequence[Finding]) -> str:
    """`after` with each sentence that says something `wrong` as it is in `before`: there, the sentence most like it of
    those that have no place in `after` yet. So none is said twice; a wrong one for which none is left goes.
    """
    old, new = sentences.split(before), sentences.split(after)
    spoilt = list(_spoilt(new, wrong))
    likes = [[edits.changed_share(each, sentence) for each in old] for sentence in new]
    parts, free = list(new), set(range(len(old)))
    # Those that stay have their own first, then those that are most like one.
    for place in sorted(range(len(new)), key=lambda place: (spoilt[place], min(likes[place], default=1.0))):
        own = _own(likes[place], free, sure=not spoilt[place])
        free -= {own}
        if spoilt[place]:
            parts[place] = "" if own is None else old[own]
    return bounds.joined(parts)


def _spoilt(parts: Sequence[str], wrong: Sequence[Finding]) -> Iterator[bool]:
    """Of each sentence whether something `wrong` begins in it."""
    offset = 0
    for sentence in parts:
        yield any(offset <= each.start < offset + len(sentence) for each in wrong)
        offset += len(sentence)


def _own(likes: Sequence[float], free: AbstractSet[int], *, sure: bool) -> int | None:
    """Which of the `free` sentences one is a form of, None for none of them. `likes`: its difference from each. If not
    `sure`, the one most like it counts however much they differ.
    """
    nearest = min(free, key=lambda at: (likes[at], at), default=None)
    if nearest is None or likes[nearest] <= bounds.UNLIKE:
        return nearest
    return None if sure or likes[nearest] > min(likes) else nearest
