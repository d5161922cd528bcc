"""Ask for a minimal rewrite of captions under the threshold, and refuse drafts that break the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from burnish import edits
from burnish.asks import Terms
from burnish.plan import RewriteRules
from burnish.values import Budget, Caption, Draft, Failure, Record, Reply, Request, RewriteRequest

ROLE = "rewrite"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Wanted by records whose overall score is below the threshold and whose whole text a model may see."""

    rules: RewriteRules
    maker: str
    name: str = "rewrite"

    def requests(self, record: Record) -> list[Request]:
        """One `RewriteRequest`, or none."""
        overall = record.captions[0].score("overall")
        if overall is None or overall.value is None or overall.value >= self.rules.below:
            return []
        if "too_long" in record.flags:  # the model saw a part only: rewriting it would drop the rest
            return []
        return [
            RewriteRequest(picture=record.picture, text=record.view, budget=self._budget(), name=record.pair.image_name)
        ]

    def fold(self, record: Record, replies: Sequence[Reply]) -> Record:
        """The record with the draft as a further caption (role "rewrite"), or with the reason why there is none."""
        reply = replies[0]
        if isinstance(reply, Failure):
            return replace(record, reason=f"rewrite_failed:{reply.state}")
        assert isinstance(reply, Draft)
        if reply.text == record.view:
            return replace(record, reason="no_sure_rewrite")
        broken = self._broken_rule(record.view, reply)
        caption = Caption(
            text=reply.text,
            role=ROLE,
            maker=self.maker,
            edits=reply.edits,
            verdict=f"rejected:{broken}" if broken else "",
        )
        reason = f"rewrite_rejected:{broken}" if broken else record.reason
        return replace(record, captions=(*record.captions, caption), reason=reason)

    def _budget(self) -> Budget:
        return Budget(max_changed=self.rules.max_changed, max_inserted=self.rules.max_inserted)

    def _broken_rule(self, before: str, draft: Draft) -> str:
        after = draft.text
        if not after.strip():
            return "empty"
        if edits.within(self._budget(), before, after, draft.edits) is not None:
            return "over_budget"
        junk = "\n".join(edit.before for edit in draft.edits if edit.junk)
        if any(text not in junk for text in edits.lost(before, after)):
            return "protected_span_changed"
        if edits.new_facts(before, after):
            return "new_facts"
        return ""


def ask(terms: Terms) -> Rewrite:
    """Made by name from a recipe."""
    return Rewrite(terms.plan.rewrite, terms.maker)
