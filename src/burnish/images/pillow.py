"""Everything but plain JPEG, through Pillow: opened as one format, checked from the header, converted mode by mode."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from cykooz_resizer import FilterType, ResizeAlg, ResizeOptions, Resizer
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFile

from burnish.images.limits import Limits

_RESIZER = Resizer()
_BILINEAR = ResizeOptions(ResizeAlg.convolution(FilterType.bilinear))
_MAX_16 = 65_535
_MAX_8 = 255
_ROWS = 64


class TooLargeError(Exception):
    """Over a limit, found in the header."""


@contextmanager
def opened(data: bytes, name: str, limits: Limits) -> Iterator[Image.Image]:
    """The image with only its header read, as format `name` and no other. Raises `TooLargeError`, or what Pillow
    raises. Pillow's bomb limit is ours and an error for the time of the call (it is global in Pillow).
    """
    usual = Image.MAX_IMAGE_PIXELS
    try:
        Image.MAX_IMAGE_PIXELS = limits.max_pixels
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[name]) as image:
                _check(image, limits)
                yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLargeError(f"more than {limits.max_pixels} pixels") from error
    finally:
        Image.MAX_IMAGE_PIXELS = usual


def _check(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    if width * height > limits.max_pixels:
        raise TooLargeError(f"{width} x {height} pixels, the limit is {limits.max_pixels}")
    frames = 1 if image.format in {"GIF", "TIFF", "MPO"} else getattr(image, "n_frames", 1)
    if frames > limits.max_frames:
        raise TooLargeError(f"{frames} frames, the limit is {limits.max_frames}")


def is_animated(image: Image.Image) -> bool:
    """Whether there is a second frame; pages of a TIFF and views of a stereo JPEG are no animation."""
    return image.format in {"GIF", "PNG", "WEBP", "AVIF"} and bool(getattr(image, "is_animated", False))


def is_deep(image: Image.Image) -> bool:
    """Whether samples have more than 8 bits. To be asked before loading: Pillow forgets it for colour images."""
    raw_modes = [tile[3] if isinstance(tile[3], str) else tile[3][0] for tile in _tiles(image)]
    return image.mode.startswith("I") or any(";16" in mode for mode in raw_modes)


def _tiles(image: Image.Image) -> list[tuple[object, object, object, str | tuple[str]]]:
    tiles = image.tile if isinstance(image, ImageFile.ImageFile) else []
    return [t for t in tiles if t[3] and isinstance(t[3][0], str)]  # type: ignore[misc]


def small_rgb(image: Image.Image, side_px: int, *, inverted_cmyk: bool = False) -> NDArray[np.uint8]:
    """First frame, fully decoded, as RGB over white with the long side at most `side_px`, not yet turned upright."""
    image.load()
    return reduce_to(_to_rgb(image, inverted_cmyk=inverted_cmyk), side_px)


def reduce_to(image: Image.Image, side_px: int) -> NDArray[np.uint8]:
    """The RGB image with its long side at most `side_px`: whole-number box reduction, then bilinear.

    The last step is cykooz.resizer's, the same filter as Pillow's at a quarter of its time (384 -> 224 px: 0.3 ms).
    """
    if max(image.size) <= side_px:
        return np.asarray(image)
    size, gap = _reduction(image.size, side_px)
    if gap > 1:
        image = image.reduce(gap)
    small = Image.new("RGB", size)
    _RESIZER.resize_pil(image, small, _BILINEAR)  # on Pillow's own memory: its bytes would be copied three times
    return np.asarray(small)


def reduce_rgbx(rgbx: NDArray[np.uint8], side_px: int) -> NDArray[np.uint8]:
    """`reduce_to` of contiguous rows x columns x 4, the fourth byte of a pixel ignored: the same picture as RGB, in
    memory of its own, without the copies into and out of Pillow (384 -> 224 px: 0.2 ms).
    """
    rows, columns, _ = rgbx.shape
    if max(rows, columns) <= side_px:
        return _without_filler(rgbx)
    size, gap = _reduction((columns, rows), side_px)
    if gap > 1:
        return reduce_to(Image.fromarray(_without_filler(rgbx)), side_px)
    small = np.empty((size[1], size[0], 4), np.uint8)
    _RESIZER.resize_pil(_lent(rgbx), _lent(small), _BILINEAR)
    return _without_filler(small)


def _reduction(size: tuple[int, int], side_px: int) -> tuple[tuple[int, int], int]:
    """(final size, whole-number reduction before the filter, which still averages over two pixels and more)."""
    width, height = size
    scale = side_px / max(width, height)
    final = max(1, round(width * scale)), max(1, round(height * scale))
    return final, int(min(width / final[0], height / final[1]) / 2)


def _lent(pixels: NDArray[np.uint8]) -> Image.Image:
    """The array's memory as a Pillow image. CMYK: for the resizer four channels alike, none of them alpha."""
    return Image.frombuffer("CMYK", (pixels.shape[1], pixels.shape[0]), pixels, "raw", "CMYK", 0, 1)


def _without_filler(rgbx: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Four bytes at every third place, in order, so that the next pixel covers the filler: half the time of three
    copies with gaps.
    """
    rows, columns, _ = rgbx.shape
    count = rows * columns
    room = np.empty(3 * count + 1, np.uint8)
    np.ndarray((count,), np.uint32, room, 0, (3,))[:] = rgbx.reshape(-1).view(np.uint32)
    return room[: 3 * count].reshape(rows, columns, 3)


def _to_rgb(image: Image.Image, *, inverted_cmyk: bool) -> Image.Image:
    mode = image.mode
    if mode == "RGB":
        return image if "transparency" not in image.info else _over_white(image.convert("RGBA"))
    if mode.startswith("I") or mode == "F":
        return Image.fromarray(_to_8_bits(np.asarray(image))).convert("RGB")
    if mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        return _over_white(image.convert("RGBA"))
    if mode == "CMYK" and inverted_cmyk:
        image = ImageChops.invert(image)
    return image.convert("RGB")


def _over_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _to_8_bits(samples: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scaled, never saturated: 16 bits by their full range; 32-bit integers and floats by the smallest of the usual
    ranges (0..1 for floats, 0..255, 0..65535) that holds them, else from their minimum to their maximum.
    """
    low, high = (0.0, float(_MAX_16)) if samples.dtype.itemsize == 2 else _range(samples)
    scale = _MAX_8 / (high - low) if high > low else 0.0
    out = np.empty(samples.shape, np.uint8)
    for top in range(0, len(samples), _ROWS):  # in bands: whole-image temporaries would be four times the image
        band = np.nan_to_num(samples[top : top + _ROWS].astype(np.float32), nan=low, posinf=low, neginf=low)
        out[top : top + _ROWS] = np.rint((band - low) * scale)
    return out


def _range(samples: NDArray[np.generic]) -> tuple[float, float]:
    bands = [samples[top : top + _ROWS] for top in range(0, len(samples), _ROWS)]
    finite = [band[np.isfinite(band)] for band in bands]
    extremes = [(float(band.min()), float(band.max())) for band in finite if band.size]
    low, high = min((e[0] for e in extremes), default=0.0), max((e[1] for e in extremes), default=0.0)
    tops = (1.0, float(_MAX_8), float(_MAX_16)) if samples.dtype.kind == "f" else (float(_MAX_8), float(_MAX_16))
    return next(((0.0, top) for top in tops if low >= 0 and high <= top), (low, high))
