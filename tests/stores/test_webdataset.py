"""The form of tar shards for the contract suite; what is special to tars is tested in `tests/stores/_tar`."""

import io
import json
import tarfile
from pathlib import Path

from burnish.stores import open_store
from tests.stores.forms import Form, Sample, foreign, halves, pairs, samples


def build(folder: Path, found) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for at, half in enumerate(halves(found)):
        with tarfile.open(folder / f"{at:05d}.tar", "w") as tar:
            for s in half:
                add(tar, f"{s.key}.cls", str(s.foreign["width"]).encode())
                add(tar, f"{s.key}.jpg", s.image)
                add(tar, f"{s.key}.json", json.dumps({"key": s.key, "caption": s.text, **s.foreign}).encode())
                add(tar, f"{s.key}.txt", s.text.encode())


def add(tar: tarfile.TarFile, name: str, raw: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(raw)
    tar.addfile(info, io.BytesIO(raw))


def rows(folder: Path):
    found = []
    for path in sorted(folder.glob("*.tar")):
        with tarfile.open(path) as tar:
            members = [(m.name.split(".", 1), tar.extractfile(m).read()) for m in tar]
        for at in range(0, len(members), 4):
            parts = {ending: raw for (_, ending), raw in members[at : at + 4]}
            row = json.loads(parts["json"])
            assert parts["cls"] == str(row["width"]).encode()
            assert [ending for (_, ending), _ in members[at : at + 4]] == ["cls", "jpg", "json", "txt"]
            key = members[at][0][0]
            text = parts["txt"].decode()
            found.append(Sample(key=key, text=text, image=parts["jpg"], foreign=foreign(row, "key", "caption")))
    return found


def damage(folder: Path) -> int:
    """Flip a bit in the header of the last image of the first shard."""
    path = folder / "00000.tar"
    with tarfile.open(path) as tar:
        start = [m.offset for m in tar if m.name.endswith(".jpg")][-1]
    raw = bytearray(path.read_bytes())
    raw[start + 130] ^= 4
    path.write_bytes(raw)
    return 1


FORM = Form(build=build, rows=rows, damage=damage)


def test_side_files_do_not_hide_the_tars(tmp_path):
    build(tmp_path, samples())
    (tmp_path / "00000.parquet").write_bytes(b"PAR1")
    (tmp_path / "00000_stats.json").write_text("{}")
    assert len(pairs(open_store(str(tmp_path)))) == 7
