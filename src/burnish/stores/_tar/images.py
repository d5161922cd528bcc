"""What an image is, by its first bytes: names lie (hazard 13)."""

from __future__ import annotations

from typing import Final

_BY_SUFFIX: Final = {"jpg": "jpeg", "jpe": "jpeg", "jfif": "jpeg", "tif": "tiff", "heif": "heic"}
_HEIF_BRANDS: Final = {b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"mif1": "heic"}
_MAGICS: Final = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\xff\x0a", "jxl"),
    (b"\0\0\0\x0cJXL ", "jxl"),
    (b"\0\0\0\x0cjP  ", "jp2"),
)


def sniff(start: bytes) -> str:
    """The format an image file with these first bytes (>= 16) has, "" if it is none we know."""
    if start.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[4:8] == b"ftyp":
        return _HEIF_BRANDS.get(start[8:12], "")
    if start[:2] == b"BM" and start[6:10] == b"\0\0\0\0":  # two letters alone are text; the reserved bytes are zero
        return "bmp"
    return next((name for magic, name in _MAGICS if start.startswith(magic)), "")


def agrees(suffix: str, start: bytes) -> bool:
    """Whether a file with these first bytes is what its lower-case suffix says."""
    if suffix == "jpg":
        return start.startswith(b"\xff\xd8\xff")
    return sniff(start) == named(suffix)


def named(suffix: str) -> str:
    """The format a lower-case suffix names ("jpg" -> "jpeg", "left.png" -> "png")."""
    last = suffix.rpartition(".")[2]
    return _BY_SUFFIX.get(last, last)
