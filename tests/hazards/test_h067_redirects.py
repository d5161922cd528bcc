"""Hazard 67: each hop is checked like the first, five at most; rebinding gains nothing; nothing secret is forwarded."""

import itertools

import pytest

from burnish.fetching import FetchError
from burnish.fetching.targets import parse, redirected
from tests.builders import jpeg
from tests.loopback_web import fetching, redirect, reply, serving, why

HERE = "127.0.0.2"
"""Stands for the public internet; the canary on 127.0.0.1 is the inner network."""

NAMES = {"inner.example": ["127.0.0.1"], "mixed.example": [HERE, "127.0.0.1"], "outer.example": [HERE]}

CHAINS = [
    (["http://127.0.0.1:{canary}/"], "address_refused"),
    (["//127.0.0.1:{canary}/"], "address_refused"),
    (["http://2130706433:{canary}/"], "address_refused"),
    (["http://[::ffff:127.0.0.1]:{canary}/"], "address_refused"),
    (["http://inner.example:{canary}/"], "address_refused"),
    (["http://mixed.example:{canary}/"], "address_refused"),
    (["/one", "/two", "http://127.1:{canary}/"], "address_refused"),
    (["http://outer.example:{web}/one", "http://inner.example:{canary}/"], "address_refused"),
    (["file:///etc/passwd"], "url_refused"),
    (["gopher://127.0.0.1:{canary}/_x"], "url_refused"),
    (["data:image/jpeg;base64,AAAA"], "url_refused"),
    (["http://user:pw@127.0.0.1:{canary}/"], "url_refused"),
    (["http://127.0.0.1:22/"], "url_refused"),
    (["/\\127.0.0.1:{canary}/"], "url_refused"),
    (["/a", "/b", "/c", "/d", "/e", "/f"], "redirect_refused"),
    ([f"/{at}" for at in range(100)], "redirect_refused"),
]


@pytest.mark.parametrize(("hops", "reason"), CHAINS, ids=lambda value: ascii(value)[:40])
def test_a_chain_that_leads_astray(hops, reason):
    with serving({"": reply(jpeg())}) as canary, serving(host=HERE) as web:
        steps = [hop.replace("{canary}", str(canary.port)).replace("{web}", str(web.port)) for hop in hops]
        paths = ["/start", *(step.replace(f"http://outer.example:{web.port}", "") for step in steps)]
        web.routes |= {path: redirect(step) for path, step in zip(paths, steps, strict=False)}
        web.routes[""] = reply(jpeg())
        ports = frozenset({canary.port, web.port})
        with fetching(web, ports=ports, resolve=NAMES.__getitem__) as fetcher:
            found = fetcher.fetch(web.url("/start"))
        assert (why(found), canary.connections) == (reason, 0), found
        assert len(web.asked) <= 6


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_five_redirects_are_followed(status):
    with serving(host=HERE) as web:
        web.routes |= {f"/{at}": redirect(f"/{at + 1}", status) for at in range(5)} | {"/5": reply(jpeg())}
        with fetching(web) as fetcher:
            assert why(fetcher.fetch(web.url("/0"))) == "got"


def test_a_name_that_changes_its_address_between_check_and_call():
    """The first answer is checked and dialled; the second one is never asked for in between."""
    answers = itertools.chain([[HERE]], itertools.repeat(["127.0.0.1"]))
    with serving({"": reply(jpeg())}) as canary, serving(host=HERE, port=canary.port) as web:
        web.routes |= {"/": redirect("/next"), "/next": reply(jpeg())}
        with fetching(web, resolve=lambda _: next(answers)) as fetcher:
            found = [why(fetcher.fetch(f"http://rebind.example:{web.port}/")) for _ in range(3)]
        with fetching(web, resolve=lambda _: next(answers)) as fetcher:
            found.append(why(fetcher.fetch(f"http://rebind.example:{web.port}/")))
        assert (found, canary.connections) == (["got"] * 3 + ["address_refused"], 0)


def test_a_resolver_that_lies_to_the_client_alone():
    """Even with two hosts in turn, each connection goes to what was checked for its own name."""
    turns = {"a.example": [HERE], "b.example": ["127.0.0.1"]}
    with serving({"": reply(jpeg())}) as canary, serving(host=HERE, port=canary.port) as web:
        web.routes[""] = reply(jpeg())
        with fetching(web, resolve=turns.__getitem__) as fetcher:
            urls = [f"http://{host}:{web.port}/" for host in ("a.example", "b.example") * 5]
            found = [why(fetcher.fetch(url)) for url in urls]
        assert (found, canary.connections) == (["got", "address_refused"] * 5, 0)


def test_cookies_and_referrers_are_never_forwarded():
    with serving(host=HERE) as web:
        web.routes |= {
            "/": redirect("/next", set_cookie="id=CANARY; Path=/", www_authenticate="Basic realm=x"),
            "/next": reply(jpeg(), set_cookie="id=CANARY"),
        }
        with fetching(web) as fetcher:
            assert [why(fetcher.fetch(web.url("/"))) for _ in range(2)] == ["got"] * 2
        assert len(web.asked) == 4
        for asked in web.asked:
            assert not {"cookie", "authorization", "referer", "origin"} & set(asked.headers)
            assert "CANARY" not in repr(asked)


def test_https_is_not_left_but_may_be_entered():
    assert redirected(parse("http://a.example/"), "https://b.example/x").url == "https://b.example/x"
    with pytest.raises(FetchError) as caught:
        redirected(parse("https://a.example/"), "http://b.example/x")
    assert caught.value.reason == "redirect_refused"


def test_a_redirect_to_nowhere():
    with serving({"": reply(status=302)}, host=HERE) as web, fetching(web) as fetcher:
        assert why(fetcher.fetch(web.url())) == "redirect_refused"  # no Location: to itself, again and again
