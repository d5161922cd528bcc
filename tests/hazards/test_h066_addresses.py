"""Hazard 66: every address a name has must be on the public internet by our own list, and that is what is dialled."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from burnish.fetching.addresses import is_public
from burnish.fetching.names import system_resolver
from tests.builders import jpeg
from tests.loopback_web import fetching, reply, serving, why

LITERALS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.1", "0177.0.0.1", "017700000001",
    "0x7f.0x0.0x0.0x1", "127.000.000.001", "127.0.0.1.", "127.1.", "0", "0.0.0.0", "10.0.0.1", "172.16.0.1",
    "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "256.1.1.1", "1.2.3.4.5", "a.1", "\uff11\uff12\uff17.0.0.1", "\u2460\u2461\u2466.0.0.1", "127\u30020\u30020\u30021",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001::1]", "[2001:db8::1]",
    "[fe80::1]", "[fec0::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[100::1]", "[3fff::1]", "[5f00::1]",
]  # fmt: skip
NAMES = {
    "loop.example": ["127.0.0.1"], "mixed.example": ["93.184.216.34", "127.0.0.1"], "private.example": ["10.1.2.3"],
    "cloud.example": ["169.254.169.254"], "nat64.example": ["64:ff9b::7f00:1"], "sixtofour.example": ["2002:7f00:1::1"],
    "mapped.example": ["::ffff:127.0.0.1"], "site.example": ["fec0::1"], "many.example": ["224.0.0.251"],
    "dslite.example": ["192.0.0.8"], "zone.example": ["fe80::1%lo"], "two.example": ["2606:2800:220:1::1", "::1"],
    "xn--bcher-kva.example": ["127.0.0.1"],
}  # fmt: skip
HOSTS = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3",
    "b\u00fccher.example",
]


def resolve(host):
    return NAMES[host] if host in NAMES else system_resolver(host)


@pytest.mark.parametrize(
    "host", [*LITERALS, *HOSTS, *(name for name in NAMES if not name.startswith("xn--"))], ids=ascii
)
def test_nothing_is_dialled(host):
    with serving({"": reply(jpeg())}) as canary:
        ports = frozenset({canary.port})
        with fetching(allowed=(), ports=ports, resolve=resolve) as fetcher:
            found = fetcher.fetch(f"http://{host}:{canary.port}/x.jpg")
        assert (why(found), canary.connections) == ("address_refused", 0), found


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((name.strip("[]"), False) for name in LITERALS if name.startswith("[")),
        ("8.8.8.8", True), ("93.184.216.34", True), ("192.0.1.1", True), ("192.0.0.8", False), ("192.0.0.9", False),
        ("100.63.255.255", True), ("100.128.0.0", True), ("172.32.0.0", True), ("223.255.255.255", True),
        ("2606:2800:220:1::1", True), ("2a00:1450::1", True), ("2001:200::1", True), ("2001:1ff::1", False),
        ("2003::1", True), ("1fff::1", False), ("4000::1", False), ("fe80::1%eth0", False), ("2a00::1%eth0", False),
    ],
)  # fmt: skip
def test_our_own_list(address, public):
    assert is_public(ipaddress.ip_address(address)) is public


@given(st.ip_addresses())
def test_what_the_library_calls_private_is_never_public(address):
    assert not is_public(address) or (address.is_global and not address.is_multicast)


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_never_public(address):
    number = int(address)
    inside = [
        number,
        0xFFFF << 32 | number,
        0x64FF9B << 96 | number,
        0x2002 << 112 | number << 80,
        0x20010000 << 96 | number,
    ]
    assert not any(is_public(ipaddress.IPv6Address(value)) for value in inside)


def test_one_s_own_network_may_be_allowed():
    with serving({"": reply(jpeg())}) as web, fetching(web) as fetcher:
        assert why(fetcher.fetch(web.url())) == "got"
        assert why(fetcher.fetch(f"http://localhost:{web.port}/")) in {"got", "address_refused"}  # ::1 is not allowed
        assert why(fetcher.fetch(f"http://127.0.0.2:{web.port}/")) == "address_refused"


def test_without_a_name_server_nothing_is_dialled():
    with fetching(resolve=lambda _: []) as fetcher:
        assert why(fetcher.fetch("http://nowhere.example/")) == "no_address"
