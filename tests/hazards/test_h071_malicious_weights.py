"""Hazard 71: weights and checkpoints that would run code or lead outside are refused, and nothing of them ever runs.

Each file carries a payload that would leave a canary behind if it was executed.
"""

from __future__ import annotations

import io
import json
import pickle
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from burnish.backends import load
from burnish.backends.builtin import manifest
from burnish.backends.builtin.judge import Judge
from burnish.errors import UsageError
from burnish.injection import learned

Spoil = Callable[[Path, Path], None]


class Payload:
    """What a pickle does when it is opened: make the canary."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self):
        return Path.touch, (self.canary,)


def pickled(canary: Path) -> bytes:
    return pickle.dumps({"weight": Payload(canary)})


def as_code(canary: Path) -> str:
    return f"from pathlib import Path\nPath({str(canary)!r}).touch()\nclass Evil: pass\n"


# --- checkpoints for the backend `transformers`: each spoils a sound folder ---------------------------------------


def without_safetensors(folder: Path, name: str, data: bytes) -> None:
    for path in folder.glob("*.safetensors*"):
        path.unlink()
    (folder / name).write_bytes(data)


def bin_pickle(folder: Path, canary: Path) -> None:
    without_safetensors(folder, "pytorch_model.bin", pickled(canary))


def pt_pickle(folder: Path, canary: Path) -> None:
    without_safetensors(folder, "model.pt", pickled(canary))


def zip_slip(folder: Path, canary: Path) -> None:
    """A zip as torch writes them, with a pickle in it and a member that climbs out."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("archive/data.pkl", pickled(canary))
        archive.writestr(f"../../../../../../..{canary}", b"x")
    without_safetensors(folder, "pytorch_model.bin", sink.getvalue())


def pickle_in_disguise(folder: Path, canary: Path) -> None:
    without_safetensors(folder, "model.safetensors", pickled(canary))


def header(folder: Path, said: dict[str, object], size: int | None = None, body: bytes = bytes(64)) -> None:
    text = json.dumps(said).encode()
    data = struct.pack("<Q", len(text) if size is None else size) + text + body
    without_safetensors(folder, "model.safetensors", data)


def header_beyond_the_file(folder: Path, _: Path) -> None:
    header(folder, {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, size=2**62)


def header_of_gigabytes(folder: Path, _: Path) -> None:
    header(folder, {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, size=2**31)


def overlapping_tensors(folder: Path, _: Path) -> None:
    entry = {"dtype": "F32", "shape": [16], "data_offsets": [0, 64]}
    header(folder, {"a": entry, "b": entry})


def tensor_beyond_the_end(folder: Path, _: Path) -> None:
    header(folder, {"a": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}})


def index_that_climbs(folder: Path, canary: Path) -> None:
    without_safetensors(folder, "unused.txt", b"")
    (folder.parent / "outside.bin").write_bytes(pickled(canary))
    index = {"metadata": {"total_size": 4}, "weight_map": {"a": "../outside.bin"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def edited(path: Path, **more: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **more}))


def code_for_the_model(folder: Path, canary: Path) -> None:
    (folder / "evil.py").write_text(as_code(canary))
    edited(
        folder / "config.json",
        model_type="evil",
        auto_map={"AutoConfig": "evil.Evil", "AutoModelForImageTextToText": "evil.Evil"},
    )


def code_for_the_tokenizer(folder: Path, canary: Path) -> None:
    (folder / "evil.py").write_text(as_code(canary))
    edited(folder / "config.json", model_type="evil2")
    edited(folder / "tokenizer_config.json", tokenizer_class="Evil", auto_map={"AutoTokenizer": ["evil.Evil", None]})


def keras_lambda(folder: Path, canary: Path) -> None:
    layer = {"class_name": "Lambda", "config": {"function": ["4wEAAAAA", None, None], "canary": str(canary)}}
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Sequential", "config": {"layers": [layer]}}))
    without_safetensors(folder, "model.keras", sink.getvalue())


CHECKPOINTS: dict[str, Spoil] = {
    spoil.__name__: spoil
    for spoil in (
        bin_pickle, pt_pickle, zip_slip, pickle_in_disguise, header_beyond_the_file, header_of_gigabytes,
        overlapping_tensors, tensor_beyond_the_end, index_that_climbs, code_for_the_model, code_for_the_tokenizer,
        keras_lambda,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    pytest.importorskip("torch", reason="checkpoints need the extra [transformers]")
    pytest.importorskip("transformers", reason="checkpoints need the extra [transformers]")
    pytest.importorskip("llguidance", reason="checkpoints need the extra [transformers]")
    from tests import tiny_models

    folder = tmp_path_factory.mktemp("sound") / "model"
    tiny_models.FAMILIES["siglip_qwen2"](folder)
    return folder


@pytest.mark.full("F21")
@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_malicious_checkpoint_is_refused_and_not_run(sound, tmp_path, monkeypatch, name, record_property):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder, canary = tmp_path / "model", tmp_path / "canary"
    shutil.copytree(sound, folder)
    CHECKPOINTS[name](folder, canary)
    with pytest.raises(UsageError, match="cannot load the model") as caught:
        load("transformers", {"model": str(folder)})
    assert len(str(caught.value).splitlines()) <= 6
    assert not canary.exists()
    record_property("refused", 1)
    record_property("executed", 0)


# --- what comes with the package ----------------------------------------------------------------------------------


def onnx_with_external_data(path: Path, _: Path) -> None:
    """A model whose weights lie, it says, in a file outside of its folder."""
    onnx = pytest.importorskip("onnx", reason="making one needs onnx, of the extra [train]")
    tensor = onnx.helper.make_tensor("w", onnx.TensorProto.FLOAT, [1], [0.0])
    tensor.ClearField("float_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../../../../etc/hostname")
    said = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    graph = onnx.helper.make_graph([onnx.helper.make_node("Identity", ["w"], ["y"])], "g", [], [said], [tensor])
    path.write_bytes(onnx.helper.make_model(graph).SerializeToString())


def huge_protobuf(path: Path, _: Path) -> None:
    """A length of 2^62 in the first field."""
    path.write_bytes(b"\x0a" + b"\xff" * 8 + b"\x3f" + bytes(1000))


def pickle_as_onnx(path: Path, canary: Path) -> None:
    path.write_bytes(pickled(canary))


@pytest.mark.parametrize("spoil", [onnx_with_external_data, huge_protobuf, pickle_as_onnx], ids=lambda s: s.__name__)
def test_the_built_in_model_takes_no_other_file_than_its_own(tmp_path, spoil):
    folder, canary = tmp_path / "weights", tmp_path / "canary"
    shutil.copytree(manifest.FOLDER, folder)
    spoil(folder / "vision.onnx", canary)
    with pytest.raises(UsageError, match=r"vision\.onnx differs from the one that was trained"):
        Judge(folder)
    assert not canary.exists()


@pytest.mark.parametrize("spoil", [onnx_with_external_data, huge_protobuf, pickle_as_onnx], ids=lambda s: s.__name__)
def test_a_model_that_its_maker_sealed_anew_still_runs_nothing(tmp_path, spoil):
    """The digests are made to fit: then the runtime stands between, reads no pickle and climbs nowhere."""
    from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf

    folder, canary = tmp_path / "weights", tmp_path / "canary"
    shutil.copytree(manifest.FOLDER, folder)
    spoil(folder / "vision.onnx", canary)
    manifest.seal(folder)
    with pytest.raises((UsageError, Fail, InvalidGraph, InvalidProtobuf)):
        Judge(folder)
    assert not canary.exists()


def test_the_weights_of_the_detector_are_no_pickle(tmp_path):
    folder, canary = tmp_path / "weights", tmp_path / "canary"
    shutil.copytree(learned.FOLDER, folder)
    np.save(folder / learned.WEIGHTS, np.array([Payload(canary)], dtype=object), allow_pickle=True)
    with pytest.raises(UsageError, match=r"weights\.npy"):
        learned.load(folder)
    assert not canary.exists()


@pytest.mark.parametrize("name", ["evil.pkl", "evil.keras", "evil.pkl:model", "./evil.onnx", "evil.safetensors"])
def test_no_file_is_a_backend(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name.partition(":")[0]).write_bytes(pickled(tmp_path / "canary"))
    with pytest.raises(UsageError):
        load(name, {})
    assert not (tmp_path / "canary").exists()
