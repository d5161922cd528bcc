"""Does it help? Arms of the same pairs on real clip art and on scenes, proxies trained on each: `burnish eval arms`.

    python -m benchmarks.arms --clipart DIR --work DIR

Writes docs/figures/arms.json, .md, .svg and .html. `benchmarks.arms_clipart` and `benchmarks.arms_scenes` say what is
judged, mended and asked, and which proxies train on it. Which arms, sizes, exams and figures there are was set before
any arm was trained; nothing was tuned on an exam. Everything is kept in WORK, so a stopped command goes on; what a
model judged is kept under that model, so another one judges anew. `--worlds clipart,scenes`, `--only NAME`,
`--proxy NAME,NAME` and `--sizes N,N` choose a part: it goes to `--figures DIR`, as a page holds what its command did.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import arms_clipart, arms_page, arms_scenes
from benchmarks.arms_world import World
from benchmarks.measure import machine
from burnish import proxy as proxies
from burnish.arms import contest
from burnish.arms.contest import Contest
from burnish.arms.gallery import Gallery, gallery
from burnish.proxy import Epoch, Floats, Proxy, Student
from burnish.train.builtin import clipart

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures"


class Remembering:
    """A proxy that trains once on what it was given before: worlds that differ in some texts share the other arms."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self._students: dict[str, Student] = {}
        self.identity, self.side_px, self.look = proxy.identity, proxy.side_px, proxy.look

    def train(self, seen: Floats, epochs: Sequence[Epoch], seed: int) -> Student:
        """The student of these epochs and this seed, trained now or before."""
        digest = hashlib.sha256(f"{seed} {len(seen)}".encode())
        for epoch in epochs:
            digest.update(seen[epoch.pictures[:1]].tobytes() + epoch.pictures.tobytes())
            digest.update("\0".join(epoch.texts).encode("utf-8", "surrogatepass"))
        name = digest.hexdigest()
        if name not in self._students:
            self._students[name] = self.proxy.train(seen, epochs, seed)
        return self._students[name]


class Looked:
    """Pictures looked at once for all worlds that share their exam, kept in a folder under the proxy's identity."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, sources: Iterable[str], proxy: Proxy) -> Gallery:
        """The gallery of `sources`; an arm's picture that is not in it is noticed when it is trained on."""
        sources = list(sources)
        last = Path(sources[-1]).name  # the exam's: worlds that share it share all pictures
        file = self._folder / f"seen-{_short(proxy)}-{last}.npz"
        if not file.exists():
            made = gallery(sources, proxy)
            np.savez(file, seen=made.seen, digests=np.array(list(made.rows)))
        kept = np.load(file)
        return Gallery(rows={str(digest): row for row, digest in enumerate(kept["digests"])}, seen=kept["seen"])


def _short(proxy: Proxy) -> str:
    """The name of a proxy with all that can change what it sees, for files."""
    return f"{proxy.identity.partition('-')[0]}-{hashlib.sha256(proxy.identity.encode()).hexdigest()[:12]}"


def remembering(name: str, folder: Path) -> Remembering:
    """The proxy, with what it knew of texts when it was last `put_away` in `folder`."""
    fresh = proxies.load(name)
    file = _texts(fresh, folder)
    return Remembering(pickle.loads(file.read_bytes()) if file.exists() else fresh)  # noqa: S301 - a file of this command


def put_away(proxy: Remembering, folder: Path) -> None:
    """Keep what the proxy knows of texts: the towers' say is the costliest part of a short training."""
    _texts(proxy, folder).write_bytes(pickle.dumps(proxy.proxy))


def _texts(proxy: Proxy, folder: Path) -> Path:
    return folder / f"proxy-{_short(proxy)}.pickle"


def held(world: World, name: str, proxy: Remembering, options: argparse.Namespace) -> dict[str, Any]:
    """One world's contest with one proxy."""
    try:
        found = contest.run(
            Contest(
                source=str(world.output),
                output=str(options.work / f"contest-{world.output.name}-{name}"),
                exams=world.exams,
                proxies={name: proxy},
                seeds=options.seeds,
                sizes=[size for size in world.sizes if size in options.sizes or not options.sizes],
                caption=world.caption,
                cut=world.proxies[name],
                look=Looked(options.work),
            ),
            lambda proxy, done, whole: print(f"{world.name}: {proxy} {done} of {whole}", flush=True),
        )
    finally:
        put_away(proxy, options.work)
    return {**found, "what": world.what, "fault": world.fault}


def chosen(options: argparse.Namespace) -> Iterator[World]:
    """The worlds, each made when its turn comes."""
    made = {
        "clipart": lambda: arms_clipart.worlds(options.clipart, options.work),
        "scenes": lambda: arms_scenes.worlds(options.work, options.only),
    }
    for name in options.worlds:
        yield from (world for world in made[name]() if options.only in world.name)


def figures(options: argparse.Namespace) -> dict[str, Any]:
    """All contests by world and proxy. Proxy by proxy: the students that worlds share are forgotten in between."""
    worlds = list(chosen(options))
    found: dict[str, Any] = {world.name: {} for world in worlds}
    for name in options.proxy:
        proxy = remembering(name, options.work)
        for world in worlds:
            if name in world.proxies:
                found[world.name][name] = held(world, name, proxy, options)
    return {
        "machine": machine(["numpy", "torch", "onnxruntime"]),
        "worlds": {w: one for w, one in found.items() if one},
    }


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def main() -> None:
    """Everything, from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clipart", type=Path, default=clipart.DEFAULT_CLIPART)
    parser.add_argument("--work", type=Path, required=True, help="keep what is made, looked at and trained here")
    parser.add_argument("--worlds", type=_names, default=("clipart", "scenes"))
    parser.add_argument("--only", default="", help="worlds whose names hold this")
    parser.add_argument(
        "--proxy", type=_names, default=tuple(arms_scenes.FROZEN | arms_scenes.SCRATCH), help="names, joined by commas"
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sizes", type=_numbers, default=(), help="of the world's pools these, joined by commas")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="where the pages go")
    options = parser.parse_args()
    for folder in (options.work, options.figures):
        folder.mkdir(parents=True, exist_ok=True)
    found = figures(options)
    (options.figures / "arms.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    arms_page.write(found, options.figures)


if __name__ == "__main__":
    main()
