"""`Reader`: real writing in real pictures, and what happens when its child crashes, hangs or cannot start."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

from burnish.errors import MissingExtra, StopError, UsageError
from burnish.images import Limits
from burnish.ocr import Reader, Writing, package
from burnish.ocr import identity as identity_of
from tests.ocr.pictures import WITHOUT, readers, written
from tests.zoo.images import damaged, png_bomb

pytestmark = [  # slow: the fast tier does not install the reader
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("rapidocr") is None, reason=WITHOUT),
]


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits()) as made:
        yield made


def read(reader: Reader, *images: bytes) -> list[Writing]:
    reader.submit(images)
    return reader.collect()


def test_writing_is_read_from_the_top_with_its_confidence(reader: Reader) -> None:
    [found] = read(reader, written("GIVE WAY", "Platform 42"))
    assert found.texts == ("GIVE WAY", "Platform 42")
    assert all(0.9 < line.confidence <= 1 for line in found.lines)
    assert not found.failed


def test_one_result_an_image_in_order_and_none_for_what_is_no_picture(reader: Reader) -> None:
    batch = [written("first one"), written(), b"", b"no image", png_bomb(9_000, 9_000), written("last one")]
    found = read(reader, *batch)
    assert [writing.texts for writing in found] == [("first one",), (), (), (), (), ("last one",)]
    assert not any(writing.failed for writing in found)


def test_equal_bytes_equal_result_whatever_else_is_in_the_batch(reader: Reader) -> None:
    batch = [written(f"Gate {number}", "to the trains", seed=number, px=20) for number in range(4)]
    together = read(reader, *batch)
    assert together == [found for data in batch for found in read(reader, data)]


def test_damaged_images_never_end_it(reader: Reader) -> None:
    before = read(reader, written("before it")) and readers()
    read(reader, *(data for _, data in damaged(40, seed=11)))
    assert readers() == before


def test_an_early_collect_gives_nothing_and_a_forgotten_batch_leaves_no_trace(reader: Reader) -> None:
    assert reader.collect() == []
    reader.submit([written("forgotten")])
    assert [found.texts for found in read(reader, written("wanted now"))] == [("wanted now",)]
    assert read(reader) == []


@contextmanager
def attack(sent: signal.Signals, times: int) -> Iterator[list[int]]:
    """Sends a signal to each of the next children as soon as it serves, as a crash or the kernel would."""
    hit: list[int] = []
    over = threading.Event()

    def strike() -> None:
        while not over.is_set() and len(hit) < times:
            for pid in set(readers()) - set(hit):
                if os.path.realpath(f"/proc/{pid}/fd/2") == os.devnull and len(hit) < times:
                    os.kill(pid, sent)
                    hit.append(pid)
            time.sleep(0.005)

    thread = threading.Thread(target=strike)
    thread.start()
    try:
        yield hit
    finally:
        over.set()
        thread.join()


def test_a_crash_is_tried_once_more_and_then_costs_one_picture() -> None:
    batch = [written("AB one"), written("AB two")]
    with Reader(Limits()) as once, attack(signal.SIGKILL, 1) as hit:
        assert [found.texts for found in read(once, *batch)] == [("AB one",), ("AB two",)]
        assert len(hit) == 1
    with Reader(Limits()) as twice, attack(signal.SIGSEGV, 2) as hit:
        found = read(twice, *batch)
        assert len(hit) == 2
    assert [(writing.failed, writing.texts) for writing in found] == [(True, ()), (False, ("AB two",))]


def test_too_much_cpu_time_is_not_tried_again() -> None:
    batch = [written("AB one"), written("AB two")]
    with Reader(Limits()) as made, attack(signal.SIGXCPU, 1):
        assert [writing.failed for writing in read(made, *batch)] == [True, False]


def test_closing_ends_the_child_also_in_the_middle_of_a_batch() -> None:
    others = set(readers())  # of fixtures that other tests of this process still hold
    made = Reader(Limits())
    made.submit([written(f"line {number}") for number in range(200)])
    while not set(readers()) - others:
        time.sleep(0.01)
    made.close()
    assert not set(readers()) - others


def test_a_broken_installation_stops_the_run_and_blames_no_picture(monkeypatch, tmp_path) -> None:
    broken = tmp_path / "rapidocr"
    broken.mkdir()
    (broken / "models").symlink_to(package.weights()["det"].parent)
    (broken / "__init__.py").write_text("raise SystemExit('libGL.so.1: cannot open shared object file')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with (
        Reader(Limits()) as made,
        pytest.raises(StopError, match=r"the reader of writing in images could not start: libGL\.so\.1"),
    ):
        read(made, written("nobody reads it"))


def test_the_identity_names_version_and_weights() -> None:
    assert identity_of().startswith("rapidocr-")
    assert identity_of() == identity_of()


def test_a_package_without_weights_is_refused_before_anything_is_read(monkeypatch, tmp_path) -> None:
    (tmp_path / "rapidocr").mkdir()
    (tmp_path / "rapidocr" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UsageError, match="carries no weights of its own for: det, cls, rec"):
        Reader(Limits())


def test_without_the_package_the_message_holds_the_pip_line(monkeypatch) -> None:
    monkeypatch.setattr(sys, "path", [part for part in sys.path if "site-packages" not in part])
    with pytest.raises(MissingExtra, match=r"pip install 'burnish\[ocr\]'"):
        Reader(Limits())
