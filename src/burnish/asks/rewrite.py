"""Ask for minimal rewrites of captions that stand low, and refuse drafts that break the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from burnish import adverts, edits, guards, ocr
from burnish.asks import Terms, claims
from burnish.asks.assess import views
from burnish.backends.builtin import junk
from burnish.claims import bounds
from burnish.entities import survival
from burnish.entities.survival import Names
from burnish.injection import orders
from burnish.plan import RewriteRules
from burnish.standing import standing
from burnish.values import Caption, Draft, Edit, Failure, Pair, Record, Reply, Request, RewriteRequest

if TYPE_CHECKING:
    from burnish.entities.linking import Linker

ROLE = "rewrite"
_MORE = "more_than_refuted"
MORE_THAN_REFUTED = f"rejected:{_MORE}"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Wanted by records that stand below the threshold and whose whole text a model may see.

    A model never gets to mend the orders that a text gives to its reader: they are taken out before, and so are
    written ones of what it is told about the picture. `read`: the writing in pictures was read. `linker`: of names that
    have to stay.
    """

    rules: RewriteRules
    weights: Mapping[str, float]
    maker: str
    read: bool = False
    name: str = "rewrite"
    linker: Linker | None = None

    def requests(self, record: Record) -> list[Request]:
        """As many `RewriteRequest`s as the rules want candidates, or none."""
        refuted = claims.refuted(record.captions[0])
        stands = standing(record.captions[0], self.weights)
        if stands is None or (stands >= self.rules.below and not refuted):
            return []
        if "too_long" in record.flags:  # the model saw a part only: rewriting it would drop the rest
            return []
        text = _bare(record.view)
        if record.view and not text:  # nothing but orders: nothing is left to mend
            return []
        return [
            RewriteRequest(
                picture=record.picture,
                text=text,
                budget=self.rules.budget,
                name=_file_name(record.pair),
                variant=variant,
                fuse=self.rules.fuse,
                evidence=ocr.seen(record, looked=self.read) or (),
                refuted=refuted,
                names=self._names(record).told,
            )
            for variant in range(self.rules.candidates)
        ]

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The record with each different draft as a further caption (role "rewrite"), or with the reason for none."""
        drafts = [reply for reply in replies if isinstance(reply, Draft)]
        if not drafts:
            assert isinstance(replies[0], Failure)
            return replace(record, reason=f"rewrite_failed:{replies[0].state}")
        return self.propose(record, drafts)

    def propose(self, record: Record, drafts: Sequence[Draft]) -> Record:
        """As `fold`, from drafts of the text without orders."""
        drafts = [_without_junk(_bare(record.view), draft) for draft in drafts]
        changed = {draft.text: draft for draft in reversed(drafts) if draft.text != record.view}
        captions = [self._caption(record, draft) for draft in reversed(changed.values())]
        if not captions:
            return replace(record, reason="no_sure_rewrite")
        broken = captions[0].verdict if all(caption.verdict for caption in captions) else ""
        reason = f"rewrite_{broken}" if broken else record.reason
        return replace(record, captions=(*record.captions, *captions), reason=reason)

    def _caption(self, record: Record, bare: Draft) -> Caption:
        """The draft of the text without orders as a caption of the whole. One that changes more than what is refuted
        is taken without the sentences that do.
        """
        made, text = self._made(record, bare), _bare(record.view)
        if made.verdict != MORE_THAN_REFUTED:
            return made
        less = bounds.within(text, bare.text, record.captions[0].claims, bounds.junk_chars(text, bare.edits))
        if less in {text, bare.text}:
            return made
        steps = edits.diff(text, less, bare.edits[-1].why if bare.edits else "rewritten")
        left = self._made(record, _without_junk(text, Draft(text=less, edits=steps)))
        return made if left.verdict else left

    def _made(self, record: Record, bare: Draft) -> Caption:
        draft = _whole(record.view, bare)
        broken = self._broken_rule(record, draft) or _beyond_refuted(record, bare)
        return Caption(
            text=draft.text,
            role=ROLE,
            maker=self.maker,
            edits=draft.edits,
            verdict=f"rejected:{broken}" if broken else "",
            claims=claims.checked(draft.text, claims.known(record.captions[0])) if self.rules.claims else (),
        )

    def _broken_rule(self, record: Record, draft: Draft) -> str:
        before, after = record.view, draft.text
        if not after.strip():
            return "empty"
        if flaw := "injection" if orders(after) else guards.flaw(before, after):
            return flaw
        if edits.within(self.rules.budget, before, after, draft.edits, fused=self.rules.fuse) is not None:
            return "over_budget"
        writing = ocr.seen(record, looked=self.read)
        junk = "\n".join(edit.before for edit in draft.edits if edit.junk)
        released = set(claims.released(_bare(before), record.captions[0], writing))
        names = self._names(record)
        if flaw := _names_broken(names, released, after, (_bare(before), *(writing or ()))):
            return flaw
        lost = (text for text in edits.lost(before, after) if not names.covers(text, before))
        if any(text not in junk and text not in released for text in lost):
            return "protected_span_changed"
        return guards.unfounded("\n".join(filter(None, (_bare(before), names.spelt))), after, writing)

    def _names(self, record: Record) -> Names:
        """The names that the user's table knows in the text without orders."""
        linked = survival.of(record.entities, self.linker)
        return linked.within(_bare(record.view)) if linked else linked


def _names_broken(names: Names, released: set[str], after: str, known: Sequence[str]) -> str:
    """The guard of names: a rewrite has those of the text that nothing has `released`, and no others of the table."""
    if any(entity.text not in released for entity in names.missing(after)):
        return "name_lost"
    return "foreign_name" if names.foreign("\n".join((*known, names.spelt)), after) else ""


def pending(caption: Caption) -> bool:
    """Whether `caption` is a rewrite that nothing has been decided about."""
    return caption.role == ROLE and not caption.verdict


def _beyond_refuted(record: Record, bare: Draft) -> str:
    """The guard of texts with refuted claims: a rewrite changes what is refuted and nothing else."""
    original, text = record.captions[0], _bare(record.view)
    if not claims.refuted(original):
        return ""
    junk = bounds.junk_chars(text, bare.edits)
    return "" if bounds.kept(text, bare.text, original.claims, junk) else _MORE


def _file_name(pair: Pair) -> str:
    """What the image's file was called: img2dataset numbers its members and keeps the name in the url."""
    url = pair.fields.get("url")
    stem = pair.image_name.rpartition("/")[2].partition(".")[0]
    if not isinstance(url, str) or not url or any(map(str.isalpha, stem)):
        return pair.image_name
    try:
        return unquote(urlsplit(url).path.rpartition("/")[2])
    except ValueError:  # no url after all
        return pair.image_name


def ask(terms: Terms) -> Rewrite:
    """Made by name from a recipe."""
    return Rewrite(terms.plan.rewrite, terms.weights, terms.maker, read=terms.plan.ocr, linker=terms.linker)


def _bare(text: str) -> str:
    """`text` without the orders it gives: the view that was judged without them."""
    return views(text)[-1]


def _without_junk(text: str, draft: Draft) -> Draft:
    """A draft whose model does not say what was junk, with what is known to be junk taken out first.

    Without this the digits of "DSC_0417.JPG" would be a protected name, and no such caption could be rewritten.
    """
    if any(edit.junk for edit in draft.edits):
        return draft
    gone = [span for span in _noise(text) if text[span.start : span.stop] not in draft.text]
    taken: list[Edit] = []
    rest = text
    for span in reversed(gone):  # from the right, so that the starts of those to the left stay true
        taken.append(Edit(start=span.start, before=rest[span.start : span.stop], after="", why=span.why, junk=True))
        rest = rest[: span.start] + rest[span.stop :]
    if not taken:
        return draft
    why = draft.edits[0].why if draft.edits else "rewritten"
    return replace(draft, edits=(*taken, *edits.diff(rest, draft.text, why)))


def _noise(text: str) -> list[junk.JunkSpan]:
    """Junk and adverts, in order and apart; of two that meet the one that begins first, the longer one."""
    found: list[junk.JunkSpan] = []
    for span in sorted([*junk.spans(text), *adverts.spans(text)], key=lambda span: (span.start, -span.stop)):
        if not found or span.start >= found[-1].stop:
            found.append(span)
    return found


def _whole(view: str, draft: Draft) -> Draft:
    """A draft of the bare text as one of the whole: taking the orders out is its first step."""
    bare = _bare(view)
    if bare == view:
        return draft
    removed: tuple[Edit, ...] = tuple(
        replace(edit, junk=True) for edit in edits.diff(view, bare, "an order to the reader, not about the image")
    )
    return replace(draft, edits=(*removed, *draft.edits))
