"""Licences and opt-outs are counted alike with and without reading images, and images are read as seldom as can be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from burnish.publish import push
from burnish.publish.contents import contents
from burnish.publish.rights import Rights, rights
from burnish.storage.opening import open_files
from tests.publish.sets import output
from tests.stores.forms import Sample, samples, written

IMAGE_BYTES = 1 << 20


def licensed(image_bytes: int = 0) -> list[Sample]:
    """Seven pairs, three with a licence, two opted out; each image followed by bytes that no decoder looks at."""
    return [
        Sample(
            key=each.key,
            text=each.text,
            image=each.image + os.urandom(image_bytes),
            foreign={**each.foreign, "license": "cc0" if at < 3 else "", "noai": "true" if at > 4 else "false"},
        )
        for at, each in enumerate(samples())
    ]


def counted(out: Path) -> Rights:
    return rights(str(out), contents(open_files(str(out))))


EXPECTED = {"license": {"not said": 4, "cc0": 3}, "noai": {"false": 5, "true": 2}}


@pytest.mark.parametrize("store", written())
def test_the_counts_are_right_in_every_form(store: str, tmp_path: Path) -> None:
    found = counted(output(tmp_path, store, licensed()))
    assert (found.pairs, found.columns, found.opted_out, found.read) == (7, EXPECTED, 2, True)


def test_a_shard_that_does_not_tell_of_all_its_pairs_is_read_whole(tmp_path: Path) -> None:
    """A second json member in a sample: what is told without the images is then of eight pairs, not of four."""
    import io
    import tarfile

    out = output(tmp_path, "webdataset", licensed())
    with tarfile.open(out / "00000.tar") as before:
        members = [(m, before.extractfile(m).read()) for m in before.getmembers()]  # type: ignore[union-attr]
    with tarfile.open(out / "00000.tar", "w", format=tarfile.USTAR_FORMAT) as after:
        for member, data in members:
            after.addfile(member, io.BytesIO(data))
            if member.name.endswith(".json"):
                member.name = member.name.replace(".json", ".more.json")
                after.addfile(member, io.BytesIO(data))
    found = counted(out)
    assert (found.pairs, found.columns, found.opted_out) == (7, EXPECTED, 2)


def bytes_read() -> int:
    """By this process so far, from files and sockets (proc(5), rchar)."""
    return int(Path("/proc/self/io").read_text("ascii").split()[1])


@pytest.mark.parametrize("store", written())
def test_a_push_reads_images_twice_and_a_second_one_once(store: str, tmp_path: Path) -> None:
    for name, size in (("small", 0), ("large", IMAGE_BYTES)):
        (tmp_path / name).mkdir()
        out = output(tmp_path / name, store, licensed(size))
        before = bytes_read()
        push(str(out), f"{tmp_path}/{name}/far")
        first = bytes_read() - before
        push(str(out), f"{tmp_path}/{name}/far")
        again = bytes_read() - before - first
    images = 7 * IMAGE_BYTES
    assert first < 2.5 * images, "once to see that all is as it was committed, once to send it"
    assert again < 1.5 * images
