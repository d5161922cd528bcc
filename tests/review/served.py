"""A review of an output behind a real server, in a thread of the test's process."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from burnish import web
from burnish.review.app import CSP, KEY, make_app
from burnish.review.session import Review


@dataclass
class Served:
    """A running review. `ask` is a client that is no browser."""

    url: str
    review: Review
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        """(status, JSON) of GET, or of POST where there is a body."""
        given = urllib.parse.urlencode(query)
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self.headers} if data else {}
        request = urllib.request.Request(f"{self.url}{path}{'?' * bool(given)}{given}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                content = answer.read()
                kind = answer.headers["Content-Type"]
                return answer.status, json.loads(content) if "json" in kind else content
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def decide(self, number: int, action: str, version: int, **more: str) -> tuple[int, Any]:
        return self.ask(f"/api/pairs/{number}/decision", {"action": action, "version": version, **more})


@contextmanager
def served(out: Path, hosts: tuple[str, ...] = ()) -> Iterator[Served]:
    ready = threading.Event()
    with Review(str(out)) as review:
        server = web.Server(make_app(review), web.Guards(csp=CSP, hosts=hosts), drain_s=5.0)
        thread = threading.Thread(target=server.run, args=(lambda _url: ready.set(),))
        thread.start()
        try:
            assert ready.wait(30)
            found = Served(server.url, review)
            found.headers[KEY] = found.ask("/api/overview")[1]["key"]
            yield found
        finally:
            server.stop()
            thread.join(30)
