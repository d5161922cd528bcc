import pytest
import yaml

from burnish.card import card, source_readme

SUMMARY = {
    "backend": "builtin@abc",
    "recipe": "aitqe",
    "plan": {"rewrite.below": 3.0, "rewrite.min_gain": 0.1},
    "counts": {"total": 240, "kept": 200, "rewritten": 30, "recaptioned": 0, "passed": 6, "quarantined": 4, "gaps": 0},
    "reasons": {"no_image": 4, "unassessed: `x` | y": 6},
    "shards": 2,
}


def head(text):
    return yaml.safe_load(text.split("---\n")[1])


def test_says_what_was_done():
    text = card(SUMMARY, ["00000.tar"])
    for words in (
        "builtin@abc",
        "| kept | 200 | 83.3% |",
        "In 240 = out 236 + quarantined 4 + gaps 0.",
        "below an overall score of 3.0",
    ):
        assert words in text
    assert "| `unassessed: 'x' / y` | 6 |" in text
    assert text == card(SUMMARY, ["00000.tar"])


@pytest.mark.parametrize(
    ("shards", "splits"),
    [
        (["00000.tar", "00001.tar"], {"train": ["*.tar"]}),
        (["00000.tar.gz", "b.parquet"], {"train": ["*.parquet", "*.tar.gz"]}),
        (["train/0.tar", "train/a/1.tar", "val/2.tar", "test/3.tar"],
         {"train": ["train/*.tar", "train/a/*.tar"], "validation": ["val/*.tar"], "test": ["test/*.tar"]}),
        (["part1/0.parquet", "part2/0.parquet"], {"train": ["part1/*.parquet", "part2/*.parquet"]}),
        (['od"d[1]*/0.tar'], {"train": ["od?d?1??/*.tar"]}),
    ],
)  # fmt: skip
def test_names_the_files_to_load(shards, splits):
    files = head(card(SUMMARY, shards))["configs"][0]["data_files"]
    assert {entry["split"]: entry["path"] for entry in files} == splits


def test_image_folders_are_left_to_the_loader():
    assert "configs" not in head(card(SUMMARY, ["train/metadata.jsonl"]))


@pytest.mark.parametrize(("pairs", "size"), [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**9, "n>1B")])
def test_size(pairs, size):
    assert head(card({"counts": {"kept": pairs, "total": pairs}}))["size_categories"] == [size]


def test_licence_languages_and_text_of_the_source_are_carried():
    readme = "---\nlicense: cc-by-4.0\nlanguage:\n- en\n- de\nconfigs:\n- config_name: old\n---\n# Mine\nwords\n"
    text = card(SUMMARY, ["0.tar"], readme)
    assert head(text)["license"] == "cc-by-4.0"
    assert head(text)["language"] == ["en", "de"]
    assert [c["config_name"] for c in head(text)["configs"]] == ["default"]
    assert text.endswith("# Card of the source\n\n# Mine\nwords\n")


@pytest.mark.parametrize(
    "readme",
    [
        "",
        "# no head",
        "---\nlicense: !!python/object:os.system x\n---\n",
        "---\nlicense: &a [*a]\n---\n",
        "---\nunclosed",
    ],
)
def test_without_a_sound_licence_it_is_unknown(readme):
    assert (head(card(SUMMARY, [], readme))["license"], head(card(SUMMARY))["license_name"]) == ("other", "unknown")


def test_finds_the_readme_beside_the_source(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "0.tar").write_bytes(b"")
    assert {source_readme(str(tmp_path / end)) for end in ("", "0.tar", "*.tar", "{0..3}.tar")} == {"mine"}
    (tmp_path / "README.md").write_bytes(b"\xff")
    assert not source_readme(str(tmp_path))
    assert not source_readme(str(tmp_path / "deeper" / "0.tar"))
