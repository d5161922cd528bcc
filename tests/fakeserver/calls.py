"""Plain HTTP to a fake server, as any client would speak it."""

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from burnish.fakeserver import FakeServer

PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n and so on").decode()
SCORES = {
    "type": "object",
    "properties": {
        "id": {"const": "a1b2"},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
        "reason": {"type": "string", "maxLength": 40},
    },
    "required": ["id", "score", "reason"],
    "additionalProperties": False,
}
TIMEOUT_S = 20.0
"""For answers that come; nothing waits for it."""


@dataclass(frozen=True)
class Answer:
    """A response as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def choice(self) -> dict[str, Any]:
        return self.json["choices"][0]

    @property
    def text(self) -> str:
        return self.choice["message"]["content"]

    @property
    def error(self) -> dict[str, Any]:
        return self.json["error"]

    def likely(self, place: int = 0) -> dict[str, float]:
        """token -> log-probability of the likeliest tokens at `place`."""
        return {top["token"]: top["logprob"] for top in self.choice["logprobs"]["content"][place]["top_logprobs"]}


def send(
    server: FakeServer,
    method: str,
    path: str,
    body: bytes | None = None,
    *,
    timeout_s: float = TIMEOUT_S,
    headers: dict[str, str] | None = None,
) -> Answer:
    """One request on a connection of its own."""
    line = http.client.HTTPConnection(urlsplit(server.root).netloc, timeout=timeout_s)
    try:
        line.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        response = line.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        line.close()


def asked(text: str = "a dog on a hill", *, system: str = "", images: int = 0, **wanted: Any) -> dict[str, Any]:
    """A chat request."""
    parts: list[dict[str, Any]] = [{"type": "text", "text": text}]
    parts += [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}] * images
    first = [{"role": "system", "content": system}] if system else []
    return {"model": "burnish-fake", "messages": [*first, {"role": "user", "content": parts}], **wanted}


def chat(server: FakeServer, text: str = "a dog on a hill", *, timeout_s: float = TIMEOUT_S, **wanted: Any) -> Answer:
    """One chat call."""
    return post(server, asked(text, **wanted), timeout_s=timeout_s)


def post(server: FakeServer, body: object, *, timeout_s: float = TIMEOUT_S, **headers: str) -> Answer:
    """One chat call with `body`."""
    data = json.dumps(body).encode()
    return send(server, "POST", "/v1/chat/completions", data, timeout_s=timeout_s, headers=headers)


def choose(server: FakeServer, text: str = "a dog on a hill", **wanted: Any) -> Answer:
    """A call that wants one token and its rivals."""
    return chat(server, text, **{"max_tokens": 1, "logprobs": True, "top_logprobs": 20, **wanted})


def write(server: FakeServer, text: str = "a dog on a hill", schema: object = None, **wanted: Any) -> Answer:
    """A call that wants JSON under a schema."""
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema or SCORES, "strict": True}}
    return chat(server, text, **{"response_format": form, **wanted})
