"""One changed byte in the weights is found before anything is judged."""

import shutil

import pytest

from burnish.backends.builtin import manifest
from burnish.backends.builtin.judge import Judge
from burnish.errors import UsageError

LIMIT_BYTES = 40_000_000


@pytest.fixture
def copy(tmp_path):
    target = tmp_path / "weights"
    shutil.copytree(manifest.FOLDER, target)
    return target


def test_the_shipped_weights_are_whole_and_small():
    shipped = manifest.load()
    assert shipped.digest == manifest.overall(manifest.file_digests(manifest.FOLDER))
    assert sum(path.stat().st_size for path in manifest.FOLDER.iterdir()) <= LIMIT_BYTES


def test_the_notice_names_every_file():
    notice = (manifest.FOLDER / "NOTICE").read_text()
    assert all(name in notice for name in manifest.file_digests(manifest.FOLDER))


def test_the_checksum_file_says_the_same_as_the_manifest():
    lines = (manifest.FOLDER / "SHA256SUMS").read_text().splitlines()
    found = manifest.file_digests(manifest.FOLDER)
    assert {line.split("  ")[1]: line.split("  ")[0] for line in lines} == found


@pytest.mark.parametrize("name", sorted(manifest.file_digests(manifest.FOLDER)))
def test_one_changed_byte_is_found(copy, name):
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(bytes(data))
    with pytest.raises(UsageError, match=name.replace(".", r"\.")):
        Judge(copy)


def test_a_missing_file_is_named(copy):
    (copy / "text_head.onnx").unlink()
    with pytest.raises(UsageError, match=r"text_head\.onnx"):
        Judge(copy)


def test_a_missing_folder_says_what_to_do(tmp_path):
    with pytest.raises(UsageError, match="burnish train builtin"):
        Judge(tmp_path / "nowhere")


def test_sealing_twice_gives_the_same_digest(copy):
    assert manifest.seal(copy) == manifest.seal(copy) == manifest.load().digest
