"""From encoded bytes to a `Picture` or an `ImageFault`: format, limits, decode, upright, flags."""

from __future__ import annotations

import re
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from burnish.images import formats, jpeg, pillow
from burnish.images.limits import Limits
from burnish.values import ImageFault, Picture, Reason

TINY_PX = 16
"""An image with a side below this is an icon or a tracking pixel: it passes with the flag "tiny"."""

MAX_ASPECT = 10
"""Above this ratio of the sides an image is a rule or a strip: flag "extreme_aspect"."""

_UNIFORM_RANGE = 3  # levels between darkest and lightest: what JPEG makes of one colour
_DETAIL_CHARS = 200

_ADDRESS = re.compile(" at 0x[0-9a-fA-F]+")  # of a Python object: would differ from run to run

# What Pillow's plug-ins were seen to raise on 165,000 damaged files, and their near kin. Not the broad Exception:
# anything else is a defect, and the child process that meets it dies and is accounted for.
_LIBRARY_ERRORS = (
    OSError,
    SyntaxError,
    RuntimeError,
    ValueError,
    TypeError,
    EOFError,
    LookupError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    struct.error,
    zlib.error,
)


def make(data: bytes, side_px: int, limits: Limits) -> Picture | ImageFault:
    """See `burnish.images.decode`."""
    name = formats.sniff(data)
    refusal = limits.excess(data) or _refusal(data, name, limits)
    if refusal:
        return refusal
    try:
        return _jpeg(data, side_px, limits) if name == "JPEG" else _other(data, name, side_px, limits)
    except pillow.TooLargeError as error:
        return _fault(Reason.IMAGE_TOO_LARGE, str(error))
    except MemoryError:
        return _fault(Reason.IMAGE_TOO_LARGE, "decoding needs more memory than allowed")
    except (jpeg.CutShortError, *_LIBRARY_ERRORS) as error:
        return _fault(*_reason(error))


def _refusal(data: bytes, name: str, limits: Limits) -> ImageFault | None:
    if not data:
        return _fault(Reason.DECODE_ERROR, "the file is empty")
    if name in formats.ALLOWED or (name == "TIFF" and limits.allow_tiff):
        return None
    return _fault(Reason.FORMAT_NOT_ALLOWED, name or f"unknown format, starts with {data[:8].hex(' ')}")


def _reason(error: Exception) -> tuple[Reason, str]:
    detail = _ADDRESS.sub("", f"{type(error).__name__}: {error}")
    if "MAX_TEXT" in detail or "too large" in detail.lower():  # Pillow's limits on text and profile chunks
        return Reason.IMAGE_TOO_LARGE, detail
    return Reason.DECODE_ERROR, detail


def _fault(reason: Reason, detail: str) -> ImageFault:
    printable = "".join(c if c.isprintable() else "?" for c in detail)
    return ImageFault(reason=reason, detail=printable[:_DETAIL_CHARS])


def _jpeg(data: bytes, side_px: int, limits: Limits) -> Picture:
    width, height, space = jpeg.size_and_space(data)
    if width * height > limits.max_pixels:
        raise pillow.TooLargeError(f"{width} x {height} pixels, the limit is {limits.max_pixels}")
    head = jpeg.header(data)
    if space not in {"YCbCr", "RGB", "Gray"}:
        return _other(data, "JPEG", side_px, limits)
    try:
        rgbx, cut = jpeg.pixels(data, (width, height), side_px, head)
    except jpeg.DamagedError:
        return _damaged_jpeg(data, side_px, limits)
    rgb = pillow.reduce_rgbx(rgbx, side_px)
    mode = "L" if space == "Gray" else "RGB"
    flags = ("truncated",) if cut else ()
    return _picture(rgb, (width, height, head.orientation), ("JPEG", mode), flags)


def _damaged_jpeg(data: bytes, side_px: int, limits: Limits) -> Picture:
    """Warnings such as stray bytes between segments: browsers show these files, so they stay, flagged, unless the
    end of the image is a flat band.
    """
    with pillow.opened(data, "JPEG", limits) as image:
        full = pillow.small_rgb(image, max(image.size))
        mode, size = image.mode, image.size
    if jpeg.has_gray_end(full):
        raise jpeg.CutShortError("damaged data, and the end of the image is one flat band")
    rgb = pillow.reduce_to(Image.fromarray(full), side_px)
    return _picture(rgb, (*size, jpeg.header(data).orientation), ("JPEG", mode), ("damaged",))


def _other(data: bytes, name: str, side_px: int, limits: Limits) -> Picture:
    if name == "GIF" and formats.gif_frames(data, limits.max_frames + 1) > limits.max_frames:
        raise pillow.TooLargeError(f"more than {limits.max_frames} frames")
    with pillow.opened(data, name, limits) as image:
        mode = image.mode
        deep, animated = pillow.is_deep(image), pillow.is_animated(image)
        plain_cmyk = name == "JPEG" and mode == "CMYK" and "adobe" not in image.info
        rgb = pillow.small_rgb(image, side_px, inverted_cmyk=plain_cmyk)
        orientation = image.getexif().get(0x0112, 1)
        size = image.size
    flags = (*(("animated",) if animated else ()), *(("16bit",) if deep else ()), *(("float",) if mode == "F" else ()))
    return _picture(rgb, (*size, orientation), (name, mode), flags)


def _picture(
    rgb: NDArray[np.uint8], size: tuple[int, int, object], kind: tuple[str, str], flags: tuple[str, ...]
) -> Picture:
    width, height, orientation = size
    if isinstance(orientation, int) and 2 <= orientation <= 8:
        rgb = _upright(rgb, orientation)
        width, height = (height, width) if orientation >= 5 else (width, height)
    looks = (
        ("tiny", min(width, height) < TINY_PX),
        ("extreme_aspect", max(width, height) > MAX_ASPECT * min(width, height)),
        ("uniform", _is_uniform(rgb)),
    )
    rgb = np.ascontiguousarray(rgb)
    rgb.setflags(write=False)
    return Picture(
        rgb=rgb,
        width=width,
        height=height,
        format=kind[0],
        mode=kind[1],
        flags=(*flags, *(flag for flag, holds in looks if holds)),
    )


def _upright(rgb: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo EXIF orientation 2..8: 5-8 swap the axes, then each is mirrored as the tag says."""
    if orientation >= 5:
        rgb = rgb.swapaxes(0, 1)
    rows = -1 if orientation in {3, 4, 7, 8} else 1
    columns = -1 if orientation in {2, 3, 6, 7} else 1
    return rgb[::rows, ::columns]


def _is_uniform(rgb: NDArray[np.uint8]) -> bool:
    sample = rgb[::16, ::16]  # enough to say no to nearly every image, in 5 us
    reds = sample[..., 0]
    if int(reds.max()) - int(reds.min()) > _UNIFORM_RANGE:
        return False
    pixels = rgb.reshape(-1, 3)
    return int((pixels.max(0) - pixels.min(0)).max()) <= _UNIFORM_RANGE
