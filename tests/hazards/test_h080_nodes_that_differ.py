"""Hazard 80: another version or model on a node, or a path that it does not see: refused by its name, before work."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import burnish
from burnish.engines._ray import stub
from burnish.engines._ray.post import fingerprint, peek, versions
from burnish.plan import build
from burnish.stores import open_store
from tests.ray_cluster import Cluster
from tests.ray_runs import Place
from tests.shards import write_shard


def charge(**other: str) -> dict[str, str]:
    same = {"python": stub.python_version(), "burnish": burnish.__version__, "code": stub.code_digest(burnish.__file__)}
    return same | other


def test_the_same_installation_differs_in_nothing() -> None:
    assert stub._difference(charge()) == ""


@pytest.mark.parametrize(
    ("other", "said"), [({"python": "3.99"}, "python"), ({"burnish": "9.9"}, "burnish"), ({"code": "0"}, "another one")]
)
def test_another_installation_is_told(other: dict[str, str], said: str) -> None:
    assert said in stub._difference(charge(**other))


def test_one_changed_line_of_code_is_another_burnish(tmp_path: Path) -> None:
    mine = tmp_path / "burnish"
    shutil.copytree(Path(burnish.__file__).parent / "storage", mine)
    before = stub.code_digest(str(mine / "__init__.py"))
    (mine / "layout.py").write_text((mine / "layout.py").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert stub.code_digest(str(mine / "__init__.py")) != before


def test_what_can_change_bytes_is_compared_and_tools_of_developers_are_not() -> None:
    found = versions()
    assert {"numpy", "pillow", "pyarrow", "onnxruntime"} <= found.keys()
    assert not {"ruff", "mypy", "pytest"} & found.keys()


def test_a_plan_that_means_something_else_has_another_fingerprint() -> None:
    plan = build({"source": "x"})
    assert fingerprint(plan) == fingerprint(build({"source": "x", "workers": 3, "engine": "ray"}))
    assert fingerprint(plan) != fingerprint(build({"source": "x", "rewrite": {"below": 2.9}}))


def test_the_same_name_with_other_content_is_seen(tmp_path: Path) -> None:
    seen = set()
    for text in ("one", "two"):
        write_shard(tmp_path / "00000.tar", [text])
        plan = build({"source": str(tmp_path)})
        shard = open_store(plan.source, "webdataset", {}).shards()[0]
        seen.add(peek(plan, "webdataset", shard))
    assert len(seen) == 2


NODES: dict[str, tuple[str, dict[str, str], str]] = {  # what is odd about it: a command, its environment, what is said
    "source": ("mount -t tmpfs none {source}", {}, "it cannot read 00000.tar"),
    "another source": ("mount --bind {other} {source}", {}, "it sees another 00000.tar"),
    "output": ("mount -t tmpfs none {outputs}", {}, "it does not see the run's output"),
    "model": ("true", {"TEST_MODEL": "two"}, "is judge:two"),
    "burnish": ("true", {"PYTHONPATH": "{old}"}, "it has burnish 0.0.1, this machine"),
}


@pytest.mark.slow
@pytest.mark.parametrize("odd", NODES)
def test_a_node_that_differs_is_named_before_work(ray_nodes: Cluster, place: Place, odd: str) -> None:
    folders = {name: place.folder / name for name in ("source", "other", "outputs", "old")}
    prepare(folders)
    command, env, said = NODES[odd]
    names = {name: str(path) for name, path in folders.items()}
    node = ray_nodes.add(prepare=command.format(**names), env=filled(env, names))
    try:
        output = f"outputs/{odd.replace(' ', '_')}"
        code, told = place.run(place.on_ray(ray_nodes, output, "--workers", "3"))
    finally:
        node.kill()
    assert code == 2, told
    assert said in told
    assert f"{node.address})" in told  # of two models both nodes: who came first is the measure of the others
    assert place.committed(output) == 0


def prepare(folders: Mapping[str, Path]) -> None:
    folders["outputs"].mkdir(exist_ok=True)
    shutil.copytree(folders["source"], folders["other"], dirs_exist_ok=True)
    first = folders["other"] / "00000.tar"
    first.write_bytes(first.read_bytes().replace(b"caption", b"Caption"))  # as long as before, and no header changes
    shutil.copystat(folders["source"] / "00000.tar", first)
    (folders["old"] / "burnish").mkdir(parents=True, exist_ok=True)
    (folders["old"] / "burnish" / "__init__.py").write_text('__version__ = "0.0.1"\n', encoding="utf-8")


def filled(env: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    return {name: value.format(**names) for name, value in env.items()}
