"""Corpora to measure on: real captioned clip art in img2dataset's layout, 1,000 pairs a shard, kept in `--work`.

    python -m benchmarks.corpus --work DIR --clipart /usr/share/openclipart

`clipart(pairs)` renders Debian's openclipart (JPEG quality 90, long side 384 px). What is asked for beyond `BASE`
is made of mirrored, flipped and turned re-encodes, so that no image file occurs twice. `repeated(pairs)` is the
bundled sample over and over under new keys: cost and memory of a long run must not depend on new content.
`linked(pairs)` is for counts that would not fit a disk otherwise: ten shards of images of 32 px, and hard links to
them under ever new shard names.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import numpy as np
from PIL import Image

BASE = 6_000
"""Pairs of the smaller corpus; about 8,300 of the package's drawings render and differ."""

PER_SHARD = 1_000
QUALITY = 90
TINY_PX = 32
TURNS = (None, Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_90)
SAMPLE = Path(__file__).resolve().parents[1] / "src" / "burnish" / "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a pair is made from."""

    jpeg: bytes
    text: str


def clipart(work: Path, package: Path, pairs: int) -> Path:
    """A folder of tar shards with `pairs` pairs (at most four times `BASE`)."""
    if pairs <= BASE:
        return _cached(work, f"clipart-{pairs}", lambda: islice(_rendered(package), pairs))
    base = clipart(work, package, BASE)
    return _cached(work, f"clipart-{pairs}", lambda: islice(_turned(base), pairs))


def repeated(work: Path, pairs: int, per_shard: int = PER_SHARD) -> Path:
    """A folder of tar shards with `pairs` pairs, the bundled sample's 240 again and again."""
    name = f"sample-{pairs}" if per_shard == PER_SHARD else f"sample-{pairs}-by-{per_shard}"
    return _cached(work, name, lambda: _again(list(read(SAMPLE)), pairs), per_shard)


def linked(work: Path, pairs: int) -> Path:
    """A folder of tar shards with `pairs` pairs of 32 px: 10,000 of them, again and again as hard links."""
    base = _cached(work, "tiny-10000", lambda: _again(list(_specks()), 10 * PER_SHARD))
    final = work / "corpus" / f"linked-{pairs}"
    if not final.exists():
        unfinished = final.with_name(f".{final.name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        for number in range(pairs // PER_SHARD):
            for ending in (".tar", ".parquet", "_stats.json"):
                (unfinished / f"{number:05d}{ending}").hardlink_to(base / f"{number % 10:05d}{ending}")
        unfinished.rename(final)
    return final


def read(folder: Path) -> Iterator[Source]:
    """The pairs of every shard in a folder, in order."""
    for shard in sorted(folder.glob("[0-9]*.tar")):
        with tarfile.open(shard) as tar:
            payloads = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
        for name, payload in payloads.items():
            if name.endswith(".jpg"):
                yield Source(jpeg=payload, text=payloads[name[:-3] + "txt"].decode())


def size(folder: Path) -> tuple[int, int]:
    """(pairs, bytes) of a corpus."""
    stats = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*_stats.json")]
    return sum(s["successes"] for s in stats), sum(p.stat().st_size for p in folder.glob("*.tar"))


def pack(folder: Path, sources: Iterable[Source], per_shard: int = PER_SHARD) -> None:
    """`sources` as numbered shards: tar, Parquet and stats, as img2dataset leaves them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for number, part in enumerate(_chunks(sources, per_shard)):
        stem = f"{number:05d}"
        rows = [_fields(source, f"{stem}{index:04d}") for index, source in enumerate(part)]
        with tarfile.open(folder / f"{stem}.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
            for source, row in zip(part, rows, strict=True):
                _add(tar, f"{row['key']}.jpg", source.jpeg)
                _add(tar, f"{row['key']}.json", json.dumps(row, indent=4).encode())
                _add(tar, f"{row['key']}.txt", source.text.encode())
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{stem}.parquet")
        stats = {"count": len(part), "successes": len(part), "failed_to_download": 0, "failed_to_resize": 0}
        (folder / f"{stem}_stats.json").write_text(json.dumps(stats, indent=4), encoding="utf-8")


def _cached(work: Path, name: str, make: Callable[[], Iterable[Source]], per_shard: int = PER_SHARD) -> Path:
    final = work / "corpus" / name
    if not final.exists():
        unfinished = final.with_name(f".{name}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        pack(unfinished, make(), per_shard)
        unfinished.rename(final)
    return final


def _rendered(package: Path) -> Iterator[Source]:
    from burnish.train.builtin import clipart as package_of

    arts = sorted(package_of.walk(package), key=lambda art: hashlib.sha256(art.stem.encode()).digest())
    for art, pixels in package_of.pictures(arts):
        yield Source(jpeg=_jpeg(Image.fromarray(pixels)), text=art.title)


def _turned(base: Path) -> Iterator[Source]:
    for turn in range(len(TURNS)):
        with ProcessPoolExecutor() as pool:
            yield from pool.map(_turn, read(base), [turn] * BASE, chunksize=64)


def _turn(source: Source, turn: int) -> Source:
    how = TURNS[turn]
    if how is None:
        return source
    image = Image.open(io.BytesIO(source.jpeg))
    return Source(jpeg=_jpeg(image.transpose(how)), text=source.text)


def _again(sources: list[Source], pairs: int) -> Iterator[Source]:
    return (sources[number % len(sources)] for number in islice(count(), pairs))


def _specks() -> Iterator[Source]:
    rng = np.random.default_rng(0)
    for number in range(PER_SHARD):
        coarse = rng.integers(0, 256, (4, 4, 3), np.uint8)
        image = Image.fromarray(coarse).resize((TINY_PX, TINY_PX), Image.Resampling.BILINEAR)
        yield Source(jpeg=_jpeg(image), text=f"a small coloured speck, number {number}")


def _jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _chunks(sources: Iterable[Source], per_shard: int) -> Iterator[list[Source]]:
    stream = iter(sources)
    while part := list(islice(stream, per_shard)):
        yield part


def _fields(source: Source, key: str) -> dict[str, str | int]:
    width, height = Image.open(io.BytesIO(source.jpeg)).size
    return {
        "url": f"https://example.org/{key}.jpg",
        "caption": source.text,
        "key": key,
        "status": "success",
        "error_message": "",
        "width": width,
        "height": height,
        "original_width": width,
        "original_height": height,
        "exif": "{}",
        "sha256": hashlib.sha256(source.jpeg).hexdigest(),
    }


def _add(tar: tarfile.TarFile, name: str, payload: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.uname, info.gname = len(payload), 0o444, "bigdata", "bigdata"
    tar.addfile(info, io.BytesIO(payload))


def arguments(description: str) -> argparse.ArgumentParser:
    """The options every measurement has."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for corpora, environments and outputs")
    parser.add_argument(
        "--clipart", type=Path, default=Path("/usr/share/openclipart"), help="openclipart's folder, holds svg/"
    )
    return parser


def main() -> None:
    """Make every corpus the measurements of the data path need."""
    options = arguments(str(__doc__)).parse_args()
    for folder in (
        clipart(options.work, options.clipart, BASE),
        clipart(options.work, options.clipart, len(TURNS) * BASE),
        repeated(options.work, 100_000),
    ):
        pairs, octets = size(folder)
        print(f"{folder.name}: {pairs} pairs, {octets / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
