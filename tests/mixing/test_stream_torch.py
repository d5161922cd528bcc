"""`MixedPairs` in torch's DataLoader, with worker processes."""

from itertools import islice

import pytest

from burnish.mixing import MixedPairs
from tests.mixing.mixtures import HALF
from tests.mixing.outputs import make
from tests.mixing.test_stream import seen

pytest.importorskip("torch", reason="DataLoader is torch's: pip install 'burnish[train]'")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("known")
    (folder / "m.toml").write_text(HALF)
    return str(folder / "m.toml"), [str(make(folder / "out", shards=6, each=8).path)]


def loader(stream, workers, **more):
    from torch.utils.data import DataLoader

    return DataLoader(stream, batch_size=5, num_workers=workers, collate_fn=list, **more)


def test_a_dataloader_takes_it_for_an_iterable_dataset(made):
    from torch.utils.data import IterableDataset

    stream = MixedPairs(*made)
    assert isinstance(stream, IterableDataset)
    assert [s for batch in loader(stream, 0) for s in seen(batch)] == seen(MixedPairs(*made))


def test_workers_part_the_samples(made):
    batches = list(loader(MixedPairs(*made), 2))
    keys = [sample["key"] for batch in batches for sample in batch]
    assert sorted(keys) == sorted(sample["key"] for sample in MixedPairs(*made))
    assert {sample["position"][1:3] for batch in batches for sample in batch} == {(0, 2), (1, 2)}


@pytest.mark.parametrize("stop", [0, 1, 4, 7])
def test_after_a_stop_with_workers_the_rest_follows(made, stop):
    """The state is what was delivered, not what workers had read ahead."""
    whole = [sample for batch in loader(MixedPairs(*made), 2) for sample in batch]
    stream = MixedPairs(*made)
    taken = []
    batches = iter(loader(stream, 2))
    for batch in islice(batches, stop):
        stream.delivered([sample["position"] for sample in batch])
        taken += batch
    del batches
    resumed = MixedPairs(*made)
    resumed.load_state_dict(stream.state_dict())
    rest = [sample for batch in loader(resumed, 2) for sample in batch]
    for part in range(2):
        mine = [s for s in seen(taken) + seen(rest) if s[-1][1] == part]
        assert mine == [s for s in seen(whole) if s[-1][1] == part]


def test_positions_as_torch_collates_them(made):
    from torch.utils.data import default_collate

    stream = MixedPairs(*made)
    samples = list(islice(iter(MixedPairs(*made)), 7))
    stream.delivered(default_collate([sample["position"] for sample in samples]))
    assert stream.state_dict()["delivered"] == {"0": 7}


def test_a_new_epoch_with_new_workers(made):
    stream = MixedPairs(*made)
    epochs = []
    for epoch in range(2):
        stream.set_epoch(epoch)
        epochs.append(sorted(str(s) for batch in loader(stream, 2) for s in seen(batch)))
    assert epochs[0] != epochs[1]
