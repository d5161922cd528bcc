"""Damaged json, lines, tables and texts by seed: equal seeds give equal bytes."""

from __future__ import annotations

import io
import json
import random
import struct
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from tests.builders import jpeg
from tests.zoo.texts import PIECES

Damage = Callable[[random.Random, bytes], bytes]


def flips(rng: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 9)) if out else 0):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def zeroed(rng: random.Random, data: bytes) -> bytes:
    at, size = rng.randrange(len(data) + 1), rng.randint(1, 60)
    return data[:at] + bytes(len(data[at : at + size])) + data[at + size :]


def removed(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.randint(1, 30) :]


def inserted(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.randbytes(rng.randint(1, 30)) + data[at:]


def repeated(rng: random.Random, data: bytes) -> bytes:
    at, size = rng.randrange(len(data) + 1), rng.randint(1, 40)
    return data[:at] + data[at : at + size] * rng.randint(1, 30) + data[at:]


def random_bytes(rng: random.Random, data: bytes) -> bytes:
    return rng.randbytes(rng.randrange(len(data) + 1))


BYTES: Mapping[str, Damage] = {d.__name__: d for d in (flips, cut, zeroed, removed, inserted, repeated, random_bytes)}


def _put(value: str) -> Damage:
    """A value of the object is replaced by these characters."""

    def damage(rng: random.Random, data: bytes) -> bytes:
        places = [at for at in range(len(data)) if data[at : at + 2] == b": "]
        if not places:
            return data + value.encode()
        at = rng.choice(places) + 2
        stop = data.find(b",", at)
        return data[:at] + value.encode("utf-8", "surrogatepass") + data[stop if stop > 0 else -1 :]

    return damage


JSON: Mapping[str, Damage] = {
    **BYTES,
    "nan": _put("NaN"),
    "infinity": _put("-Infinity"),
    "long_number": _put("9" * 5_000),
    "beyond_float": _put("1e999"),
    "lone_surrogate": _put('"\\ud800"'),
    "raw_surrogate": _put('"\udc80"'),
    "control": _put('"a\x01b"'),
    "deep": _put("[" * 2_000 + "]" * 2_000),
    "null": _put("null"),
    "list_of_all": _put('[1, "a", {}, null]'),
    "empty": lambda _rng, _data: b"",
    "bom": lambda _rng, data: b"\xef\xbb\xbf" + data,
    "utf16": lambda _rng, data: data.decode("utf-8", "replace").encode("utf-16"),
    "doubled_key": lambda rng, data: data[:-1] + b', "caption": "%d"}' % rng.randrange(9),
    "single_quotes": lambda _rng, data: data.replace(b'"', b"'"),
    "comment": lambda _rng, data: b"// x\n"[: len(data)] + data,
    "two_objects": lambda _rng, data: data + data,
    "array": lambda _rng, data: b"[" + data + b"]",
}

LINES: Mapping[str, Damage] = {
    **JSON,
    "torn": lambda rng, data: data[: rng.randrange(len(data) + 1)],
    "carriage_return": lambda _rng, data: data + b"\r",
    "separator_inside": lambda _rng, data: data.replace(b"a", "\u2028\x85\x0b".encode()),
    "line_feed_inside": lambda rng, data: data[: (at := rng.randrange(len(data) + 1))] + b"\n" + data[at:],
    "blank": lambda _rng, _data: b" \t ",
    "missing_file": _put('"../../etc/passwd"'),
    "url_as_image": _put('"http://127.0.0.1:9/x.jpg"'),
}


def sound_row(rng: random.Random, number: int) -> bytes:
    row = {"image": f"{number % 4}.jpg", "caption": rng.choice(PIECES) + f" {number}", "n": number, "x": 0.5, "u": None}
    return json.dumps(row).encode()


def _footer_length(rng: random.Random, data: bytes) -> bytes:
    return data[:-8] + struct.pack("<I", rng.choice((0, 1, 2**31, 2**32 - 1, rng.randrange(2**20)))) + data[-4:]


def _footer_flips(rng: random.Random, data: bytes) -> bytes:
    size = struct.unpack("<I", data[-8:-4])[0]
    at = max(4, len(data) - 8 - size)
    return data[:at] + flips(rng, data[at:-8]) + data[-8:]


def _page_flips(rng: random.Random, data: bytes) -> bytes:
    size = struct.unpack("<I", data[-8:-4])[0]
    at = max(4, len(data) - 8 - size)
    return data[:4] + flips(rng, data[4:at]) + data[at:]


TABLES: Mapping[str, Damage] = {
    **BYTES,
    "footer_length": _footer_length,
    "footer_flips": _footer_flips,
    "page_flips": _page_flips,
    "magic": lambda _rng, data: b"PARE" + data[4:-4] + b"PARE",
    "no_footer": lambda _rng, data: data[:-20],
    "two_files": lambda _rng, data: data + data,
    "html": lambda _rng, data: b"<!doctype html>" + data,
}


def sound_table(rng: random.Random) -> bytes:
    """A few rows, with one of the ways a writer may store them."""
    count = rng.randint(1, 5)
    columns = {
        "image": [jpeg(at, (16, 16)) for at in range(count)],
        "caption": [rng.choice(("a", "b c", "")) + str(at) for at in range(count)],
        "n": list(range(count)),
    }
    sink = io.BytesIO()
    how = rng.choice(
        ({}, {"compression": "zstd"}, {"use_dictionary": False}, {"row_group_size": 2}, {"version": "1.0"})
    )
    pq.write_table(pa.table(columns), sink, **how)
    return sink.getvalue()


TEXTS: Mapping[str, Damage] = {
    **BYTES,
    "latin_1": lambda _rng, data: data.decode("utf-8", "replace").encode("latin-1", "replace"),
    "utf16": lambda _rng, data: data.decode("utf-8", "replace").encode("utf-16-le"),
    "mojibake": lambda _rng, data: data.decode("cp1252", "replace").encode(),
    "overlong": lambda _rng, data: data.replace(b"a", b"\xc0\xaf"),
    "surrogates": lambda _rng, data: data + b"\xed\xa0\x80\xed\xb0\x80",
    "nul": lambda _rng, data: b"\0".join((data, data)),
    "marks": lambda rng, data: data + "\u0301".encode() * rng.randint(1, 4_000),
    "bidi": lambda _rng, data: "\u202e".encode() + data + "\u2066".encode(),
    "tags": lambda _rng, data: data + "".join(chr(0xE0000 + b % 128) for b in data).encode(),
    "escapes": lambda _rng, data: data.replace(b" ", b"\x1b]8;;"),
    "entities": lambda _rng, data: data.replace(b" ", b"&#x202e;&amp;lt;"),
    "very_long": lambda rng, data: data * rng.randint(1, 400),
}


def sound_text(rng: random.Random) -> bytes:
    pieces = [rng.choice(PIECES) for _ in range(rng.randint(1, 8))]
    return " ".join(pieces).encode("utf-8", "surrogatepass")
