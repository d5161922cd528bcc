"""Hazard 75: a service listens on this machine alone; elsewhere only with a token, and then every route wants it.

With `tests/web/test_guarding.py` for what counts as the token, and `tests/serve/test_command.py` for where it may show.
"""

from __future__ import annotations

import httpx
import pytest

from burnish.errors import UsageError
from burnish.web import Bind, Guards
from tests.cli.calls import call
from tests.serve.servers import body, served
from tests.web.servers import TOKEN

OPEN = ["0.0.0.0:0", "[::]:0", "192.168.1.7:0", "10.0.0.1:80", "[2001:db8::1]:80", "[::ffff:8.8.8.8]:80"]


@pytest.mark.parametrize("address", OPEN)
def test_an_address_that_others_reach_needs_a_token(address):
    with pytest.raises(UsageError, match="no token"):
        Guards(bind=Bind.parse(address))
    assert Guards(bind=Bind.parse(address), token=TOKEN).token == TOKEN


def test_the_command_refuses_before_it_loads_or_opens_anything():
    done = call("serve", "--bind", "0.0.0.0:0", "--backend", "there.is:none")
    assert done.code == 2
    assert "no token" in done.err
    assert done.out == ""


def test_without_being_asked_it_listens_on_loopback():
    assert Bind().is_loopback
    with served() as site:
        assert site.url.startswith("http://127.0.0.1:")


def test_every_route_wants_the_token_and_an_unknown_one_too():
    shown = {"authorization": f"Bearer {TOKEN}"}
    with served(token=TOKEN, bind=Bind(host="0.0.0.0")) as site:
        url = site.url.replace("0.0.0.0", "127.0.0.1")
        with httpx.Client(base_url=url) as client:
            paths = client.get("/openapi.json", headers=shown).json()["paths"]
            for path in (*paths, "/openapi.json", "/", "/none", "/docs"):
                for method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"):
                    assert client.request(method, path, json=body()).status_code == 401, (method, path)
            assert client.post("/v1/assess", json=body(), headers=shown).status_code == 200
