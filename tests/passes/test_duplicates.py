"""Duplicates of real files, from shards to tables, and what a mixture makes of them."""

import pyarrow.parquet as pq
import pytest

from burnish.errors import PlanChanged, StopError, UsageError
from burnish.mixing.run import foresee, mix
from burnish.passes import duplicates as passes
from burnish.passes.alike import Way
from burnish.passes.duplicates import Wanted, duplicates
from burnish.passes.sources import given
from burnish.storage.verify import verify
from tests.mixing.mixtures import mixture
from tests.mixing.outputs import both, make, tree
from tests.passes.sets import write

ALT = "[groups.all]\nroles = { alt = 1 }\n"


def find(folder, output, **how):
    wanted = Wanted(**{"of": "alt", **how})
    return duplicates(given([str(folder)]), wanted, str(output), workers=1)


def groups(folder, source="data"):
    """Keys by group, in order of place."""
    found = {}
    for path in sorted((folder / "pairs" / source).glob("*.parquet")):
        for row in pq.read_table(path).to_pylist():
            found.setdefault(row["group"], []).append((row["place"], int(row["key"])))
    return sorted([key for _, key in sorted(members)] for members in found.values())


def ways(text):
    return tuple(map(Way.of, text.split(",")))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("image", [[3, 5]]),
        ("near_image", [[0, 1, 2], [3, 5]]),
        ("image,near_image", [[0, 1, 2], [3, 5]]),
        ("text", [[3, 5]]),
        ("near_text:0.5", [[0, 1], [3, 5]]),
        ("near_image:5,text", [[0, 1, 2], [3, 5]]),
    ],
)
def test_each_way_finds_what_it_should(tmp_path, by, expected):
    found = find(write(tmp_path / "in"), tmp_path / "dups", by=ways(by))
    assert groups(tmp_path / "dups") == expected
    assert (found.groups, found.later) == (len(expected), sum(len(keys) - 1 for keys in expected))
    assert verify(str(tmp_path / "dups")) == []


def test_who_is_first_can_be_the_one_with_most_pixels(tmp_path):
    source = write(tmp_path / "in")
    find(source, tmp_path / "dups", prefer="pixels")
    assert groups(tmp_path / "dups") == [[0, 1, 2], [3, 5]]
    rows = pq.read_table(tmp_path / "dups" / "signatures" / "data" / "00000.tar.parquet").to_pylist()
    assert [row["pixels"] for row in rows] == [19_200, 19_200, 4_800]


def test_workers_and_stops_change_no_byte(tmp_path, monkeypatch):
    source = write(tmp_path / "in", per_shard=1)
    find(source, tmp_path / "one")
    duplicates(given([str(source)]), Wanted(of="alt"), str(tmp_path / "two"), workers=2)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")

    def stop(done, _whole):
        if done == 3:
            raise StopError("stopped")

    with pytest.raises(StopError):
        duplicates(given([str(source)]), Wanted(of="alt"), str(tmp_path / "three"), workers=1, on_shard=stop)
    told = []
    duplicates(
        given([str(source)]), Wanted(of="alt"), str(tmp_path / "three"), workers=1, on_shard=lambda *n: told.append(n)
    )
    assert told[0] == (3, 6)
    assert tree(tmp_path / "one") == tree(tmp_path / "three")


def test_other_settings_need_another_folder(tmp_path):
    source = write(tmp_path / "in")
    find(source, tmp_path / "dups")
    with pytest.raises(PlanChanged):
        find(source, tmp_path / "dups", by=ways("text"))


def test_across_sources_the_first_source_comes_first(tmp_path):
    one, other = write(tmp_path / "a"), write(tmp_path / "b")
    found = duplicates(given([f"x={one}", f"y={other}"]), Wanted(of="alt"), str(tmp_path / "dups"), workers=1)
    assert (found.groups, found.across, found.later) == (3, 3, 9)
    assert groups(tmp_path / "dups", "y") == [[0, 1, 2], [3, 5], [4]]
    mixed = mixture(ALT, f"x={one}", f"y={other}", head="exact = true")
    assert foresee(mixed).samples == 12
    kept = mixture(
        f'{ALT}[groups.all.sources]\nx = {{ keep = "{tmp_path}/dups" }}\ny = {{ keep = "{tmp_path}/dups" }}\n',
        f"x={one}",
        f"y={other}",
    )
    report = foresee(kept)
    assert report.samples == 3
    assert report.left_out == {"not_kept": 9}


def test_a_mixture_takes_the_first_of_each_group_or_one_by_draw(tmp_path):
    source = write(tmp_path / "in")
    chosen = {}
    for weights in ("first", "equal"):
        find(source, tmp_path / weights, weights=weights)
        for seed in range(8):
            toml = f'{ALT}[groups.all.sources.data]\nkeep = "{tmp_path / weights}"\n'
            train = tmp_path / f"train-{weights}-{seed}"
            mix(mixture(toml, source, head=f"seed = {seed}"), str(train), workers=1)
            keys = sorted(int(path.split("/")[-1].split("_")[0]) for path in members(train))
            chosen.setdefault(weights, []).append(keys)
            assert len(keys) == 3
            assert 4 in keys
    assert chosen["first"] == [[0, 3, 4]] * 8
    assert {keys[0] for keys in chosen["equal"]} == {0, 1, 2}  # each has its turn among eight seeds
    assert len({tuple(keys) for keys in chosen["equal"]}) > 3


def members(train):
    import tarfile

    for shard in sorted(train.rglob("*.tar")):
        with tarfile.open(shard) as tar:
            yield from (name[:-4] for name in tar.getnames() if name.endswith(".txt"))


def test_what_is_left_out_is_counted_alike_before_and_after(tmp_path):
    known = make(tmp_path / "out", both, shards=2, each=10)
    find(known.path, tmp_path / "dups", by=ways("near_text:0.5"))
    toml = f'{ALT}[groups.all.sources.data]\nkeep = "{tmp_path}/dups"\n'
    foreseen = foresee(mixture(toml, known.path))
    done = mix(mixture(toml, known.path), str(tmp_path / "train"), workers=1)
    assert done.as_json() == foreseen.as_json()
    assert done.samples + done.left_out.get("not_kept", 0) == known.pairs


def test_a_table_of_other_pairs_or_an_unknown_source_is_refused(tmp_path):
    source, other = write(tmp_path / "in"), write(tmp_path / "other", seed=50)
    find(source, tmp_path / "dups")
    toml = f'{ALT}[groups.all.sources.data]\nkeep = "{tmp_path}/dups"\n'
    with pytest.raises(UsageError, match="made of other pairs"):
        foresee(mixture(toml, other))
    with pytest.raises(UsageError, match="knows no source 'web', it knows: data"):
        foresee(mixture(toml.replace("data", "web"), f"web={source}"))
    with pytest.raises(UsageError, match="no finished pass"):
        foresee(mixture(toml.replace("/dups", "/in"), source))


@pytest.mark.parametrize("how", [{"by": ()}, {"prefer": "best"}, {"weights": "none"}, {"by": ways("text,text")}])
def test_wrong_settings_are_refused(how):
    with pytest.raises(UsageError):
        Wanted(**how)


def test_an_image_that_cannot_be_decoded_is_counted_and_compared_by_its_file(tmp_path):
    from tests.shards import write_shard

    write_shard(tmp_path / "in" / "00000.tar", ["a", "b", "c"], broken={0, 2})
    found = find(tmp_path / "in", tmp_path / "dups")
    assert (found.unseen, found.groups, found.pairs) == (2, 1, 3)
    assert groups(tmp_path / "dups") == [[0, 2]]


def test_output_and_source_are_apart(tmp_path):
    source = write(tmp_path / "in")
    with pytest.raises(UsageError, match="lies inside"):
        find(source, source / "dups")
    assert passes.PREFER[0] == "first"
