"""Names that a user's table knows: found in texts and metadata, linked to their rows, held on to in every new text.

The plan of the work is that of noise-robust entity understanding (arXiv 2005.14408): n-best spans, for each the
candidates of a knowledge base, one joint ranking of all. What is not taken over: the neural recogniser and linker, the
popularity learnt from use, and the training of the ranking, which are fixed weights here (`burnish.entities.scoring`).
No model is asked, nothing is random.

`table` reads the rows, `folding` says when two spellings are one, `index` finds rows by spelling, `scoring` and
`linking` decide what a text means, `survival` whether a new text still says it.
"""

from __future__ import annotations

from dataclasses import dataclass

TEXT = "text"
"""Source of an entity that stands in the pair's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A name in a pair that the table knows: characters `start` to `stop` (exclusive) of `source`, the pair's text
    ("text": the view a model sees) or a field's name, read `text` and mean the row `id`; "": one of several rows, it
    cannot be told which. `forms`: in what ways it may be spelt. `score` in 0..1: how sure.
    """

    source: str
    start: int
    stop: int
    text: str
    id: str
    name: str
    kind: str
    score: float
    forms: tuple[str, ...]
