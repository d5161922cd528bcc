"""Hazard 9: millions of tiny members, one huge member: bounded memory, a cap for images, the rest goes on."""

import io
import os
import resource
import subprocess
import sys
import tarfile

import pytest

from burnish.stores._tar.group import CARRIED_BYTES, MAX_MEMBERS, WINDOW_GROUPS
from burnish.stores._tar.sprint import AT_ONCE
from burnish.stores.webdataset import WebDatasetStore
from burnish.values import Reason
from tests.builders import jpeg
from tests.stores._tar.shards import members, pairs, read, rows, tar_bytes, triple, triples


def test_an_image_beyond_the_cap_goes_to_quarantine(tmp_path):
    big = b"\xff\xd8\xff" + bytes(2 << 20)
    items = read(tar_bytes([*triples(1), ("big.jpg", big), *triple("zz")]), tmp_path, max_member_mb="1")
    assert [p.key for p in pairs(items)] == ["000000000", "zz"]
    (fault,) = rows(items)
    assert fault.reason is Reason.TOO_LARGE
    assert fault.raw_size > 2 << 20


def test_fifty_gigabytes_need_no_memory(tmp_path):
    """A sparse file of 50 GB: the member after it is found, the huge one is a row."""
    path = tmp_path / "a.tar"
    info = tarfile.TarInfo("huge.jpg")
    info.size = 50 << 30
    with path.open("wb") as file:
        file.write(info.tobuf(tarfile.GNU_FORMAT))
        file.seek(info.size, os.SEEK_CUR)
        file.write(tar_bytes(triples(2)))
    store = WebDatasetStore(str(path))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    items = list(store.read(store.shards()[0]))
    assert [p.key for p in pairs(items)] == ["000000000", "000000001"]
    (fault,) = rows(items)
    assert fault.reason is Reason.TOO_LARGE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10  # KiB


def test_a_large_extra_member_is_no_fault(tmp_path):
    extra = ("000000000.npy", bytes(CARRIED_BYTES + 1))
    (pair,) = pairs(read(tar_bytes([*triples(1), extra]), tmp_path, max_member_mb="1"))
    assert members(pair)[-1] == "000000000.npy"


@pytest.mark.parametrize(("size", "known"), [(3 << 20, True), (17 << 20, False)])
def test_a_large_text_is_a_text_up_to_a_limit(size, known, tmp_path):
    (pair,) = pairs(read(tar_bytes([*triples(1)[:1], ("000000000.txt", b"x" * size)]), tmp_path))
    assert len(pair.text) == (size if known else 0)
    assert ("text_too_large" in pair.flags) != known


def test_too_many_members_of_one_key_are_groups_of_their_own(tmp_path):
    extras = [(f"000000000.x{at}", b"") for at in range(2 * MAX_MEMBERS)]
    items = read(tar_bytes([*triples(1), *extras], tarfile.USTAR_FORMAT), tmp_path)
    assert len(pairs(items)) == 1
    assert all(len(members(p)) <= MAX_MEMBERS + 1 for p in pairs(items))


COUNT = """
import resource, sys
from burnish.stores.webdataset import WebDatasetStore
store = WebDatasetStore(sys.argv[1])
count = sum(1 for shard in store.shards() for _ in store.read(shard))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize("kind", ["pairs", "keyless", "no_image"])
def test_memory_does_not_grow_with_the_number_of_members(kind, tmp_path):
    image = jpeg()
    names = {"pairs": "{:09d}.jpg", "keyless": "{:09d}", "no_image": "{:09d}.txt"}
    peaks = []
    for count in (2_000, 20_000):
        path = tmp_path / f"{count}.tar"
        with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
            for at in range(count):
                info = tarfile.TarInfo(names[kind].format(at))
                info.size = len(image)
                tar.addfile(info, io.BytesIO(image))
        ran = subprocess.run([sys.executable, "-c", COUNT, str(path)], capture_output=True, text=True, check=True)
        seen, peak = map(int, ran.stdout.split())
        assert seen == count
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 8 << 10  # KiB: keys that are remembered, 18,000 of them


def test_what_waits_in_the_window_is_bounded():
    assert WINDOW_GROUPS * AT_ONCE <= 16 << 20
