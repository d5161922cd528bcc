"""Ask for new captions in the plan's formats, and hold the answers to them.

A caption that keeps its format is "accepted". What does not is pending, with its verdict "missed:WHY", until it has
been asked for again (`recaption_again`); `settled` takes out what is still pending then and says so in the record's
flags.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from burnish import columns, formats, ocr, tokens
from burnish.asks import Terms
from burnish.asks.assess import views
from burnish.asks.rewrite import ROLE as REWRITE
from burnish.contract import Contract, Given, tidied
from burnish.entities import survival
from burnish.entities.survival import Names
from burnish.errors import UsageError
from burnish.only import Only, parse
from burnish.plan import EntityRules, RecaptionRules
from burnish.standing import standing
from burnish.texts import look
from burnish.values import Caption, CaptionRequest, Draft, Failure, Json, Record, Reply, Request

if TYPE_CHECKING:
    from burnish.entities.linking import Linker

NAME = "recaption"
"""Of the ask that every recipe with captions has."""

ACCEPTED = "accepted"
MISSED = "missed:"
NO_ANSWER = "failed:"
NATURAL = frozenset({"alt", REWRITE, "edited"})
"""Roles of texts that people wrote or that stay close to one: what a fused caption is made from."""

UNCHECKED = "unchecked"
"""Note of a caption about which the model gave no answer."""

FAILED_REASON = "recaption_failed"
UNCHECKED_REASON = "recaption_unchecked"
REJECTED_REASON = "recaption_rejected"


@dataclass(frozen=True, slots=True)
class Desk:
    """What all asks about captions share: contracts, for whom they hold, and what a model is given."""

    contracts: Mapping[str, Contract]
    rules: RecaptionRules
    only: Only
    weights: Mapping[str, float]
    maker: str
    read: bool
    named: EntityRules = field(default_factory=EntityRules)
    linker: Linker | None = None

    def wanted(self, record: Record) -> list[str]:
        """The formats that the pair gets a caption in, as the plan names them."""
        captions, at = columns.earlier(record.pair)
        if self.only.below is not None:
            stands = standing(self.scored(record), self.weights)
            if stands is None or stands >= self.only.below:
                return []
        return [
            name
            for name, contract in self.contracts.items()
            if self.only.wants(captions, at, contract.format.name)
            and (not contract.format.sees_text or _natural(record))
        ]

    def scored(self, record: Record) -> Caption:
        """The pair's text with its scores: of this run, else of the run that wrote the pair."""
        captions, at = columns.earlier(record.pair)
        return record.captions[0] if record.captions[0].scores else captions[at]

    def given(self, record: Record, contract: Contract) -> Given:
        """What the model sees beside the picture. Orders are taken out of all of it before."""
        return Given(
            text=_natural(record) if contract.format.sees_text else "",
            writing=ocr.seen(record, looked=self.read),
            names=self.names(record) if contract.format.sees_text or self.named.everywhere else Names(),
        )

    def names(self, record: Record) -> Names:
        """The names that a new caption has to say: those of the text near to what was found, and of the metadata."""
        linked = survival.of(record.entities, self.linker)
        return linked.within(_natural(record), self.named.field_names) if linked else linked

    def request(self, record: Record, name: str, wrong: str = "", last: str = "") -> Request:
        """The question for one caption."""
        contract = self.contracts[name]
        given = self.given(record, contract)
        return CaptionRequest(
            picture=record.picture,
            format=name,
            version=contract.format.digest,
            text=given.text,
            evidence=given.writing or (),
            wrong=wrong,
            last=last,
            names=given.names.told,
        )

    def caption(self, name: str, draft: Draft, *notes: str) -> Caption:
        """A draft that keeps its format, as a caption with its story."""
        told = [*notes, "dropped"] if draft.edits else list(notes)
        verdict = noted(ACCEPTED, *told)
        role = self.contracts[name].format.name
        return Caption(text=tidied(draft.text), role=role, maker=self.maker, edits=draft.edits, verdict=verdict)

    def pending(self, name: str, draft: Draft, why: str) -> Caption:
        """An answer that is not to be written as it is."""
        role = self.contracts[name].format.name
        return Caption(text=draft.text, role=role, maker=self.maker, edits=draft.edits, verdict=why)


@dataclass(frozen=True, slots=True)
class Recaption:
    """Wanted by the records that the plan's `only` names."""

    desk: Desk
    name: str = NAME

    def requests(self, record: Record) -> list[Request]:
        """One `CaptionRequest` for each format."""
        return [self.desk.request(record, name) for name in self.desk.wanted(record)]

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The record with a further caption for each format: accepted, or pending with what is wrong."""
        names = self.desk.wanted(record)
        made = [self._caption(record, name, reply) for name, reply in zip(names, replies, strict=True)]
        return replace(record, captions=(*record.captions, *made))

    def _caption(self, record: Record, name: str, reply: Reply) -> Caption:
        if isinstance(reply, Failure):
            return self.desk.pending(name, Draft(text=""), f"{NO_ANSWER}{reply.state}")
        assert isinstance(reply, Draft)
        contract = self.desk.contracts[name]
        flaws = contract.flaws(reply, self.desk.given(record, contract))
        if flaws:
            return self.desk.pending(name, reply, f"{MISSED}{flaws[0].name}")
        return self.desk.caption(name, reply)


def desk(terms: Terms) -> Desk:
    """What the asks of a run share. Raises `UsageError` for formats and tokenizers that do not exist."""
    rules = terms.plan.recaption
    tokenizer = tokens.load(rules.tokenizer)
    contracts = {name: Contract(formats.load(name), tokenizer) for name in rules.names}
    roles = Counter(contract.format.name for contract in contracts.values())
    if max(roles.values()) > 1:
        raise UsageError(f"two of the formats {rules.formats!r} are called {roles.most_common(1)[0][0]!r}.")
    if rules.text and rules.text not in roles:
        raise UsageError(f"no caption can become the text: {rules.text!r} is none of the formats {rules.formats!r}.")
    about = (terms.plan.ocr, terms.plan.entities, terms.linker)
    return Desk(contracts, rules, parse(rules.only), terms.weights, terms.maker, *about)


def identity(rules: RecaptionRules) -> dict[str, Json]:
    """What decides about captions beside the plan and the model: digests of the formats and of the tokenizer."""
    named: dict[str, Json] = {name: formats.load(name).digest for name in rules.names}
    return {"tokenizer": tokens.load(rules.tokenizer).digest, "formats": named}


def ask(terms: Terms) -> Recaption:
    """Made by name from a recipe."""
    return Recaption(desk(terms))


def noted(verdict: str, *notes: str) -> str:
    """`verdict` with further notes: "accepted", "accepted:reasked", "accepted:reasked,low"."""
    head, _, before = verdict.partition(":")
    all_notes = [*filter(None, before.split(",")), *notes]
    return f"{head}:{','.join(all_notes)}" if all_notes else head


def notes(caption: Caption) -> list[str]:
    """The notes in an accepted caption's verdict."""
    return list(filter(None, caption.verdict.partition(":")[2].split(",")))


def is_pending(caption: Caption) -> bool:
    """Whether an answer has not kept its format so far."""
    return caption.verdict.startswith((MISSED, NO_ANSWER))


def settled(record: Record, text: str) -> Record:
    """The record with nothing pending: what was not written is flagged ``no_FORMAT:WHY`` and counts as the reason.

    `text`: the format whose caption becomes the text, unless it stands low; "" for none.
    """
    pending = [caption for caption in record.captions if is_pending(caption)]
    captions = tuple(caption for caption in record.captions if not is_pending(caption))
    chosen = captions.index(record.caption)
    for at, caption in enumerate(captions[1:], 1):
        if caption.role == text and "low" not in notes(caption):
            chosen = at
    flags = [f"no_{caption.role}:{caption.verdict.partition(':')[2]}" for caption in pending]
    flags += [f"low_{caption.role}" for caption in captions[1:] if _new(caption) and "low" in notes(caption)]
    return replace(
        record,
        captions=captions,
        chosen=chosen,
        flags=(*record.flags, *flags),
        reason=_reason(pending, [caption for caption in captions[1:] if _new(caption)]) or record.reason,
    )


def wrote(record: Record) -> bool:
    """Whether a new caption stands with a settled record."""
    return any(map(_new, record.captions[1:]))


def new(record: Record) -> list[Caption]:
    """The captions that this run wrote, of a finished record."""
    return [caption for caption in record.captions[len(columns.earlier(record.pair)[0]) :] if _new(caption)]


Tally: TypeAlias = "Counter[tuple[str, str]]"
"""How often what became of which format: (format, "written"), (format, a note), (format, "no:WHY")."""


def as_json(tally: Tally) -> dict[str, dict[str, int]]:
    """The tally by format, both sorted."""
    roles = sorted({role for role, _ in tally})
    return {role: {what: tally[one, what] for one, what in sorted(tally) if one == role} for role in roles}


def tally_from(content: Mapping[str, Mapping[str, int]]) -> Tally:
    """The inverse of `as_json`."""
    return Counter({(role, what): number for role, each in content.items() for what, number in each.items()})


def counts(record: Record) -> Iterator[tuple[str, str]]:
    """What is counted of a finished record: see `Tally`."""
    for caption in new(record):
        yield from ((caption.role, what) for what in ("written", *notes(caption)))
    for flag in record.flags:
        role, sep, why = flag.removeprefix("no_").partition(":")
        if sep and flag.startswith("no_"):
            yield role, f"no:{why}"


def _new(caption: Caption) -> bool:
    return caption.role not in NATURAL and caption.verdict.partition(":")[0] == ACCEPTED


def worth_a_retry(reason: str) -> bool:
    """Whether the reason of a settled record is a failure of the model, also where some captions were written."""
    return reason.startswith((f"{FAILED_REASON}:", f"{UNCHECKED_REASON}:"))


def _reason(pending: Sequence[Caption], written: Sequence[Caption]) -> str:
    """Why something is missing: first of all an answer that never came."""
    for caption in pending:
        if caption.verdict.startswith(NO_ANSWER):
            return f"{FAILED_REASON}:{caption.role}:{caption.verdict.removeprefix(NO_ANSWER)}"
    unchecked = [caption.role for caption in written if UNCHECKED in notes(caption)]
    if unchecked:
        return f"{UNCHECKED_REASON}:{unchecked[0]}"
    if pending and not written:
        return f"{REJECTED_REASON}:{pending[0].role}:{pending[0].verdict.removeprefix(MISSED)}"
    return ""


def _natural(record: Record) -> str:
    """The newest text near to what was found, without orders to its reader; a caption of an earlier run is none."""
    if record.chosen:
        return views(record.caption.text)[-1].strip()
    captions, at = columns.earlier(record.pair)
    if captions[at].role in NATURAL:
        return views(record.view)[-1].strip()
    found = [c.text for c in captions if c.role in NATURAL and (c.role != REWRITE or c.verdict == ACCEPTED)]
    return views(look(found[-1]).clean)[-1].strip()
