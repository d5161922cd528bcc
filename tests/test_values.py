"""Names of shards."""

import pytest

from burnish.values import Shard


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("00000.tar", "00000"),
        ("a/00000.tar.gz", "a/00000"),
        ("cc3m.0001.tar", "cc3m.0001"),
        ("v1.2/train.00001.parquet", "v1.2/train.00001"),
        ("v1.2/train", "v1.2/train"),
        ("part.csv.zst", "part"),
        (".tar", ".tar"),
    ],
)
def test_the_stem_lacks_only_what_says_the_form(name: str, stem: str) -> None:
    assert Shard(name=name, path="", size=0).stem == stem
