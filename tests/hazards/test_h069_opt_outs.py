"""Hazard 69: owners who opt out by a header or in robots.txt are heard by default, and it is told apart."""

import pytest

from burnish.fetching.optouts import opted_out
from tests.builders import jpeg
from tests.loopback_web import fetching, redirect, reply, serving, why

OUT = [
    {"X-Robots-Tag": "noai"}, {"X-Robots-Tag": "noimageai"}, {"X-Robots-Tag": "noindex"}, {"x-robots-tag": "NOAI"},
    {"X-Robots-Tag": "noimageindex"}, {"X-Robots-Tag": "none"}, {"X-Robots-Tag": "nofollow, noai"},
    {"X-Robots-Tag": "burnish: noai"}, {"X-Robots-Tag": "*: noindex"}, {"X-Robots-Tag": " noai ,all"},
    {"X-Robots-Tag": "max-snippet: 20, noai"}, {"X-Robots-Tag": "unavailable_after: 2040-01-01, noai"},
    {"X-Robots-Tag": "otherbot: all, burnish: noindex"}, {"TDM-Reservation": "1"}, {"tdm-reservation": " 1 "},
]  # fmt: skip
IN = [
    {}, {"X-Robots-Tag": ""}, {"X-Robots-Tag": "all"}, {"X-Robots-Tag": "nofollow"}, {"X-Robots-Tag": "otherbot: noai"},
    {"X-Robots-Tag": "otherbot: noindex, nofollow"}, {"X-Robots-Tag": "max-image-preview: none"},
    {"X-Robots-Tag": "noaissance"}, {"TDM-Reservation": "0"}, {"X-Other": "noai"}, {"X-Robots-Tag": ":::,,,"},
]  # fmt: skip


@pytest.mark.parametrize("headers", OUT, ids=str)
def test_headers_that_opt_out(headers):
    assert opted_out(headers.items())
    with serving({"": reply(jpeg(), **headers)}) as web, fetching(web, tries=3) as fetcher:
        found = fetcher.fetch(web.url())
        assert (why(found), found.retryable, len(web.asked)) == ("opted_out", False, 1)
        assert found.detail.lower().startswith(next(iter(headers)).lower())
    with serving({"": reply(jpeg(), **headers)}) as web, fetching(web, opt_outs=False) as fetcher:
        assert why(fetcher.fetch(web.url())) == "got"


@pytest.mark.parametrize("headers", IN, ids=str)
def test_headers_that_do_not(headers):
    assert opted_out(headers.items()) == ""
    with serving({"": reply(jpeg(), **headers)}) as web, fetching(web) as fetcher:
        assert why(fetcher.fetch(web.url())) == "got"


def test_each_of_several_headers_counts_and_each_hop():
    assert opted_out([("X-Robots-Tag", "otherbot: noai"), ("X-Robots-Tag", "noai")])
    routes = {"/a": redirect("/b", x_robots_tag="noai"), "/b": reply(jpeg())}
    with serving(routes) as web, fetching(web) as fetcher:
        assert why(fetcher.fetch(web.url("/a"))) == "opted_out"


ROBOTS = b"""User-agent: *
Disallow: /

User-agent: burnish
Disallow: /private/
Allow: /private/free$
Disallow: /*.gif$
"""


def test_robots_txt_is_asked_once_and_obeyed():
    with serving({"/robots.txt": reply(ROBOTS, kind="text/plain"), "": reply(jpeg())}) as web:
        with fetching(web, robots=True) as fetcher:
            paths = ["/x.jpg", "/private/x.jpg", "/private/free", "/a/b.gif", "/a.gif?x", "/x.jpg"]
            found = [why(fetcher.fetch(web.url(path))) for path in paths]
        assert found == ["got", "robots_refused", "got", "robots_refused", "got", "got"]
        assert [asked.path for asked in web.asked].count("/robots.txt") == 1
        assert web.paths() == ["/x.jpg", "/private/free", "/a.gif?x", "/x.jpg"]
    with serving({"/robots.txt": reply(ROBOTS, kind="text/plain"), "": reply(jpeg())}) as web:
        with fetching(web) as fetcher:  # store_options.robots=ignore
            assert why(fetcher.fetch(web.url("/private/x.jpg"))) == "got"
        assert [asked.path for asked in web.asked] == ["/private/x.jpg"]


def test_the_rules_for_all_hold_for_us_too():
    with serving({"/robots.txt": reply(b"User-agent: *\nDisallow: /", kind="text/plain"), "": reply(jpeg())}) as web:
        with fetching(web, robots=True) as fetcher:
            found = fetcher.fetch(web.url("/x.jpg"))
        assert (why(found), found.retryable, web.paths()) == ("robots_refused", False, [])


@pytest.mark.parametrize(
    ("robots", "reason"),
    [
        (reply(status=404), "got"),
        (reply(status=403), "got"),
        (reply(b"", kind="text/plain"), "got"),
        (reply(b"<html>what?</html>", kind="text/html"), "got"),
        (reply(b"\xff\xfe\x00" * 1000, kind="text/plain"), "got"),
        (reply(b"User-agent: *\nDisallow:\n" + b"# " + b"x" * 600_000, kind="text/plain"), "got"),
        (redirect("/robots2.txt"), "robots_refused"),
        (reply(status=500), "robots_refused"),
        (reply(status=503), "robots_refused"),
        (redirect("/robots.txt"), "redirect_refused"),
        (redirect("http://10.0.0.1/robots.txt"), "address_refused"),
    ],
)
def test_what_robots_txt_may_be(robots, reason):
    routes = {
        "/robots.txt": robots,
        "/robots2.txt": reply(b"User-agent: *\nDisallow: /", kind="text/plain"),
        "": reply(jpeg()),
    }
    with serving(routes) as web, fetching(web, robots=True) as fetcher:
        assert why(fetcher.fetch(web.url("/x.jpg"))) == reason


def test_robots_txt_of_each_host_on_the_way():
    with serving({"/robots.txt": reply(ROBOTS, kind="text/plain"), "": reply(jpeg())}, host="127.0.0.2") as strict:
        with (
            serving({"/": redirect(strict.url("/private/x.jpg"))}) as web,
            fetching(web, strict, robots=True) as fetcher,
        ):
            assert why(fetcher.fetch(web.url("/"))) == "robots_refused"
        assert strict.paths() == []
