"""How much one image may ask for."""

from __future__ import annotations

from dataclasses import dataclass

from burnish.errors import UsageError
from burnish.values import ImageFault, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one image; what is over them is `IMAGE_TOO_LARGE`, `DECODE_TIMEOUT` or `FORMAT_NOT_ALLOWED`.

    `max_pixels`: width x height from the header, before decoding. 2**26 is 8192 x 8192; Pillow then needs 256 MiB
    a copy, while a 164 KB PNG can claim 169 million.
    `max_bytes`: encoded size. 64 MiB is above any photo of that many pixels.
    `max_frames`: of an animation, counted from headers. Only the first is decoded; thousands are an attack or a film.
    `timeout_s`: CPU seconds in the child; the largest allowed images take 1 to 10, WebP the longest.
    `memory_bytes`: address space of the child beyond its own code: enough for the largest
    image in every mode but WebP, whose decoder keeps four copies (up to about 50 million pixels).
    `allow_tiff`: TIFF is a container of decoders with a long history of tricks; on the web it is rare.
    """

    max_pixels: int = 2**26
    max_bytes: int = 2**26
    max_frames: int = 2_000
    timeout_s: float = 20.0
    memory_bytes: int = 2**30
    allow_tiff: bool = False

    def __post_init__(self) -> None:
        for name in ("max_pixels", "max_bytes", "max_frames", "timeout_s", "memory_bytes"):
            value = getattr(self, name)
            if not value > 0:
                raise UsageError(f"limits.{name} must be more than 0, not {value!r}.")

    def excess(self, data: bytes) -> ImageFault | None:
        """The fault of encoded bytes over `max_bytes`."""
        if len(data) <= self.max_bytes:
            return None
        detail = f"{len(data)} bytes, the limit is {self.max_bytes}"
        return ImageFault(reason=Reason.IMAGE_TOO_LARGE, detail=detail)
