"""What a file is, from its first bytes. File names and declared types are never believed."""

from __future__ import annotations

ALLOWED = frozenset({"JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF"})
"""Formats decoded by default; "TIFF" only if the limits say so. Names are Pillow's."""

_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    # Known, so that the reason can name them; never decoded.
    (b"%PDF", "PDF"),
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"8BPS", "PSD"),
    (b"SIMPLE  =", "FITS"),
    (b"icns", "ICNS"),
    (b"\0\0\1\0", "ICO"),
    (b"\0\0\0\x0cjP  ", "JPEG2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"PK\3\4", "ZIP"),
    (b"\x1f\x8b", "GZIP"),
)
_ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "BMP": "bmp", "AVIF": "avif", "TIFF": "tiff"}
_DIB_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})  # sizes of the header after "BM"; two letters are no magic


def sniff(data: bytes) -> str:
    """Name of the format `data` starts like; "" if it is none we know."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _DIB_HEADERS:
        return "BMP"
    if data[4:8] == b"ftyp":
        return _brand(data)
    return _markup(data[:512])


def ending(data: bytes, otherwise: str = "bin") -> str:
    """The ending of a file of these bytes, by what they are; `otherwise` for what is not decoded anywhere."""
    return _ENDINGS.get(sniff(data), otherwise)


def gif_frames(data: bytes, stop_at: int) -> int:
    """Frames of a GIF by walking its blocks, at most `stop_at`; Pillow would decode each to count them."""
    at, frames = 13, 0
    if len(data) > 10 and data[10] & 0x80:
        at += 3 << ((data[10] & 7) + 1)
    while at < len(data) and frames < stop_at:
        if data[at] == 0x2C and at + 9 < len(data):  # image descriptor, colour table, code size
            frames += 1
            packed = data[at + 9]
            at += 11 + (3 << ((packed & 7) + 1) if packed & 0x80 else 0)
        elif data[at] == 0x21:  # extension with label
            at += 2
        else:
            break
        at = _after_sub_blocks(data, at)
    return frames


def _after_sub_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def _brand(data: bytes) -> str:
    size = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[i : i + 4] for i in (8, *range(16, size, 4))}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    return "HEIF" if brands & {b"heic", b"heix", b"mif1", b"msf1", b"hevc"} else "MP4"


def _markup(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml")):
        return "SVG"
    return "HTML" if text.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<!--")) else ""
