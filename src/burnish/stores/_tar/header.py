"""One tar header: ustar, GNU and PAX, read strictly. POSIX.1-2017 "pax", section "ustar Interchange Format"; the
GNU fields after GNU tar's manual, appendix "Basic Tar Format".
"""

from __future__ import annotations

from struct import Struct
from typing import Final, TypeAlias
from zlib import adler32

BLOCK: Final = 512
ZEROS: Final = bytes(BLOCK)
MAX_META_BYTES: Final = 1 << 20
"""One PAX or long-name block; real ones have 100 to 500 bytes."""

REGULAR: Final = b"0\x007"
"""Type flags of plain files: "0", the old NUL, and "7" (contiguous), which POSIX says to treat alike."""
WITHOUT_DATA: Final = b"123456"
"""Links, devices, folders, FIFOs: their size field does not count blocks in the archive."""
PAX_LOCAL, PAX_GLOBAL, GNU_NAME, GNU_LINK, GNU_SPARSE = b"xgLKS"
META: Final = bytes((PAX_LOCAL, PAX_GLOBAL, GNU_NAME, GNU_LINK, ord("X")))
"""Headers that speak of the next one; "X" is Solaris' spelling of "x"."""

_SPACES_SUM: Final = 8 * 32  # the checksum counts its own field as eight spaces


Head: TypeAlias = tuple[str, int, int]
"""What one header block says: (name, size, type flag). A bare tuple: it is made three times a pair."""

# name, size without its last byte, that byte, checksum, type flag, first byte of the prefix
_USUAL: Final = Struct("100s24x11sB12x8sB188xB166x").unpack


class _Sums(dict[bytes, int]):
    """From a checksum field to what the low half of adler32 of the whole block must be, -1 if it cannot be one.

    512 ASCII bytes add up to less than adler32's modulus of 65,521, so its low half is their exact sum, plus one.
    Shards have some thousands of different fields; there cannot be more than the modulus allows.
    """

    def __missing__(self, field: bytes) -> int:
        digits, end = field[:6], field[6:]
        if not digits.isdigit() or end not in (b"\0 ", b" \0", b"\0\0", b"  "):
            return -1
        stored = number(digits)
        value = -1 if stored is None else stored - _SPACES_SUM + sum(field) + 1
        if len(self) < _MAX_SUMS:
            self[field] = value
        return value


_MAX_SUMS: Final = 65_521
_SUMS: Final = _Sums()


def parse(block: bytes) -> Head | None:
    """The header in the 512 bytes of `block`, None if it is not one: wrong checksum, wrong number, no name."""
    if len(block) != BLOCK:
        return None
    name, size, end, field, kind, prefix = _USUAL(block)
    # The usual header, at a fifth of the general way's cost.
    if adler32(block) & 0xFFFF == _SUMS[field] and not (prefix or end) and size.isdigit() and block.isascii():
        try:
            octal = int(size, 8)
        except ValueError:  # an 8 or a 9
            return None
        text = name.partition(b"\0")[0].decode()
        if text:
            return text, octal, kind
    return _parse_slowly(block)


def _parse_slowly(block: bytes) -> Head | None:
    if not _checksum_holds(block):
        return None
    size = number(block[124:136])
    name = block[:100].split(b"\0", 1)[0]
    if block[257:263] == b"ustar\0" and block[345]:
        name = block[345:500].split(b"\0", 1)[0] + b"/" + name
    if size is None or not name:
        return None
    return name.decode("utf-8", "surrogateescape"), size, block[156]


def _checksum_holds(block: bytes) -> bool:
    """Against the unsigned sum, or the signed one that some old writers made."""
    stored = number(block[148:156])
    field = block[148:156]
    unsigned = sum(block) - sum(field) + _SPACES_SUM
    if stored == unsigned:
        return True
    high = sum(byte >> 7 for byte in block) - sum(byte >> 7 for byte in field)
    return stored == unsigned - 256 * high


def number(field: bytes) -> int | None:
    """A numeric field: octal, or base-256 if the first bit is set. None if malformed or negative."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    text = field.split(b"\0", 1)[0].strip(b" ")
    if not text:
        return 0
    if not text.isdigit():  # also base-256 negatives: they start with 0xff
        return None
    try:
        return int(text, 8)
    except ValueError:
        return None


def lenient_size(block: bytes) -> int | None:
    """The size a header claims whose checksum is wrong. Only evidence: believed if a sound header follows there."""
    return number(block[124:136]) if len(block) == BLOCK else None


def padded(size: int) -> int:
    """`size` rounded up to whole blocks."""
    return (size + 511) & ~511


def pax_records(payload: bytes) -> dict[str, bytes] | None:
    r"""The records of a PAX block ("LENGTH KEY=VALUE\n"), None if one is malformed."""
    records: dict[str, bytes] = {}
    at = 0
    while at < len(payload):
        space = payload.find(b" ", at, at + 20)
        digits = payload[at:space]
        if space < 0 or not digits.isdigit():
            # Some writers pad with NUL: nothing is hidden behind them.
            return records if not payload[at:].strip(b"\0") else None
        stop = at + int(digits)
        key, equals, value = payload[space + 1 : stop - 1].partition(b"=")
        if stop <= space + 1 or stop > len(payload) or payload[stop - 1 : stop] != b"\n" or not equals:
            return None
        records[key.decode("utf-8", "surrogateescape")] = value
        at = stop
    return records


def to_text(value: bytes) -> str:
    """A name as PAX or GNU blocks hold it, up to the first NUL."""
    return value.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
