"""A judge's folder that is not whole, or no judge, is refused by name before anything of it is used. Needs no torch."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from burnish import backends
from burnish.chat.onnx import folder as folders
from burnish.chat.onnx.folder import Frame, Manifest
from burnish.chat.onnx.pixels import Pixels
from burnish.errors import UsageError

PIXELS = Pixels(height=8, width=8, shortest_px=0, resample=3, factor=1 / 255, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
FRAME = Frame(before="<s>", between="</s>", after="<a>", special=False)
MANIFEST = Manifest(
    version=folders.VERSION, source="judge@0", made_with={}, side_px=768, pixels=PIXELS, seen=FRAME, blind=FRAME,
    answers=("1", "2"), spellings=(((7,), (3, 7)), ((8,),)),
)  # fmt: skip


def made(folder: Path, **changed: bytes) -> Path:
    """A whole folder whose graphs are none."""
    files = {
        folders.TOWER: b"no graph",
        folders.DECODER: b"no graph",
        folders.TOKENIZER: b"{}",
        folders.MANIFEST: folders.packed(MANIFEST),
    }
    files |= {name.replace("_", "."): data for name, data in changed.items()}
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / folders.SUMS).write_bytes(folders.sums(files))
    return folder


def without(*keys: str, **values: Any) -> bytes:
    """The manifest with other values, or without some."""
    told = json.loads(folders.packed(MANIFEST)) | values
    return json.dumps({key: value for key, value in told.items() if key not in keys}).encode()


def test_a_manifest_comes_back_as_it_was(tmp_path: Path) -> None:
    sealed = folders.read(made(tmp_path / "judge"))
    assert sealed.manifest == MANIFEST
    assert sealed.digest == hashlib.sha256((tmp_path / "judge" / folders.SUMS).read_bytes()).hexdigest()


def test_the_sums_are_read_by_the_usual_program(tmp_path: Path) -> None:
    folder = made(tmp_path / "judge")
    subprocess.run(["sha256sum", "--check", "--strict", folders.SUMS], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("name", folders.FILES)
def test_one_flipped_bit_is_found(tmp_path: Path, name: str) -> None:
    path = made(tmp_path / "judge") / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(UsageError, match=f"{name} is not the file"):
        folders.read(path.parent)


@pytest.mark.parametrize("name", [*folders.FILES, folders.SUMS])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = made(tmp_path / "judge")
    os.remove(folder / name)  # noqa: PTH107
    with pytest.raises(UsageError, match=rf"{name} cannot be read.*\n.*burnish train onnx"):
        folders.read(folder)


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (b"{", "Invalid JSON"),
        (without("seen"), "seen"),
        (without(version=99), "version 99"),
        (without(side_px=1), "side_px"),
        (without(pixels={"height": 10**9}), "pixels"),
        (without(spellings=[]), "spellings"),
    ],
)
def test_a_wrong_manifest_says_where(tmp_path: Path, manifest: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        folders.read(made(tmp_path / "judge", manifest_json=manifest))


def test_a_graph_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"tower.onnx is no graph"):
        backends.load("onnx", {"model": str(made(tmp_path / "judge"))})


@pytest.mark.parametrize("place", ["weights.bin", "../../secret"])
def test_weights_in_other_files_are_never_looked_for(tmp_path: Path, place: str) -> None:
    """A graph that onnxruntime itself would load, its weights beside it."""
    onnx = pytest.importorskip("onnx", reason="making a graph needs the package onnx")
    (tmp_path / "weights.bin").write_bytes(bytes(16))
    weight = onnx.TensorProto(name="w", data_type=onnx.TensorProto.FLOAT, dims=[4])
    weight.data_location = onnx.TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=place)
    info = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Add", ["pixels", "w"], ["features"])], "tower",
        [info("pixels", onnx.TensorProto.FLOAT, [4])], [info("features", onnx.TensorProto.FLOAT, [4])], [weight],
    )  # fmt: skip
    data = onnx.helper.make_model(graph).SerializeToString()
    with pytest.raises(UsageError, match="names files outside of itself"):
        backends.load("onnx", {"model": str(made(tmp_path / "judge", tower_onnx=data))})


@pytest.mark.parametrize(
    ("options", "said"),
    [({}, "needs a model"), ({"model": "j", "device": "cpu"}, "no option 'device'"), ({"model": "/none"}, "/none")],
)
def test_wrong_options_are_named(options: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        backends.load("onnx", options)


def test_a_missing_tokenizer_library_gives_its_pip_line(tmp_path: Path) -> None:
    folder = made(tmp_path / "judge")
    code = (
        "import sys; sys.modules['tokenizers'] = None\n"
        f"from burnish.backends import load\nload('onnx', {{'model': {str(folder)!r}}})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MissingExtra: The backend 'onnx' needs an optional dependency." in done.stderr
    assert "pip install 'burnish[onnx]'" in done.stderr
