"""Whose fault is it: suspects are held until someone answers; when nobody does, the run stops and nobody is blamed."""

import socket

import pytest

from burnish.errors import StopError
from tests.builders import jpeg
from tests.loopback_web import fetching, reply, serving, why


class NameServer:
    """Knows one server's names; while `wrong`, fails with `code` for all."""

    def __init__(self, code=socket.EAI_NONAME):
        self.code = code
        self.wrong = False

    def __call__(self, host):
        if self.wrong or not host.startswith("good"):
            raise socket.gaierror(self.code, "no such name")
        return ["127.0.0.1"]


def fetch_all(fetcher, urls):
    """Results in order, or the error of the first that has one."""
    found = {}
    futures = [fetcher.submit(url, lambda result, at=at: found.__setitem__(at, result)) for at, url in enumerate(urls)]
    errors = [error for error in (future.exception() for future in futures) if error]
    if errors:
        raise errors[0]
    return [why(found[at]) for at in range(len(urls))]


@pytest.fixture
def web():
    with serving({"": reply(jpeg())}) as found:
        yield found


def bad(web, count):
    return [f"http://bad{at}.example:{web.port}/" for at in range(count)]


def test_dead_names_among_living_ones_are_the_urls_fault(web):
    with fetching(web, resolve=NameServer(), breaker=10) as fetcher:
        urls = [f"http://good.example:{web.port}/", *bad(web, 25)]
        assert fetch_all(fetcher, urls) == ["got"] + ["no_address"] * 25


def test_a_name_server_that_goes_wrong_in_the_middle(web):
    names = NameServer()
    with fetching(web, resolve=names, breaker=10) as fetcher:
        assert fetch_all(fetcher, [f"http://good.example:{web.port}/"] * 3) == ["got"] * 3
        names.wrong = True
        with pytest.raises(StopError, match="no pair is blamed"):
            fetch_all(fetcher, bad(web, 10))
        names.wrong = False
        assert fetch_all(fetcher, [f"http://good.example:{web.port}/", *bad(web, 2)]) == [
            "got",
            "no_address",
            "no_address",
        ]


def test_from_the_first_line_on(web):
    with fetching(web, resolve=NameServer(), breaker=10) as fetcher, pytest.raises(StopError):
        fetch_all(fetcher, bad(web, 10))


def test_few_dead_names_alone_are_blamed_and_counted_on(web):
    """Small shards, one after the other: the tenth in a row stops, although each shard has only four."""
    with fetching(web, resolve=NameServer(), breaker=10) as fetcher:
        assert [fetch_all(fetcher, bad(web, 4)) for _ in range(2)] == [["no_address"] * 4] * 2
        with pytest.raises(StopError):
            fetch_all(fetcher, bad(web, 4))


def test_a_name_server_that_cannot_be_reached_is_never_a_url_s_fault(web):
    names = NameServer(socket.EAI_AGAIN)
    with fetching(web, resolve=names, breaker=10) as fetcher, pytest.raises(StopError, match="name server"):
        fetch_all(fetcher, bad(web, 2))


def test_the_breaker_can_be_switched_off(web):
    with fetching(web, resolve=NameServer(socket.EAI_AGAIN), breaker=0) as fetcher:
        assert fetch_all(fetcher, bad(web, 20)) == ["no_address"] * 20


def test_refused_urls_say_nothing_about_the_network(web):
    with fetching(web, breaker=3) as fetcher:
        assert fetch_all(fetcher, ["file:///x", "http://10.0.0.1/"] * 10) == ["url_refused", "address_refused"] * 10
