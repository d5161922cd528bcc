"""A server of chat completions that only waits: 200 ms, then always the same answer. For measuring clients.

Standard library only; ``python benchmarks/chat_server.py`` prints its port and runs until its input ends.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys

LATENCY_S = 0.2
MODEL = "waits"


def _response(payload: object) -> bytes:
    body = json.dumps(payload).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _completion() -> dict[str, object]:
    """An answer as vLLM gives one: one token and its 20 alternatives."""
    tokens = ["4", "5", "3", "2", "1", *(f" word{i}" for i in range(15))]
    top = [{"token": t, "logprob": math.log(0.5 / 2**i), "bytes": list(t.encode())} for i, t in enumerate(tokens)]
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": "4"},
        "finish_reason": "length",
        "logprobs": {"content": [{**top[0], "top_logprobs": top}]},
    }
    usage = {"prompt_tokens": 700, "completion_tokens": 1, "total_tokens": 701}
    return {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [choice],
        "usage": usage,
    }


ANSWER = _response(_completion())
MODELS = _response({"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "nobody"}]})


class Connection(asyncio.Protocol):
    """Counts body bytes, keeps none."""

    def __init__(self) -> None:
        self._head = b""
        self._missing = 0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer, after a while, what is complete."""
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            head, end, body = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self._head = b""
            if head.startswith(b"GET"):
                self._send(MODELS)
                return
            self._missing = _length(head) - len(body)
        if not self._missing:
            asyncio.get_running_loop().call_later(LATENCY_S, self._send, ANSWER)

    def _send(self, sent: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(sent)


def _length(head: bytes) -> int:
    return next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve())
