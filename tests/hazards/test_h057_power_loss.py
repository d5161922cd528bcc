"""Hazard 57: power loss between write, sync, rename and journal. One shard, every moment, every kind of loss.

The whole proof, over a run of several shards, is in tests/storage/test_recording.py.
"""

import pytest

from burnish.storage.files import LocalFiles
from burnish.storage.journal import Journal
from burnish.storage.recording import Loss, RecordingFiles, materialise
from tests.storage.job import tree, work


@pytest.mark.parametrize("loss", Loss)
def test_a_shard_is_whole_or_done_again(quick_path, loss):
    files = RecordingFiles(LocalFiles(quick_path / "recorded"))
    work(quick_path / "recorded", 1, files=files)
    quiet = tree(quick_path / "recorded")
    for stop in range(0, len(files.operations) + 1, 3):
        out = quick_path / f"{stop}"
        materialise(files.operations[:stop], loss, out, seed=stop)
        for record in Journal(LocalFiles(out)).done().values():
            assert all((out / entry.name).read_bytes() == quiet[entry.name] for entry in record.files)
        work(out, 1)
        assert tree(out) == quiet
