"""Ask for minimal rewrites of captions that stand low, and refuse drafts that break the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from burnish import edits, guards, ocr
from burnish.asks import Terms
from burnish.asks.assess import views
from burnish.backends.builtin import junk
from burnish.injection import orders
from burnish.plan import RewriteRules
from burnish.standing import standing
from burnish.values import Caption, Draft, Edit, Failure, Pair, Record, Reply, Request, RewriteRequest

ROLE = "rewrite"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Wanted by records that stand below the threshold and whose whole text a model may see.

    A model never gets to mend the orders that a text gives to its reader: they are taken out before, and so are
    written ones of what it is told about the picture. `read`: the writing in pictures was read.
    """

    rules: RewriteRules
    weights: Mapping[str, float]
    maker: str
    read: bool = False
    name: str = "rewrite"

    def requests(self, record: Record) -> list[Request]:
        """As many `RewriteRequest`s as the rules want candidates, or none."""
        stands = standing(record.captions[0], self.weights)
        if stands is None or stands >= self.rules.below:
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
        drafts = [_whole(record.view, _without_junk(_bare(record.view), draft)) for draft in drafts]
        changed = {draft.text: draft for draft in reversed(drafts) if draft.text != record.view}
        captions = [self._caption(record, draft) for draft in reversed(changed.values())]
        if not captions:
            return replace(record, reason="no_sure_rewrite")
        broken = captions[0].verdict if all(caption.verdict for caption in captions) else ""
        reason = f"rewrite_{broken}" if broken else record.reason
        return replace(record, captions=(*record.captions, *captions), reason=reason)

    def _caption(self, record: Record, draft: Draft) -> Caption:
        broken = self._broken_rule(record, draft)
        verdict = f"rejected:{broken}" if broken else ""
        return Caption(text=draft.text, role=ROLE, maker=self.maker, edits=draft.edits, verdict=verdict)

    def _broken_rule(self, record: Record, draft: Draft) -> str:
        before, after = record.view, draft.text
        if not after.strip():
            return "empty"
        if flaw := "injection" if orders(after) else guards.flaw(before, after):
            return flaw
        if edits.within(self.rules.budget, before, after, draft.edits, fused=self.rules.fuse) is not None:
            return "over_budget"
        junk = "\n".join(edit.before for edit in draft.edits if edit.junk)
        if any(text not in junk for text in edits.lost(before, after)):
            return "protected_span_changed"
        return guards.unfounded(_bare(before), after, ocr.seen(record, looked=self.read))


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
    return Rewrite(terms.plan.rewrite, terms.weights, terms.maker, read=terms.plan.ocr)


def _bare(text: str) -> str:
    """`text` without the orders it gives: the view that was judged without them."""
    return views(text)[-1]


def _without_junk(text: str, draft: Draft) -> Draft:
    """A draft whose model does not say what was junk, with what is known to be junk taken out first.

    Without this the digits of "DSC_0417.JPG" would be a protected name, and no such caption could be rewritten.
    """
    if any(edit.junk for edit in draft.edits):
        return draft
    gone = [span for span in junk.spans(text) if text[span.start : span.stop] not in draft.text]
    taken: list[Edit] = []
    rest = text
    for span in reversed(gone):  # from the right, so that the starts of those to the left stay true
        taken.append(Edit(start=span.start, before=rest[span.start : span.stop], after="", why=span.why, junk=True))
        rest = rest[: span.start] + rest[span.stop :]
    if not taken:
        return draft
    why = draft.edits[0].why if draft.edits else "rewritten"
    return replace(draft, edits=(*taken, *edits.diff(rest, draft.text, why)))


def _whole(view: str, draft: Draft) -> Draft:
    """A draft of the bare text as one of the whole: taking the orders out is its first step."""
    bare = _bare(view)
    if bare == view:
        return draft
    removed: tuple[Edit, ...] = tuple(
        replace(edit, junk=True) for edit in edits.diff(view, bare, "an order to the reader, not about the image")
    )
    return replace(draft, edits=(*removed, *draft.edits))
