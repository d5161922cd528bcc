"""Hazard 56: a disk that is really full (and a folder that is really read-only) stops cleanly and resumably."""

import os
import subprocess
from pathlib import Path

import pytest

from burnish.errors import StopError
from burnish.storage.layout import is_temp
from burnish.storage.verify import verify
from tests.storage.job import tree, work

SHARDS = 6


@pytest.fixture
def small_disk(tmp_path):
    """Mounts a tmpfs of a given size in KiB; only root can."""
    place = tmp_path / "disk"
    place.mkdir()

    def mount(kib):
        options = f"size={kib}k" if not place.is_mount() else f"remount,size={kib}k"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"needs the right to mount a small disk: {done.stderr.strip()}")
        return place

    yield mount
    if place.is_mount():
        subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("kib", [4, 16, 32, 48, 64, 80, 96])
def test_a_really_full_disk(small_disk, tmp_path, kib):
    work(tmp_path / "quiet", SHARDS)
    out = small_disk(kib) / "out"
    with pytest.raises(StopError, match="ENOSPC") as caught:
        work(out, SHARDS)
    assert "Free some space" in str(caught.value)
    left = tree(out) if out.exists() else {}
    assert not [name for name in left if is_temp(name)]
    quiet = tree(tmp_path / "quiet")
    assert all(quiet[name] == data for name, data in left.items())
    small_disk(4096)
    work(out, SHARDS)
    assert tree(out) == quiet
    assert verify(str(out)) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere; the next test covers a read-only mount")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StopError, match="EACCES"):
        work(tmp_path / "out", 1)
    tmp_path.chmod(0o700)
    work(tmp_path / "out", 1)


def test_a_read_only_disk(small_disk):
    disk = small_disk(4096)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(StopError, match="EROFS") as caught:
        work(disk / "out", 1)
    assert "Make the folder writable" in str(caught.value)
    assert list(Path(disk).iterdir()) == []
