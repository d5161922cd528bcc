"""Images made in the test: sound ones of every allowed kind, and seeded damage to them."""

from __future__ import annotations

import functools
import io
import random
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw


def photo(width: int, height: int, seed: int = 0) -> Image.Image:
    """Smooth colour fields with grain: compresses like a photograph."""
    rng = np.random.default_rng(seed)
    fields = rng.normal(128, 50, (height // 8 + 2, width // 8 + 2, 3)).clip(0, 255).astype(np.uint8)
    smooth = np.asarray(Image.fromarray(fields).resize((width, height), Image.Resampling.BICUBIC)).astype(int)
    return Image.fromarray((smooth + rng.normal(0, 6, smooth.shape)).clip(0, 255).astype(np.uint8))


def clip_art(width: int, height: int, seed: int = 0) -> Image.Image:
    """Flat discs with outlines on white: compresses like clip art."""
    rng = random.Random(seed)
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y, r = rng.randrange(width), rng.randrange(height), rng.randint(4, max(5, width // 4))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=tuple(rng.randbytes(3)), outline="black", width=2)
    return image


def encode(image: Image.Image, form: str, **options: object) -> bytes:
    """`image` as a file of format `form`."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(width: int, height: int) -> bytes:
    """A palette PNG of one colour: a few KB that claim, and hold, width x height pixels."""
    row = zlib.compressobj(9)
    body = b"".join(row.compress(b"\0" + bytes(width)) for _ in range(height)) + row.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = png_chunk(b"IHDR", head), png_chunk(b"PLTE", b"\x20\x40\x60"), png_chunk(b"IDAT", body)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + png_chunk(b"IEND", b"")


def scan_bomb(side_px: int, scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated: hardly larger, and each takes a pass over all blocks."""
    data = encode(photo(side_px, side_px), "JPEG", progressive=True, quality=60, subsampling=0)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + b"\xff\xd9"


@functools.cache
def sound() -> dict[str, bytes]:
    """One sound file of each kind, by name."""
    base = photo(64, 48)
    rgba = base.convert("RGBA")
    rgba.putalpha(base.convert("L"))
    frames = [photo(32, 24, seed) for seed in range(3)]
    deep = Image.fromarray(np.linspace(0, 65_535, 64 * 48).reshape(48, 64).astype(np.uint16))
    animation = {"save_all": True, "append_images": frames[1:]}
    return {
        "jpeg": encode(base, "JPEG", quality=90),
        "jpeg_progressive": encode(base, "JPEG", progressive=True),
        "jpeg_gray": encode(base.convert("L"), "JPEG"),
        "jpeg_cmyk": encode(base.convert("CMYK"), "JPEG"),
        "jpeg_exif": encode(base, "JPEG", exif=oriented(6)),
        "jpeg_restarts": encode(base, "JPEG", restart_marker_blocks=2),
        "png": encode(base, "PNG"),
        "png_alpha": encode(rgba, "PNG"),
        "png_palette": encode(base.quantize(32), "PNG", transparency=3),
        "png_16": encode(deep, "PNG"),
        "png_1bit": encode(base.convert("1"), "PNG"),
        "apng": encode(frames[0], "PNG", **animation),
        "webp": encode(base, "WEBP"),
        "webp_lossless": encode(rgba, "WEBP", lossless=True),
        "webp_animated": encode(frames[0], "WEBP", **animation),
        "gif": encode(base, "GIF"),
        "gif_animated": encode(frames[0], "GIF", **animation),
        "bmp": encode(base, "BMP"),
        "bmp_palette": encode(base.quantize(16), "BMP"),
        "avif": encode(base, "AVIF"),
        "tiff": encode(base, "TIFF"),
        "tiff_lzw": encode(base, "TIFF", compression="tiff_lzw"),
        "tiff_float": encode(Image.fromarray(np.linspace(0, 1, 3072, dtype=np.float32).reshape(48, 64)), "TIFF"),
    }


def oriented(orientation: int) -> Image.Exif:
    """EXIF data with only an orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def damaged(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` damaged files with the kind of image and damage: equal seeds give equal files."""
    rng = random.Random(seed)
    kinds = list(sound().items())
    for _ in range(count):
        (name, data), damage = rng.choice(kinds), rng.choice(_DAMAGES)
        yield f"{name}/{damage.__name__}", damage(bytearray(data), rng)


def _bit_flips(data: bytearray, rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def _header_edit(data: bytearray, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 6)):
        data[rng.randrange(min(len(data), 64))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    return bytes(data)


def _huge_number(data: bytearray, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) - 4)
    data[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\0\0\xff\xff"))
    return bytes(data)


def _cut(data: bytearray, rng: random.Random) -> bytes:
    return bytes(data[: rng.randrange(len(data))])


def _zeroed(data: bytearray, rng: random.Random) -> bytes:
    at, size = rng.randrange(len(data)), rng.randint(1, 200)
    data[at : at + size] = bytes(len(data[at : at + size]))
    return bytes(data)


def _removed(data: bytearray, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    del data[at : at + rng.randint(1, 40)]
    return bytes(data)


def _inserted(data: bytearray, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    data[at:at] = rng.randbytes(rng.randint(1, 40))
    return bytes(data)


def _spliced(data: bytearray, rng: random.Random) -> bytes:
    other = rng.choice(list(sound().values()))
    return bytes(data[: rng.randrange(len(data))]) + other[rng.randrange(len(other)) :]


def _repeated(data: bytearray, rng: random.Random) -> bytes:
    at, size = rng.randrange(len(data)), rng.randint(4, 80)
    data[at:at] = data[at : at + size] * rng.randint(1, 50)
    return bytes(data)


_DAMAGES = (_bit_flips, _header_edit, _huge_number, _cut, _zeroed, _removed, _inserted, _spliced, _repeated)
