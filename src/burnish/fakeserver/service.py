"""A call's whole way, top to bottom: counted, perhaps made to fail, read, admitted, answered, billed, sent.

Knows HTTP only as method, path, headers and bodies; the sockets are in `web`.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import burnish
from burnish.fakeserver import abilities, answers, chat, completion, schedule
from burnish.fakeserver.answers import Draft, _forms
from burnish.fakeserver.chat import ChatRequest, Refused
from burnish.fakeserver.draws import Draw, digest
from burnish.fakeserver.faults import Call, Fault
from burnish.fakeserver.schedule import Moment
from burnish.fakeserver.settings import Overload, Settings
from burnish.fakeserver.stats import NO_STATUS, Bill
from burnish.fakeserver.tokens import prompt_tokens
from burnish.fakeserver.wire import Line, Wire, error_wire, json_wire

CHAT = "/v1/chat/completions"
MAX_WRITTEN = 4_096
"""Tokens of an answer to a request that sets no limit."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One chat call on its way: the moment it came, the fault that strikes it, and its own source of chance."""

    moment: Moment
    fault: Fault | None
    draw: Draw

    def struck(self, stage: str, call: Call, value: Value) -> Value:
        """`value` as the fault leaves it, if it is one of this stage."""
        if self.fault is None or self.fault.stage != stage:
            return value
        changed: Value = self.fault.function(call, value)
        return changed


class Service:
    """The fake model's state: settings, bill, and where its script stands. Used from one event loop only."""

    def __init__(self, settings: Settings) -> None:
        """Raises `UsageError` for an unknown mode or fault."""
        self.settings = settings
        self._rules = schedule.read(settings.faults, settings.seed)
        self.own_headers = {  # of every response: who sends it
            "Server": f"burnish-fakeserver/{burnish.__version__}",
            "x-burnish-fake": f"no model inside; mode {settings.answer_mode}",
        }
        self._turns = asyncio.Semaphore(settings.max_in_flight) if settings.overload is Overload.QUEUE else None
        self.reset()

    def reset(self) -> None:
        """Begin again: counts, script, clock."""
        self.bill = Bill()
        self._answerer = answers.load(self.settings)
        self._started_s = time.monotonic()
        self._last: ChatRequest | None = None
        self._before_last: ChatRequest | None = None

    async def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes, line: Line) -> Wire:
        """The response to one HTTP request; what breaks HTTP is sent here already (`delivery` is then set)."""
        if (method, path) == ("POST", CHAT):
            return await self._counted(headers, body, line)
        wire = self._plain(method, path, headers)
        if wire.delivery is not None:
            await wire.delivery(line, wire)
        return wire

    def _signed(self, wire: Wire) -> Wire:
        """`wire` with headers that say who sends it, where it is not sent by `web`, which adds them itself."""
        return replace(wire, headers={**wire.headers, **self.own_headers})

    def _plain(self, method: str, path: str, headers: Mapping[str, str]) -> Wire:
        """Everything but chat."""
        out = schedule.outage(self._rules, time.monotonic() - self._started_s) if path.startswith("/v1/") else None
        if out is not None:
            wire: Wire = out.function(Call(settings=self.settings, answer=self._no_answer))
            return wire
        if method == "GET" and path.startswith("/v1/models"):
            return self._models(path, headers)
        if (method, path) == ("GET", "/health"):
            return json_wire({"status": "ok", "fake": True})
        if (method, path) == ("GET", "/stats"):
            return json_wire(self.bill.as_json())
        if (method, path) == ("POST", "/reset"):
            self.reset()
            return json_wire({"status": "reset", "fake": True})
        known = path in {CHAT, "/health", "/stats", "/reset"}
        return error_wire(405 if known else 404, f"nothing here for {method} {path[:200]}", "invalid_request_error")

    def _models(self, path: str, headers: Mapping[str, str]) -> Wire:
        if not self._has_key(headers):
            return _error(_NO_KEY)
        model = {
            "id": self.settings.model_id,
            "object": "model",
            "created": 0,
            "owned_by": completion.FINGERPRINT,
            "max_model_len": self.settings.context_tokens,
        }
        if path == "/v1/models":
            return json_wire({"object": "list", "data": [model]})
        if path == f"/v1/models/{self.settings.model_id}":
            return json_wire(model)
        return error_wire(404, "there is no such model", "invalid_request_error", "model_not_found")

    async def _counted(self, headers: Mapping[str, str], body: bytes, line: Line) -> Wire:
        """A chat call and its place on the bill."""
        bill = self.bill
        bill.calls += 1
        attempt = self._attempt(body)
        if attempt.fault is not None:
            bill.faults[attempt.fault.name] += 1
        if self._turns is None and 0 < self.settings.max_in_flight <= bill.in_flight:
            bill.status["429"] += 1
            return self._overloaded()
        with bill.at_work():
            try:
                wire = await self._in_turn(attempt, headers, body, line)
            except asyncio.CancelledError:  # the server ends and cuts what takes too long
                bill.status[NO_STATUS] += 1
                raise
            return await self._sent(wire, line, bill)

    async def _sent(self, wire: Wire, line: Line, bill: Bill) -> Wire:
        """Send what breaks HTTP, and write down what the client will have seen. Counted before it can be seen."""
        gone = line.gone
        status = NO_STATUS if wire.silent or gone else str(wire.status)
        bill.status[status] += 1
        bill.gave_up += gone
        seen = wire.answered and not gone
        bill.billed_unseen += wire.billed and not seen
        if wire.delivery is not None and not gone:
            complete = await wire.delivery(line, self._signed(wire))
            bill.billed_unseen += seen and not complete
            bill.gave_up += not complete
        return wire

    def _attempt(self, body: bytes) -> Attempt:
        name = digest(body)
        self.bill.bodies[name] += 1
        times = self.bill.bodies[name]
        moment = Moment(number=self.bill.calls, body=name, attempt=times, elapsed_s=time.monotonic() - self._started_s)
        draw = Draw(f"{self.settings.seed}/{name}/{times}")
        return Attempt(moment=moment, fault=schedule.find(self._rules, moment), draw=draw)

    def _overloaded(self) -> Wire:
        headers = {"Retry-After": str(math.ceil(self.settings.retry_after_s))}
        message = f"more than {self.settings.max_in_flight} calls at once"
        return error_wire(429, message, "rate_limit_error", "rate_limit_exceeded", headers)

    async def _in_turn(self, attempt: Attempt, headers: Mapping[str, str], body: bytes, line: Line) -> Wire:
        fault = attempt.fault
        if fault is not None and fault.stage == "refusals":
            wire: Wire = fault.function(Call(settings=self.settings, answer=self._no_answer))
            return wire
        async with self._turns or nullcontext():
            try:
                if not self._has_key(headers):
                    raise _NO_KEY
                request = abilities.admit(chat.read(body), self.settings)
                return await self._completed(request, attempt, line)
            except Refused as error:
                return _error(error)

    async def _completed(self, request: ChatRequest, attempt: Attempt, line: Line) -> Wire:
        """The completion, faults and all; billed from here on, whether or not the client is still there."""
        prompt = self._fitting(request)
        call = self._call(request, attempt)
        body = self._body(request, attempt, call, prompt)
        usage = body["usage"]
        bill = self.bill
        bill.generated(usage["prompt_tokens"], usage["completion_tokens"])
        self._remember(request)
        try:
            await line.wait(self._delay_s(attempt, usage["completion_tokens"]))
        except asyncio.CancelledError:
            bill.billed_unseen += 1
            raise
        wire = json_wire(attempt.struck("completions", call, body), billed=True)
        return attempt.struck("wires", call, wire)

    def _body(self, request: ChatRequest, attempt: Attempt, call: Call, prompt: int) -> dict[str, Any]:
        budget = min(request.max_tokens or MAX_WRITTEN, self.settings.context_tokens - prompt)
        sampled = bool(request.temperature)
        chance = attempt.draw if request.seed is None else Draw(f"{self.settings.seed}/{request.key}/{request.seed}")
        drafts: list[Draft] = []
        choices = []
        for number in range(request.n):
            draw = chance.under(number)
            if not drafts or sampled:
                draft = self._draft(request, draw)
                drafts.append(attempt.struck("drafts", call, draft))
            choices.append(completion.choice(drafts[-1], request, self.settings, budget=budget, draw=draw))
        return completion.payload(
            choices, request, self.settings, prompt=prompt, name=digest(attempt.draw.name.encode())[:24]
        )

    def _draft(self, request: ChatRequest, sample: Draw) -> Draft:
        """What the model says. A choice is drawn from its distribution later, which must not depend on the sample."""
        same = Draw(f"{self.settings.seed}/{request.key}")
        one = not request.temperature or _forms.choices_of(request, self.settings) is not None
        return self._answerer(request, same if one else sample)

    def _call(self, request: ChatRequest, attempt: Attempt) -> Call:
        other = self._last if self._last is None or self._last.key != request.key else self._before_last
        return Call(
            settings=self.settings,
            answer=lambda asked: self._draft(asked, attempt.draw),
            request=request,
            other=other,
        )

    def _remember(self, request: ChatRequest) -> None:
        if self._last is None or self._last.key != request.key:
            self._before_last, self._last = self._last, request

    def _fitting(self, request: ChatRequest) -> int:
        """The tokens of the request; raises `Refused` if it is longer than the context."""
        tokens = prompt_tokens(request, self.settings.image_tokens)
        wanted = tokens + (request.max_tokens or 1)
        if wanted > self.settings.context_tokens:
            message = (
                f"This model's maximum context length is {self.settings.context_tokens} tokens. "
                f"However, you requested {wanted} tokens"
            )
            raise Refused(400, message, code="context_length_exceeded")
        return tokens

    def _delay_s(self, attempt: Attempt, tokens: int) -> float:
        jitter = self.settings.jitter_ms * attempt.draw.share("jitter") if self.settings.jitter_ms else 0.0
        return (self.settings.latency_ms + jitter + self.settings.token_ms * tokens) / 1_000

    def _has_key(self, headers: Mapping[str, str]) -> bool:
        return not self.settings.api_key or headers.get("Authorization") == f"Bearer {self.settings.api_key}"

    @staticmethod
    def _no_answer(_request: ChatRequest) -> Draft:
        raise AssertionError("a refusal asks the model nothing")


_NO_KEY = Refused(401, "Incorrect API key provided", code="invalid_api_key")


def _error(error: Refused) -> Wire:
    return error_wire(error.status, str(error), error.kind, error.code)
