"""Images as the web gives them, decoded for a model only: the encoded bytes are never changed.

`decode` is the pure function, `Decoder` the same in a bounded child process that may crash, hang or run out of
memory without harm, `Decoders` several of those. Everything that is not a sound image of an allowed format is an
`ImageFault`, never an exception.
"""

from __future__ import annotations

from burnish.images.decoder import Decoder
from burnish.images.decoders import Decoders
from burnish.images.limits import Limits
from burnish.values import ImageFault, Picture

__all__ = ["Decoder", "Decoders", "Limits", "decode"]


def decode(data: bytes, side_px: int, limits: Limits | None = None) -> Picture | ImageFault:
    """The picture in `data` with its long side at most `side_px`, or why there is none. Equal bytes, equal result.

    Runs in this process: a decoder that crashes takes it along. Use `Decoder` for data nobody has looked at.
    """
    from burnish.images.picture import make

    return make(data, side_px, limits or Limits())
