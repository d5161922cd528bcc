"""One question or one text: from its request bodies to its result, with what is tried when an answer is no use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TypeAlias

from burnish import replies
from burnish.chat import Choose, Chosen, Write, Written
from burnish.chat.openai import answers
from burnish.chat.openai.answers import Answered, Hopeless, Rejected
from burnish.chat.openai.bodies import Bodies
from burnish.chat.openai.calls import Calls
from burnish.chat.openai.line import Line
from burnish.chat.openai.pictures import Pictures, halved
from burnish.chat.openai.probing import Server
from burnish.errors import StopError
from burnish.values import Failure, State

BodyOf: TypeAlias = Callable[[Mapping[int, bytes]], bytes]
"""Makes a request's body from the JSON of its pictures."""

_MOST_PENDING = 0.02
"""Probability on beginnings of longer answers above which a first token decides nothing and samples are drawn."""

_NONCE = re.compile(r'"id"\s*:\s*"([0-9a-f]{8})"')
_ROOM = 2
"""A text that was cut gets so many times the budget, once."""
_WARM = 0.7
"""At temperature 0 the second answer would be the first one again (hazard 44)."""
_SECOND_SEED = 1_000
"""Added for the second answer: above every variant's own seed."""
_MOST_SWAPPED = 3
"""Answers for another request, in a run: a server that mixes answers up cannot be used."""


class Asking:
    """Answers one `Choose` or `Write` at a time; many run at once. `way`: how texts are kept to a schema."""

    def __init__(self, line: Line, server: Server, canary: Choose, parts: Mapping[int, bytes]) -> None:
        """`canary` with its `parts` is a question that the server has answered."""
        settings = line.settings
        self.bodies = Bodies(settings, server.dialect)
        self.way = ""
        self._line = line
        self._settings = settings
        self._pictures = Pictures(settings.image_format, settings.jpeg_quality)
        dialect = server.dialect
        self._control = self.bodies.choose(canary, parts) if dialect.top else self.bodies.sample(canary, 0, parts)
        self._calls = Calls(line, self._ask_control, server.served)
        self._nonces: set[str] = set()
        self._swapped = 0

    async def choose(self, question: Choose, parts: Mapping[int, bytes]) -> Chosen | Failure:
        """By the first token's probabilities; by samples where there are none or they do not decide."""
        if not self.bodies.dialect.top:
            return await self._by_samples(question, parts)
        for _ in range(2):  # an answer without the logprobs that were asked for is no use: once more
            came = await self._ask_or_shrink(partial(self.bodies.choose, question), question, parts)
            if isinstance(came, Rejected):
                return _failure(came)
            likely = answers.shares(came)
            if likely is not None:
                return _by_logprobs(question.answers, likely) or await self._by_samples(question, parts)
        return Failure(state=State.UNPARSABLE, detail="the answer has no usable logprobs")

    def expect(self, tasks: Sequence[Write]) -> None:
        """Answers to these may come; the nonces of the batch before are forgotten."""
        self._nonces = {task.nonce for task in tasks}

    async def write(self, task: Write, parts: Mapping[int, bytes]) -> Written | Failure:
        """The text, asked for once more if it is no use: with another seed, and with more room if it was cut."""
        first = await self._written(task, parts)
        if isinstance(first, Failure) or (wrong := _unusable(task, first)) is None:
            return first
        cut = wrong.state is State.TRUNCATED
        room = task.max_tokens * (_ROOM if cut else 1)
        second = await self._written(
            replace(task, max_tokens=room, temperature=_WARM, seed=task.seed + _SECOND_SEED), parts
        )
        if isinstance(second, Failure):
            return second
        return _unusable(task, second) or second

    async def _written(self, task: Write, parts: Mapping[int, bytes]) -> Written | Failure:
        """One text. Answers to other requests are thrown away (hazard 46)."""
        while True:
            came = await self._ask_or_shrink(partial(self.bodies.write, task, self.way), task, parts)
            if isinstance(came, Rejected):
                return _failure(came)
            named = _NONCE.search(came.text)
            if named is None or named[1] == task.nonce or not self._for_another(named[1]):
                return Written(text=came.text, cut=came.cut, how=self.way if task.schema else "plain")
            self._swapped += 1
            if self._swapped >= _MOST_SWAPPED:
                raise StopError(
                    f"the server mixes answers up: {self._swapped} carried the mark of another request.\n"
                    "They were thrown away, no pair is blamed. Mend the server (or what stands before it), then run\n"
                    "the same command again."
                )

    def _for_another(self, nonce: str) -> bool:
        """Whether the mark was surely not just misspelt: it is one of ours, or a grammar was to enforce it."""
        return nonce in self._nonces or self.way in {"json_schema", "structured_outputs"}

    async def _by_samples(self, question: Choose, parts: Mapping[int, bytes]) -> Chosen | Failure:
        """Answers counted over fixed seeds."""
        counts = [0] * len(question.answers)
        for seed in range(self._settings.samples):
            body_of: BodyOf = partial(self.bodies.sample, question, seed)
            came = await self._ask_or_shrink(body_of, question, parts)
            if isinstance(came, Rejected):
                return _failure(came)
            said = replies.read_answer(answers.folded(came.text), question.answers)
            if isinstance(said, int):
                counts[said] += 1
        drawn = self._settings.samples
        outside = (drawn - sum(counts)) / drawn
        return Chosen(shares=tuple(n / drawn for n in counts), outside=outside, how=f"samples:{drawn}")

    async def _ask_or_shrink(
        self, body_of: BodyOf, asked: Choose | Write, parts: Mapping[int, bytes]
    ) -> Answered | Rejected:
        """Ask; if the server will not take the request, once more with images of half the size (hazard 51)."""
        came = await self._calls.ask(body_of(parts))
        if isinstance(came, Answered) or not (came.smaller and asked.prompt.pictures):
            return came
        smaller = {id(p): self._pictures.part(halved(p.rgb)) for p in asked.prompt.pictures}
        again = await self._calls.ask(body_of(smaller))
        return again if isinstance(again, Answered) else came

    async def _ask_control(self) -> str:
        came = await self._line.once(self._control)
        if isinstance(came, Hopeless):
            raise StopError(f"{came.detail}\nNo pair is blamed. Put that right, then run the same command again.")
        return "" if isinstance(came, Answered) else came.detail


def _by_logprobs(wanted: tuple[str, ...], likely: Sequence[tuple[str, float]]) -> Chosen | None:
    """Each answer's probability summed over the spellings of its token; None where the first token decides nothing."""
    sums = [0.0] * (len(wanted) + 2)
    for token, share in likely:
        sums[_place(wanted, token)] += share
    *inside, _elsewhere, pending = sums
    if pending > _MOST_PENDING:
        return None
    total = sum(inside)
    scale = 1 / total if total > 1 else 1.0  # rounding of the server's
    shares = tuple(share * scale for share in inside)
    return Chosen(shares=shares, outside=max(1.0 - sum(shares), 0.0), how="logprobs")


@lru_cache(maxsize=65_536)
def _place(wanted: tuple[str, ...], token: str) -> int:
    """The index of the answer that `token` is; -1 for the beginning of a longer one, -2 for none."""
    bare = answers.folded(token)
    if bare in wanted:
        return wanted.index(bare)
    return -1 if bare and any(answer.startswith(bare) for answer in wanted) else -2


def _unusable(task: Write, written: Written) -> Failure | None:
    """Why a text breaks its schema. Whoever asked for free text reads it himself."""
    if not task.schema:
        return None
    found = replies.read_object(written.text, task.schema, cut=written.cut)
    return found if isinstance(found, Failure) else None


def _failure(came: Rejected) -> Failure:
    return Failure(state=State.REQUEST_REJECTED, detail=came.detail)
