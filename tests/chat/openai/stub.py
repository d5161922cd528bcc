"""A loopback HTTP server whose every byte a test decides: for what a well-behaved web framework would never send."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

MODEL = "stub-vl"
LOGPROBS = {"3": -0.1, "4": -3.0, "1": -4.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One chat request: its number among them from 0, its body, and the sending side for what is not a response."""

    number: int
    body: dict[str, Any]
    headers: dict[str, str]
    writer: asyncio.StreamWriter = field(repr=False)


Handler = Callable[[Call], Awaitable[bytes]]


def response(payload: Any, status: int = 200, kind: str = "application/json", **headers: str) -> bytes:
    """A whole HTTP response. `payload` is JSON, or bytes as they are."""
    body = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    lines = [f"HTTP/1.1 {status} Said", f"content-type: {kind}", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def completion(text: str = "3", *, finish: str = "stop", model: str = MODEL, **more: Any) -> dict[str, Any]:
    """A chat completion without logprobs."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish, **more}
    return {"model": model, "choices": [choice], "usage": {"prompt_tokens": 10, "completion_tokens": 1}}


def chosen(likely: dict[str, float] | None = None, model: str = MODEL) -> dict[str, Any]:
    """A chat completion of one token with logprobs."""
    top = [{"token": token, "logprob": logprob} for token, logprob in (likely or LOGPROBS).items()]
    return completion(top[0]["token"], model=model, logprobs={"content": [{**top[0], "top_logprobs": top}]})


def written(body: dict[str, Any], caption: str = "a red disc") -> dict[str, Any]:
    """A completion that keeps to the json_schema asked for."""
    schema = body["response_format"]["json_schema"]["schema"]
    return completion(orjson.dumps({"id": schema["properties"]["id"]["const"], "caption": caption}).decode())


async def sound(call: Call) -> bytes:
    """What a good server says."""
    if call.body.get("logprobs"):
        return response(chosen())
    return response(written(call.body) if "response_format" in call.body else completion())


class Stub:
    """Serves ``/v1/models`` and, through its handler, ``/v1/chat/completions``."""

    def __init__(self, handler: Handler = sound, models: tuple[str, ...] = (MODEL,)) -> None:
        self.handler = handler
        self.models = models
        self.calls: list[Call] = []
        self.in_flight = self.most_in_flight = 0
        self.connections = 0
        self.writers: list[asyncio.StreamWriter] = []

    @property
    def options(self) -> dict[str, str]:
        """Backend options for this server, impatient ones."""
        return {"base_url": self.url, "backoff_s": "0.01", "patience_s": "0.5", "timeout_s": "5"}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines if line)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                sent = await self._answer(first, headers, body, writer)
                writer.write(sent)
                await writer.drain()
                if not sent:
                    break
        writer.close()

    async def _answer(self, first: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter) -> bytes:
        if first.split()[1] == "/v1/models":
            return response({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})
        call = Call(number=len(self.calls), body=orjson.loads(body), headers=headers, writer=writer)
        self.calls.append(call)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self.handler(call)
        finally:
            self.in_flight -= 1

    @contextlib.contextmanager
    def running(self) -> Iterator[Stub]:
        ready, loop = threading.Event(), asyncio.new_event_loop()

        async def main() -> None:
            server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=2**26, backlog=4096)
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
            self.end = asyncio.Event()
            ready.set()
            await self.end.wait()
            server.close()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for writer in self.writers:
                writer.transport.abort()
            await asyncio.sleep(0)

        thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
        thread.start()
        ready.wait()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(self.end.set)
            thread.join()
            loop.close()
