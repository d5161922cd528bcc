"""`Decoder`: the same results as `decode`, whatever happens to its child."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from burnish.errors import StopError, UsageError
from burnish.images import Decoder, Limits, decode
from burnish.images import process as process_module
from burnish.values import ImageFault, Picture, Reason
from tests.images.children import children, cpu_s
from tests.zoo.images import damaged, encode, photo, png_bomb, sound

EVERYTHING = Limits(allow_tiff=True)


def same(left, right):
    if isinstance(left, ImageFault) or isinstance(right, ImageFault):
        return left == right
    values = [(p.width, p.height, p.format, p.mode, p.flags) for p in (left, right)]
    return values[0] == values[1] and np.array_equal(left.rgb, right.rgb)


@pytest.fixture
def decoder():
    with Decoder(EVERYTHING, 32) as made:
        yield made


def test_results_equal_those_of_decode_in_order(decoder):
    batch = [*sound().values(), b"", b"no image", *(data for _, data in damaged(200, seed=3))]
    results = decoder.decode_batch(batch)
    assert len(results) == len(batch)
    assert all(same(result, decode(data, 32, EVERYTHING)) for data, result in zip(batch, results, strict=True))


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_results_do_not_depend_on_the_batch(decoder, size):
    batch = [data for _, data in damaged(64, seed=5)]
    parts = [r for i in range(0, 64, size) for r in decoder.decode_batch(batch[i : i + size])]
    assert all(same(a, b) for a, b in zip(parts, decoder.decode_batch(batch), strict=True))


def test_an_empty_batch_and_an_early_collect_give_nothing(decoder):
    assert decoder.collect() == []
    assert decoder.decode_batch([]) == []
    assert not children()


def test_work_overlaps_and_an_abandoned_batch_leaves_no_trace(decoder):
    decoder.submit([sound()["png"]] * 50)
    decoder.submit([sound()["gif_animated"]])
    (result,) = decoder.collect()
    assert result.format == "GIF"
    assert decoder.collect() == []


def test_pictures_outlive_the_next_batch(decoder):
    (first,) = decoder.decode_batch([sound()["png"]])
    before = first.rgb.copy()
    decoder.decode_batch(list(sound().values()))
    assert np.array_equal(first.rgb, before)


def test_a_batch_larger_than_the_shared_memory_goes_in_parts():
    big = encode(photo(1024, 1024), "BMP")
    with Decoder(Limits(memory_bytes=2**27), 64) as decoder:
        results = decoder.decode_batch([big] * 40)
    assert len(results) == 40
    assert all(isinstance(r, Picture) for r in results)


def test_what_is_over_the_size_limit_never_travels(decoder):
    with Decoder(Limits(max_bytes=10_000), 32) as small:
        results = small.decode_batch([sound()["jpeg"], bytes(200_000_000), sound()["jpeg"]])
    assert [getattr(r, "reason", None) for r in results] == [None, Reason.IMAGE_TOO_LARGE, None]


def test_too_little_memory_is_a_fault_of_that_image_alone():
    with Decoder(Limits(memory_bytes=2**26), 32) as decoder:
        results = decoder.decode_batch([sound()["png"], png_bomb(8_000, 8_000), sound()["webp"]])
    assert isinstance(results[0], Picture)
    assert isinstance(results[2], Picture)
    assert results[1].reason is Reason.IMAGE_TOO_LARGE


def test_a_child_killed_while_idle_is_replaced(decoder):
    decoder.decode_batch([sound()["png"]])
    (child,) = children()
    os.kill(child, signal.SIGKILL)
    time.sleep(0.05)
    assert all(isinstance(r, Picture) for r in decoder.decode_batch([sound()["png"], sound()["gif"]]))
    assert children() != [child]


def test_a_child_is_recycled():
    tiny = encode(photo(16, 16), "JPEG")
    with Decoder(Limits(), 16) as decoder:
        decoder.decode_batch([tiny])
        before = children()
        for _ in range(41):
            decoder.decode_batch([tiny] * 500)
        assert children() != before
        assert len(children()) == 1


def test_close_ends_the_child_and_the_decoder_can_go_on(decoder):
    decoder.decode_batch([sound()["png"]])
    decoder.close()
    assert not children()
    assert isinstance(decoder.decode_batch([sound()["png"]])[0], Picture)


def test_a_forgotten_decoder_takes_its_child_along():
    decoder = Decoder(Limits(), 32)
    decoder.decode_batch([sound()["png"]])
    del decoder
    assert not children()


def test_a_machine_that_cannot_decode_stops_the_run_and_blames_no_image():
    with Decoder(Limits(memory_bytes=1), 32) as decoder, pytest.raises(StopError, match="could not start"):
        decoder.decode_batch([sound()["png"]])
    assert not children()


def test_a_side_of_nothing_is_refused():
    with pytest.raises(UsageError, match="side_px must be at least 1"):
        Decoder(Limits(), 0)


def test_the_child_gets_neither_keys_nor_modules_of_the_working_directory(decoder, tmp_path, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise SystemExit('taken over')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    assert isinstance(decoder.decode_batch([sound()["png"]])[0], Picture)
    (child,) = children()
    assert b"canary" not in Path(f"/proc/{child}/environ").read_bytes()


def test_the_child_ends_with_a_killed_parent():
    code = (
        "import sys, time; from burnish.images import Decoder, Limits; from tests.images.children import children;"
        "from tests.zoo.images import sound; d = Decoder(Limits(), 32); d.decode_batch([sound()['png']]);"
        "print(children()[0], flush=True); time.sleep(60)"
    )
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    for _ in range(200):
        if not Path(f"/proc/{child}").exists() or cpu_s(child) is None:
            return
        time.sleep(0.05)
    pytest.fail("the child lives on")


def decoded_in_a_worker(count):
    with Decoder(Limits(), 32) as decoder:
        return [type(r).__name__ for r in decoder.decode_batch([sound()["jpeg"]] * count)]


def test_it_works_in_the_workers_of_a_pool():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(decoded_in_a_worker, [1, 2, 3])) == [["Picture"] * n for n in (1, 2, 3)]


def test_a_fork_gets_a_child_of_its_own(decoder):
    decoder.decode_batch([sound()["png"]])
    (child,) = children()
    pid = os.fork()
    if pid == 0:
        fine = isinstance(decoder.decode_batch([sound()["png"]])[0], Picture) and child not in children()
        decoder.close()
        os._exit(0 if fine else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert isinstance(decoder.decode_batch([sound()["png"]])[0], Picture)
    assert children() == [child]


def test_the_parent_trusts_no_answer():
    """The shared memory is written as a decoder taken over by an image would write it."""
    process = process_module.Process(Limits(), 32)
    process.send([sound()["png"]] * 3)
    results, death = process.receive()
    assert len(results) == 3
    assert death is None
    rng = np.random.default_rng(0)
    for _ in range(300):
        process._memory[64:256] = rng.integers(0, 256, 192, np.uint8).tobytes()
        process._popen.send_signal(0)
        read = process_module._read(process._memory, 3, 32)
        assert all(isinstance(r, Picture | ImageFault) for r in read[0])
    process.end()
