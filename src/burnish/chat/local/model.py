"""A local model as a `ChatModel`: questions grouped by what they share, texts side by side, memory kept in bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from burnish.chat import Choose, Chosen, Prompt, Write, Written
from burnish.chat.local import choosing, hidden, identity, writing
from burnish.chat.local.loading import load
from burnish.chat.local.options import Options
from burnish.chat.local.prompting import Prompting
from burnish.chat.local.rows import Counters, Feeder, RefusedPictureError, Rows
from burnish.errors import StopError
from burnish.usage import Usage
from burnish.values import Failure, Picture, State

Got = TypeVar("Got", Chosen, Written)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Question:
    """One question: where it stands in the call, what it shares with others, and its own tokens."""

    at: int
    prompt: Prompt
    prefix: str
    tokens: list[int]

    @property
    def shared(self) -> tuple[str, tuple[int, ...]]:
        return self.prefix, tuple(map(id, self.prompt.pictures))


class LocalModel:
    """Answers with one model in this process. See `Options` for `exact`; counts what it computes in `counters`."""

    def __init__(self, options: Options) -> None:
        """Loads the model. Raises `UsageError` or `MissingExtra` if that is not possible."""
        loaded = load(options)
        self.side_px = options.side_px
        self.exact = options.exact == "yes" or (options.exact == "auto" and loaded.device.type == "cpu")
        self.identity = f"{identity.describe(options, loaded, exact=self.exact)}/{options.side_px}px"
        self._loaded = loaded
        self._batch_tokens = options.batch_tokens
        self._prompting = Prompting(loaded.processor)
        self._feeder = Feeder(loaded)
        self._speller = choosing.Speller(loaded.tokenizer)
        vocabulary = loaded.model.config.get_text_config(decoder=True).vocab_size
        self._grammars = writing.Grammars.of_tokenizer(loaded.tokenizer, vocabulary, loaded.ends)
        self._calls = self._prompt_tokens = 0

    @property
    def counters(self) -> Counters:
        """What has been computed so far; live."""
        return self._feeder.counters

    def describe(self) -> dict[str, str]:
        """How it answers, for people to read."""
        rows = "each row alone" if self.exact else f"rows together, {self._batch_tokens:,} tokens at once"
        return {"questions": f"by logits, {rows}", "texts": "kept to their schema by a grammar"}

    def usage(self) -> Usage:
        """A call is one question or one text; its prompt counts in full, whatever was shared."""
        written = self.counters.written_tokens
        return Usage(calls=self._calls, prompt_tokens=self._prompt_tokens, written_tokens=written)

    def hidden(self, picture: Picture, text: str) -> tuple[hidden.States, hidden.States]:
        """What its layers make of a picture and of a text behind it; see `hidden.states`."""
        return hidden.states(self._loaded, self._feeder, self._prompting, (picture, text))

    def choose(self, questions: Sequence[Choose]) -> list[Chosen | Failure]:
        """Probabilities from the logits of one forward pass, the parts before the question computed once a pair."""

        def run(rows: Rows, asked: Sequence[_Question]) -> list[Chosen]:
            spelled = [self._speller.spell(questions[one.at].answers) for one in asked]
            return choosing.choose(self._feeder, rows, spelled)

        return self._answer([question.prompt for question in questions], run, room=0)

    def write(self, tasks: Sequence[Write]) -> list[Written | Failure]:
        """Texts kept to their schemas by a grammar; greedy, or sampled with each task's own seed."""

        def run(rows: Rows, asked: Sequence[_Question]) -> list[Written]:
            return writing.write(self._feeder, rows, [tasks[one.at] for one in asked], self._grammars)

        room = max((task.max_tokens for task in tasks), default=0)
        return self._answer([task.prompt for task in tasks], run, room=room)

    def _answer(
        self, prompts: Sequence[Prompt], run: Callable[[Rows, Sequence[_Question]], list[Got]], *, room: int
    ) -> list[Got | Failure]:
        asked = [self._question(at, prompt) for at, prompt in enumerate(prompts)]
        self._calls += len(asked)
        found: dict[int, Got | Failure] = {}
        for group in self._groups(asked, room):
            for one, got in zip(group, self._run(group, run), strict=True):
                found[one.at] = got
        return [found[at] for at in range(len(prompts))]

    def _question(self, at: int, prompt: Prompt) -> _Question:
        rendered = self._prompting.render(prompt)
        tokens = self._feeder.tokens(rendered.question, after=rendered.prefix)
        return _Question(at=at, prompt=prompt, prefix=rendered.prefix, tokens=tokens)

    def _groups(self, asked: Sequence[_Question], room: int) -> list[list[_Question]]:
        """Questions to run together: all about one pair when `exact`, else pairs of like length up to the bound; those
        with a picture apart from those without.
        """
        pairs: dict[tuple[str, tuple[int, ...]], list[_Question]] = {}
        for one in asked:
            pairs.setdefault(one.shared, []).append(one)
        if self.exact:
            return list(pairs.values())
        groups: list[list[_Question]] = []
        width = 0
        for pair in sorted(pairs.values(), key=lambda pair: (len(pair[0].prompt.pictures), len(pair[0].prefix))):
            width = max(width, max(self._length(one) for one in pair) + room)
            alike = groups and len(groups[-1][0].prompt.pictures) == len(pair[0].prompt.pictures)
            if alike and (len(groups[-1]) + len(pair)) * width <= self._batch_tokens:
                groups[-1] += pair
            else:
                groups.append(list(pair))
                width = max(self._length(one) for one in pair) + room
        return groups

    def _length(self, one: _Question) -> int:
        """Tokens of a row, a guess for grouping: characters / 3, a picture's tokens, the question's tokens."""
        return len(one.prefix) // 3 + 1024 * len(one.prompt.pictures) + len(one.tokens)

    def _run(
        self, group: list[_Question], run: Callable[[Rows, Sequence[_Question]], list[Got]]
    ) -> list[Got | Failure]:
        import torch

        try:
            done: list[Got | Failure] = list(self._together(group, run))
            return done  # noqa: TRY300
        except RefusedPictureError as error:
            if len({one.shared for one in group}) == 1:
                return [Failure(state=State.IMAGE_ERROR, detail=f"the model's processor: {error}"[:500])] * len(group)
        except torch.OutOfMemoryError as error:
            if len(group) == 1:
                raise StopError(
                    "one picture and its question do not fit into the device's memory.\n"
                    "Set backend_options.side_px lower, or backend_options.dtype=bf16, or take a smaller model."
                ) from error
            torch.cuda.empty_cache()
            self.counters.halvings += 1
            self._batch_tokens = max(self._batch_tokens // 2, 1)
        middle = len(group) // 2
        first, rest = self._run(group[:middle], run), self._run(group[middle:], run)
        return first + rest

    def _together(self, group: Sequence[_Question], run: Callable[[Rows, Sequence[_Question]], list[Got]]) -> list[Got]:
        first: dict[tuple[str, tuple[int, ...]], int] = {}
        prompts: list[tuple[str, Prompt]] = []
        for one in group:
            if one.shared not in first:
                first[one.shared] = len(prompts)
                prompts.append((one.prefix, one.prompt))
        rows = self._feeder.begin(prompts)
        of_prefix = rows.mask.sum(-1).tolist()
        lengths = [of_prefix[first[one.shared]] for one in group]
        self.counters.prefix_tokens_saved += sum(lengths) - sum(of_prefix)
        self.counters.suffix_tokens += sum(len(one.tokens) for one in group)
        self._prompt_tokens += sum(lengths) + sum(len(one.tokens) for one in group)
        if self.exact:
            return [run(self._feeder.feed(rows.pick([0]), [one.tokens]), [one])[0] for one in group]
        picked = rows.pick([first[one.shared] for one in group])
        del rows
        return run(self._feeder.feed(picked, [one.tokens for one in group]), group)
