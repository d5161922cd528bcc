"""Hazard 26: a child that crashes, hangs or computes for ever is replaced; only the guilty image is a fault.

No decoder here can be made to crash on purpose, so the child is hit from outside while it decodes a large image, by
the signals that a crash or the kernel would send.
"""

import signal

import numpy as np
import pytest
from PIL import Image

from burnish.images import Decoder, Limits
from burnish.values import Picture, Reason
from tests.images.children import attacker
from tests.zoo.images import encode, photo, scan_bomb, sound

SOUND = [sound()[name] for name in ("jpeg", "png", "webp", "gif")]


@pytest.fixture(scope="module")
def heavy():
    """A sound image that takes about a second of CPU."""
    tile = np.asarray(photo(512, 512))
    return encode(Image.fromarray(np.tile(tile, (16, 16, 1))), "JPEG", quality=90, subsampling=0)


def outcome(results):
    return ["picture" if isinstance(r, Picture) else r.reason for r in results]


@pytest.mark.parametrize("sent", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_an_image_that_kills_its_child_again_and_again_is_the_fault(heavy, sent):
    with Decoder(Limits(), 32) as decoder, attacker(sent, after_s=0.15, times=2) as hit:
        results = decoder.decode_batch([*SOUND, heavy, *SOUND])
    assert len(hit) == 2
    assert outcome(results) == ["picture"] * 4 + [Reason.DECODER_CRASH] + ["picture"] * 4
    assert results[4].detail == f"the decoder ended by signal {sent.name}"


def test_a_child_that_dies_once_costs_no_image(heavy):
    with Decoder(Limits(), 32) as decoder, attacker(signal.SIGKILL, after_s=0.15, times=1) as hit:
        results = decoder.decode_batch([*SOUND, heavy, *SOUND])
    assert len(hit) == 1
    assert outcome(results) == ["picture"] * 9


def test_guilty_images_at_both_ends_and_side_by_side(heavy):
    with Decoder(Limits(), 32) as decoder, attacker(signal.SIGSEGV, after_s=0.15, times=99):
        results = decoder.decode_batch([heavy, heavy, *SOUND, heavy])
    assert outcome(results) == [Reason.DECODER_CRASH] * 2 + ["picture"] * 4 + [Reason.DECODER_CRASH]


def test_a_stopped_child_is_a_hang(heavy):
    limits = Limits(timeout_s=1)
    with Decoder(limits, 32) as decoder, attacker(signal.SIGSTOP, after_s=0.1, times=2) as hit:
        results = decoder.decode_batch([*SOUND, heavy, *SOUND])
    assert len(hit) == 2
    assert outcome(results) == ["picture"] * 4 + [Reason.DECODE_TIMEOUT] + ["picture"] * 4
    assert results[4].detail == "no progress for 4 s"


def test_too_much_computing_is_ended_by_the_cpu_limit():
    endless = scan_bomb(1_024, 1_500)
    with Decoder(Limits(timeout_s=0.5), 32) as decoder:
        results = decoder.decode_batch([*SOUND, endless, *SOUND])
    assert outcome(results) == ["picture"] * 4 + [Reason.DECODE_TIMEOUT] + ["picture"] * 4
    assert results[4].detail == "more than 0.5 s of CPU time"
