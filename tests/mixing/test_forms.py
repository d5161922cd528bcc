"""Training sets as their readers see them: webdataset, datasets, pyarrow, and the layouts of LLaVA and ms-swift."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from burnish.errors import UsageError
from burnish.mixing import forms, mix
from tests.builders import jpeg
from tests.mixing.mixtures import HALF, mixture
from tests.mixing.outputs import make, tree

TWICE = HALF + "weight = 2\n"


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return make(tmp_path_factory.mktemp("known") / "out", shards=2, each=6)


def train(known, tmp_path, form, *, toml=HALF, head="") -> Path:
    mix(mixture(toml, known.path, head=f'form = "{form}"\n{head}'), str(tmp_path / "train"), workers=1)
    return tmp_path / "train"


def check(rows):
    """(text, image bytes) of the whole set: each pair's own."""
    rows = list(rows)
    assert len(rows) == 12
    for text, image in rows:
        word, number = text.split()
        assert word in {"alt", "short"}
        assert image == jpeg(int(number))


def content(folder):
    """All bytes of a training set; of Parquet the images unpacked."""
    plain = [data for name, data in tree(folder).items() if not name.startswith(".burnish")]
    tables = (pq.read_table(path, columns=["image"]) for path in folder.glob("data/*.parquet"))
    return b"".join([*plain, *(row["image"]["bytes"] for table in tables for row in table.to_pylist())])


@pytest.mark.parametrize("form", forms.names())
def test_every_form_writes_the_same_bytes_twice_and_whole_images(form, known, tmp_path):
    one = train(known, tmp_path / "a", form, toml=TWICE)
    other = train(known, tmp_path / "b", form, toml=TWICE)
    assert tree(one) == tree(other)
    assert all(jpeg(number) in content(one) for number in range(known.pairs))


def test_webdataset_reads_it(known, tmp_path):
    import webdataset

    folder = train(known, tmp_path, "webdataset")
    urls = [str(path) for path in sorted(folder.rglob("*.tar"))]
    rows = list(webdataset.WebDataset(urls, shardshuffle=False))
    check((row["txt"].decode(), row["jpg"]) for row in rows)
    for row in rows:
        meta = json.loads(row["json"])
        assert set(meta["captions"]) == {"alt", "ssc"}
        assert meta["text"] == row["txt"].decode()


def test_webdataset_has_each_caption_as_a_member_if_asked(known, tmp_path):
    import webdataset

    folder = train(known, tmp_path, "webdataset", head="members = true")
    for row in webdataset.WebDataset([str(p) for p in sorted(folder.rglob("*.tar"))], shardshuffle=False):
        number = int(row["__key__"].rpartition("/")[2])
        assert (row["alt.txt"], row["ssc.txt"]) == (f"alt {number}".encode(), f"short {number}".encode())


def test_copies_are_samples_of_their_own(known, tmp_path):
    import webdataset

    folder = train(known, tmp_path, "webdataset", toml=TWICE)
    rows = list(webdataset.WebDataset([str(p) for p in sorted(folder.rglob("*.tar"))], shardshuffle=False))
    assert len(rows) == len({row["__key__"] for row in rows}) == 24


@pytest.mark.parametrize("form", ["webdataset", "parquet", "folder"])
def test_datasets_reads_it(form, known, tmp_path):
    import datasets

    folder = train(known, tmp_path, form)
    cache = str(tmp_path / "cache")
    found = datasets.load_dataset(str(folder), split="train", cache_dir=cache)
    image = "jpg" if form == "webdataset" else "image"
    found = found.cast_column(image, datasets.Image(decode=False))

    def data(value):
        return value["bytes"] if value["bytes"] is not None else Path(value["path"]).read_bytes()

    check((row["txt"] if form == "webdataset" else row["text"], data(row[image])) for row in found)


def test_pyarrow_reads_it(known, tmp_path):
    folder = train(known, tmp_path, "parquet")
    rows = [row for path in sorted(folder.rglob("data/*.parquet")) for row in pq.read_table(path).to_pylist()]
    check((row["text"], row["image"]["bytes"]) for row in rows)
    assert all(row["captions"][row["role"]] == row["text"] for row in rows)


def test_llava_jsonl(known, tmp_path):
    folder = train(known, tmp_path, "llava")
    rows = [json.loads(line) for path in sorted(folder.glob("data/*.jsonl")) for line in path.read_text().splitlines()]
    for row in rows:
        human, gpt = row["conversations"]
        assert (human["from"], gpt["from"]) == ("human", "gpt")
        assert human["value"] == "<image>\nDescribe the image."
    check((row["conversations"][1]["value"], (folder / row["image"]).read_bytes()) for row in rows)


def test_swift_jsonl(known, tmp_path):
    folder = train(known, tmp_path, "swift", toml=TWICE)
    rows = [json.loads(line) for path in sorted(folder.glob("data/*.jsonl")) for line in path.read_text().splitlines()]
    assert len(rows) == 24
    assert len({row["images"][0] for row in rows}) == 12  # an image is written once
    for row in rows:
        assert [message["role"] for message in row["messages"]] == ["user", "assistant"]
        assert row["messages"][0]["content"].count("<image>") == len(row["images"])
        number = int(row["messages"][1]["content"].split()[1])
        assert (folder / row["images"][0]).read_bytes() == jpeg(number)


@pytest.mark.parametrize("form", forms.names())
def test_what_trainers_take_for_the_place_of_an_image_is_made_plain_text_and_counted(form, tmp_path):
    said = ["logo <image> of the <video> shop", "a <b>bold</b> sign", "< image>"]
    out = make(tmp_path / "out", lambda number: {"ssc": (said[number], 3.0)}, shards=1, each=3)
    toml = '[groups.all]\nmissing = "drop"\nroles = { ssc = 1 }\n'
    found = mix(mixture(toml, out.path, head=f'form = "{form}"'), str(tmp_path / "train"), workers=1)
    talks = form in {"llava", "swift"}
    assert found.respelt == (1 if talks else 0)
    if talks:
        lines = next((tmp_path / "train" / "data").glob("*.jsonl")).read_text().splitlines()
        answers = [(json.loads(line).get("conversations") or json.loads(line)["messages"])[1] for line in lines]
        texts = [answer.get("value") or answer["content"] for answer in answers]
        assert texts == ["logo < image> of the < video> shop", *said[1:]]
    else:
        assert found.samples == 3


@pytest.mark.parametrize(
    "where", ['[chat]\nprompts = ["<image>Describe it."]', '[levels]\ncount = 2\nprompt = "<image>"']
)
def test_a_prompt_that_asks_for_a_second_image_is_refused(where, known, tmp_path):
    with pytest.raises(UsageError, match="says <image>, for which readers of llava"):
        train(known, tmp_path, "llava", toml=f"{HALF}{where}\n")
    assert not (tmp_path / "train").exists()
    assert train(known, tmp_path, "webdataset", toml=f"{HALF}{where}\n").exists()


def test_prompts_are_drawn(known, tmp_path):
    folder = train(known, tmp_path, "llava", toml=HALF + '[chat]\nprompts = ["What is it?", "Caption this."]\n')
    lines = "".join(path.read_text() for path in folder.glob("data/*.jsonl"))
    assert "What is it?" in lines
    assert "Caption this." in lines


@pytest.mark.parametrize("form", forms.names())
def test_keys_of_long_names_in_any_script_are_written(form, tmp_path):
    """Names of 240 bytes, which the file system takes, leave no room for the mark of a file that is being written."""
    (tmp_path / "in").mkdir()
    names = ["写真" * 39 + f"{number:02d}.jpg" for number in range(3)]
    for number, name in enumerate(names):
        (tmp_path / "in" / name).write_bytes(jpeg(number))
    rows = [json.dumps({"file_name": name, "text": f"text {number}"}) for number, name in enumerate(names)]
    (tmp_path / "in" / "metadata.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    toml = f'form = "{form}"\n[groups.all]\nweight = 2\nroles = {{ alt = 1 }}\n'
    found = mix(mixture(toml, tmp_path / "in"), str(tmp_path / "train"), workers=1)
    assert found.samples == 6
    assert all(jpeg(number) in content(tmp_path / "train") for number in range(3))


@pytest.mark.parametrize("form", forms.names())
def test_odd_keys_stay_apart(form, tmp_path):
    """Keys that would be one file name, hidden, or in a folder of their own: as many images as pairs."""
    import io
    import tarfile

    keys = ["a b", "a+b", "a_b", ".hidden", "x.y", "ümlaut", "k" * 180]
    (tmp_path / "in").mkdir()
    with tarfile.open(tmp_path / "in" / "0.tar", "w") as tar:
        for number, key in enumerate(keys):
            stem = key.replace(".", "") if key.startswith(".") else key.replace(".", "-")
            for ending, data in (("jpg", jpeg(number)), ("txt", f"text {number}".encode())):
                info = tarfile.TarInfo(f"{stem}.{ending}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    toml = f'form = "{form}"\n[groups.all]\nweight = 2\nroles = {{ alt = 1 }}\n'
    found = mix(mixture(toml, tmp_path / "in"), str(tmp_path / "train"), workers=1)
    assert found.samples == 2 * len(keys)
    assert all(jpeg(number) in content(tmp_path / "train") for number in range(len(keys)))
