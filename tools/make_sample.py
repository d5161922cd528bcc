"""Make `src/burnish/sample/` again from Debian's `openclipart-svg`; the same package and libraries give the same bytes.

    python tools/make_sample.py --clipart /usr/share/openclipart

Needs the extra [train] (resvg renders the drawings). Nothing is corrected, nothing is picked by hand: pairs come in the
order of a hash of their path from the part of the fixed split that is set aside for this sample, see `chosen`.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from string import Template

import pyarrow as pa
import pyarrow.parquet as pq
import sample_tar
from PIL import Image

from burnish.train.builtin import clipart, split

SHARDS = 2
PER_SHARD = 120
BROKEN = 20
PER_TITLE = 10  # an icon collection gives all its members one title; more than this many of it say nothing new
QUALITY = 90
LICENSE = "public domain (Creative Commons Public Domain Dedication)"
OUT = Path(__file__).resolve().parents[1] / "src" / "burnish" / "sample"
README = Path(__file__).with_name("sample_readme.md")

COLUMNS = pa.schema(
    [(name, pa.string()) for name in ("url", "caption", "license", "source_path", "key", "status", "error_message")]
    + [(name, pa.int32()) for name in ("width", "height", "original_width", "original_height")]
    + [(name, pa.string()) for name in ("exif", "sha256")]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One pair: the drawing's title as found, its JPEG and the path it came from."""

    title: str
    path: str
    jpeg: bytes
    width: int
    height: int

    def fields(self, key: str) -> dict[str, str | int]:
        """The json member, with the names and the order img2dataset writes."""
        return {
            "url": "",
            "caption": self.title,
            "license": LICENSE,
            "source_path": self.path,
            "key": key,
            "status": "success",
            "error_message": "",
            "width": self.width,
            "height": self.height,
            "original_width": self.width,
            "original_height": self.height,
            "exif": "{}",
            "sha256": hashlib.sha256(self.jpeg).hexdigest(),
        }


def chosen(root: Path) -> Iterator[Sample]:
    """Pairs of the pool in hash order, each title at most `PER_TITLE` times, pictures that render only."""
    titles: Counter[str] = Counter()
    for stem in sorted(split.load()["sample_pool"], key=_place):
        art = clipart.read_words(root / "svg" / f"{stem}.svg", root / "svg")
        if titles[art.title] >= PER_TITLE:
            continue
        pixels = clipart.render(art.path)
        if pixels is None:
            continue
        titles[art.title] += 1
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY)
        height, width = pixels.shape[:2]
        yield Sample(title=art.title, path=f"svg/{stem}.svg", jpeg=file.getvalue(), width=width, height=height)


def _place(stem: str) -> bytes:
    return hashlib.sha256(f"burnish sample 1 {stem}".encode()).digest()


def members(sample: Sample, key: str) -> list[sample_tar.Member]:
    """The three members of one pair, in img2dataset's order."""
    fields = json.dumps(sample.fields(key), indent=4).encode()
    return [(f"{key}.jpg", sample.jpeg), (f"{key}.json", fields), (f"{key}.txt", sample.title.encode())]


def write_shard(number: int, samples: Sequence[Sample]) -> None:
    """One whole shard: tar, Parquet and stats, all without a clock."""
    keys = [f"{number:05d}{index:04d}" for index in range(len(samples))]
    tar = sample_tar.pack([m for key, sample in zip(keys, samples, strict=True) for m in members(sample, key)])
    (OUT / f"{number:05d}.tar").write_bytes(tar)
    rows = [sample.fields(key) for key, sample in zip(keys, samples, strict=True)]
    pq.write_table(pa.Table.from_pylist(rows, schema=COLUMNS), OUT / f"{number:05d}.parquet")
    stats = {
        "count": len(samples),
        "successes": len(samples),
        "failed_to_download": 0,
        "failed_to_resize": 0,
        "duration": 0.0,
        "start_time": 0.0,
        "end_time": 0.0,
        "status_dict": {"success": len(samples)},
    }
    (OUT / f"{number:05d}_stats.json").write_text(json.dumps(stats, indent=4), encoding="utf-8")


def write_broken(samples: Sequence[Sample]) -> None:
    """The shard that is broken in ten ways; `sample_tar.DAMAGE` says which and what must come of it."""
    keys = [f"{99999:05d}{index:04d}" for index in range(len(samples))]
    pairs = [members(sample, key) for key, sample in zip(keys, samples, strict=True)]
    (OUT / "broken-00000.tar").write_bytes(sample_tar.broken(pairs))


def write_readme(root: Path, samples: Sequence[Sample]) -> None:
    """README.md from its template: counts, versions, damages, and what the package says about rights."""
    titles = Counter(sample.title for sample in samples)
    text = Template(README.read_text(encoding="utf-8")).substitute(
        pairs=SHARDS * PER_SHARD,
        broken=BROKEN,
        pool=len(split.load()["sample_pool"]),
        per_title=PER_TITLE,
        side=clipart.LONG_SIDE_PX,
        quality=QUALITY,
        titles=len(titles),
        empty=titles[""],
        common="; ".join(f"`{title}` {count}" for title, count in titles.most_common(5)),
        versions=", ".join(f"{name} {version(name)}" for name in ("resvg-py", "pillow", "pyarrow")),
        damage="\n".join(f"| {d.number} | {d.what} | {d.outcome} |" for d in sample_tar.DAMAGE),
        copyright=_copyright(root),
    )
    (OUT / "README.md").write_text(text, encoding="utf-8")


def _copyright(root: Path) -> str:
    """The package's own words on rights, as a quotation."""
    document = root.parent / "doc" / "openclipart-svg" / "copyright"
    raw = document.read_bytes() if document.exists() else gzip.decompress(document.with_suffix(".gz").read_bytes())
    lines = raw.decode("utf-8", "replace").split("Copyright:", 1)[1].strip().splitlines()
    return "\n".join(f"> {line.strip()}".rstrip() for line in lines)


def write_sums() -> None:
    """SHA256SUMS over everything else in the folder, for `sha256sum -c`."""
    files = sorted(p for p in OUT.iterdir() if p.suffix in {".tar", ".parquet", ".json", ".md"})
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n" for p in files]
    (OUT / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


def main() -> None:
    """Write the whole folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clipart", type=Path, default=clipart.DEFAULT_CLIPART, help="folder that holds svg/")
    root = parser.parse_args().clipart
    samples = list(chosen(root))
    need = SHARDS * PER_SHARD + BROKEN
    if len(samples) < need:
        raise SystemExit(f"the pool gives {len(samples)} pairs, {need} are needed")
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "__init__.py").write_text('"""The bundled sample; see README.md in this folder."""\n', encoding="utf-8")
    for number in range(SHARDS):
        write_shard(number, samples[number * PER_SHARD : (number + 1) * PER_SHARD])
    write_broken(samples[SHARDS * PER_SHARD : need])
    write_readme(root, samples[: SHARDS * PER_SHARD])
    write_sums()
    print(f"{need} pairs in {OUT}, {sum(p.stat().st_size for p in OUT.iterdir()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
