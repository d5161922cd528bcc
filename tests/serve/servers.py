"""A service on a loopback port of this process, with real workers, and what is asked of it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from burnish import plan as plans
from burnish.serve.service import Service, streams
from burnish.serve.settings import Settings
from burnish.values import Pair
from burnish.web import Guards, Server
from tests.builders import jpeg

ASK_S = 120.0
"""A busy machine is no bug."""


@dataclass(frozen=True)
class Site:
    """A running service and a client of it."""

    service: Service
    server: Server
    url: str
    client: httpx.Client

    def ask(self, route: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to one pair, which must be one."""
        answer = self.client.post(f"/v1/{route}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stream(self, route: str, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers to many."""
        lines = "".join(json.dumps(body) + "\n" for body in bodies)
        answer = self.client.post(f"/v1/{route}/batch", content=lines.encode())
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]


@contextmanager
def served(layer: dict[str, Any] | None = None, settings: Settings | None = None, **guards: Any) -> Iterator[Site]:
    """A service of a plan; by default the fake model and one worker."""
    settings = settings or Settings(max_rate=0)
    plan = plans.build({"source": "", "backend": "fake", "workers": 1}, layer or {})
    with Service(plan, settings) as service:
        server = service.server(Guards(**{"limits": settings.limits, "streams": streams(), **guards}))
        ready = threading.Event()
        thread = threading.Thread(target=server.run, args=(lambda _: ready.set(),), daemon=True)
        thread.start()
        assert ready.wait(60)
        try:
            with httpx.Client(base_url=server.url, timeout=ASK_S) as client:
                yield Site(service, server, server.url, client)
        finally:
            server.stop()
            thread.join(60)
            assert not thread.is_alive()


def body(text: str = "a boat", image: bytes | None = None, **more: Any) -> dict[str, Any]:
    """A pair as it is sent."""
    return {"image": base64.b64encode(jpeg() if image is None else image).decode(), "text": text, **more}


def body_of(pair: Pair) -> dict[str, Any]:
    """A pair that a store has read, as it is sent."""
    return body(pair.text, pair.image, key=pair.key, image_name=pair.image_name, fields=dict(pair.fields))
