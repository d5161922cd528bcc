"""Texts under a closed schema: every token is one that the grammar of the schema allows at its place.

A task without a schema (a joint answer in its model's own form) is written freely up to the end of the turn.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from burnish.chat import Write, Written
from burnish.chat.local.rows import Feeder, Rows
from burnish.errors import UsageError
from burnish.values import Json

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer
    from torch import Tensor

_FORM: Any = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""One way to write an object: with free whitespace an answer may never end (vLLM issue 13260)."""


LONGEST_BYTES = 1024
"""Of a token in llguidance's trie (version 1.9.1; measured: 1,025 is one too many)."""


class Grammars:
    """Matchers of closed schemas over one tokenizer; a schema is compiled anew for each answer (about 1 ms)."""

    def __init__(self, tokenizer: LLTokenizer, vocabulary: int) -> None:
        """`vocabulary` is the width of the logits, which may be more or less than the tokenizer has tokens."""
        self._tokenizer = tokenizer
        self.vocabulary = vocabulary
        self.ends = frozenset(tokenizer.eos_tokens)

    @classmethod
    def of_tokenizer(cls, tokenizer: Any, vocabulary: int, ends: Sequence[int]) -> Grammars:
        """For a fast tokenizer of the transformers library; `ends` are the tokens that end the model's turn."""
        from llguidance import LLTokenizer

        width = max(vocabulary, len(tokenizer))
        return cls(LLTokenizer(_writable(tokenizer), n_vocab=width, eos_token=list(ends)), vocabulary)

    @classmethod
    def of_json(cls, tokenizer: str, end: int) -> Grammars:
        """For the text of a ``tokenizer.json`` and the token that ends a turn."""
        from llguidance import LLTokenizer

        made = LLTokenizer(tokenizer, eos_token=end)
        return cls(made, made.vocab_size)

    def text(self, tokens: Sequence[int]) -> str:
        """What the tokens spell, without those that end a turn."""
        spelled = self._tokenizer.decode_bytes([token for token in tokens if token not in self.ends])
        return spelled.decode("utf-8", errors="replace")

    def matcher(self, schema: Mapping[str, Json]) -> LLMatcher | None:
        """None for an empty schema. Raises `UsageError` for one that is no grammar: a fault of ours, not of a pair."""
        from llguidance import LLMatcher

        if not schema:
            return None
        grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides=_FORM)
        made = LLMatcher(self._tokenizer, grammar)
        if made.is_error():
            raise UsageError(f"this schema cannot be kept to: {made.get_error()[:300]}")
        return made

    def allowed(self, matcher: LLMatcher) -> np.ndarray:
        """Which tokens may come next, one boolean for each logit."""
        bias = np.frombuffer(matcher.compute_logit_bias(), np.uint8)[: self.vocabulary] != 0
        open_ = np.zeros(self.vocabulary, bool)
        open_[: len(bias)] = bias
        return open_


def _writable(tokenizer: Any) -> str:
    """A fast tokenizer as ``tokenizer.json`` without the added tokens that are too long for the grammar's trie, which
    ends the process on them. No answer needs one: whatever it spells can be spelled in other tokens.
    """
    backend = copy.copy(tokenizer.backend_tokenizer)
    backend.no_padding()
    backend.no_truncation()
    found = json.loads(backend.to_str())
    found["added_tokens"] = [one for one in found["added_tokens"] if len(one["content"].encode()) <= LONGEST_BYTES]
    return json.dumps(found)


@dataclass(slots=True)
class Answer:
    """One answer on its way. `due` are tokens that have been decided and not yet fed."""

    task: Write
    matcher: LLMatcher | None
    ends: frozenset[int]
    draw: np.random.Generator
    tokens: list[int] = field(default_factory=list)
    due: list[int] = field(default_factory=list)
    cut: bool = False

    @property
    def ended(self) -> bool:
        """The object is closed or the turn ended, or the budget is used up."""
        return self.cut or self.whole

    @property
    def whole(self) -> bool:
        """Nothing is missing."""
        if self.matcher is not None:
            return bool(self.matcher.is_accepting())
        return bool(self.tokens) and self.tokens[-1] in self.ends

    def forced(self) -> list[int]:
        """What must come next whatever the model prefers: the rest of a key, the nonce."""
        return [] if self.matcher is None or self.ended else list(self.matcher.compute_ff_tokens())

    def take(self, tokens: Sequence[int]) -> int:
        """As many of `tokens` as the budget has room for; how many that were."""
        taken = list(tokens[: self.task.max_tokens - len(self.tokens)])
        if self.matcher is not None:
            self.matcher.consume_tokens(taken)
        self.tokens += taken
        self.due += taken
        self.cut = len(self.tokens) >= self.task.max_tokens and not self.whole
        return len(taken)


def write(feeder: Feeder, rows: Rows, tasks: Sequence[Write], grammars: Grammars) -> list[Written]:
    """One text a row, stopped where its object closes. The cache of `rows` is used up."""
    answers = [
        Answer(
            task=task,
            matcher=grammars.matcher(task.schema),
            ends=grammars.ends,
            draw=np.random.default_rng(task.seed),
        )
        for task in tasks
    ]
    alive = list(range(len(tasks)))
    while True:
        for row, at in enumerate(alive):
            _decide(answers[at], rows.logits[row], feeder, grammars)
        going = [row for row, at in enumerate(alive) if not answers[at].ended]
        if not going:
            return [_written(answer, grammars) for answer in answers]
        if len(going) < len(alive):
            rows, alive = rows.pick(going), [alive[row] for row in going]
        rows = feeder.feed(rows, [answers[at].due for at in alive])


def _decide(answer: Answer, logits: Tensor, feeder: Feeder, grammars: Grammars) -> None:
    """What is forced, or else the next token and what that forces."""
    answer.due = []
    forced = answer.forced()
    if not forced:
        feeder.counters.written_tokens += answer.take([_pick(logits, answer, grammars)])
        forced = answer.forced()
    taken = answer.take(forced)
    feeder.counters.written_tokens += taken
    feeder.counters.forced_tokens += taken


def _pick(logits: Tensor, answer: Answer, grammars: Grammars) -> int:
    scores = logits.double().cpu().numpy()
    if answer.matcher is not None:
        scores = np.where(grammars.allowed(answer.matcher), scores, -np.inf)
    if answer.task.temperature <= 0:
        return int(scores.argmax())
    shares = np.exp((scores - scores.max()) / answer.task.temperature)
    return int(answer.draw.choice(len(shares), p=shares / shares.sum()))


def _written(answer: Answer, grammars: Grammars) -> Written:
    how = "plain" if answer.matcher is None else "grammar"
    return Written(text=grammars.text(answer.tokens), cut=answer.cut, how=how)
