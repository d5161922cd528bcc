"""Several decoding children give what one gives."""

from __future__ import annotations

from contextlib import closing

import pytest

from burnish.images import Decoder, Decoders, Limits
from burnish.values import ImageFault, Picture
from tests.builders import jpeg


def shown(result: Picture | ImageFault) -> object:
    return result if isinstance(result, ImageFault) else (result.rgb.tobytes(), result.width, result.height)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("images", [0, 1, 2, 7])
def test_the_same_results_in_the_same_order(number: int, images: int) -> None:
    batch = [b"no image" if i == 4 else jpeg(i) for i in range(images)]
    with Decoder(Limits(), 32) as one:
        expected = one.decode_batch(batch)
    with closing(Decoders(Limits(), 32, number)) as team:
        team.submit(batch)
        assert list(map(shown, team.collect())) == list(map(shown, expected))
        assert team.collect() == []
        team.submit(batch[:1])  # abandoned
        team.submit(batch)
        assert len(team.collect()) == images
