"""What the formats' captions claim, what `enhance` does with each kind of noise, and how well the built-in model checks
claims: all on scenes, with the oracle in the model's place. Part of `benchmarks.claims`.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from burnish import api, backends, edits, images
from burnish.backends.oracle import OracleBackend
from burnish.claims import Verdict
from burnish.claims.asking import AskingChecker
from burnish.claims.rules import split
from burnish.evals import claims as measures
from burnish.scenes import captions, truth, writing
from burnish.scenes.checker import TruthChecker
from burnish.scenes.scene import Scene
from burnish.values import Caption, CaptionRequest, Draft, Pair, Picture, Record

HALLUCINATE = (0.0, 0.1, 0.3)
_WIDE = {"max_inserted": 60, "max_changed": 1.0}
_Known = list[tuple[Pair, Picture, Scene]]


def measured(pairs: int, seed: int) -> dict[str, Any]:
    """All parts, on `pairs` scenes of `seed`."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "scenes"
        writing.write(source, pairs, seed, 0.5)
        known = [(pair, _picture(pair), scene) for pair, scene in truth.scenes(str(source))]
        return {
            "pairs": pairs,
            "by hallucination": {
                f"{rate:g}": formats(known, OracleBackend({"truth": str(source), "hallucinate": f"{rate}"}))
                for rate in HALLUCINATE
            },
            "names": names(known, OracleBackend({"truth": str(source)})),
            "enhance": {"default": enhanced(source, known, {}), "wide budget": enhanced(source, known, _WIDE)},
            "builtin as checker": agreement(known, pairs // 2),
        }


def _picture(pair: Pair) -> Picture:
    picture = images.decode(pair.image, 384)
    assert isinstance(picture, Picture)
    return picture


def formats(known: _Known, backend: OracleBackend) -> dict[str, Any]:
    """The measures of `burnish eval claims` for the alt text and each format."""
    checked = []
    for pair, picture, scene in known:
        asked = [CaptionRequest(picture=picture, format=name, text=pair.text) for name in captions.FORMATS]
        drafts = zip(captions.FORMATS, backend.answer(asked), strict=True)
        made = [Caption(text=d.text, role=n, maker="oracle") for n, d in drafts if isinstance(d, Draft)]
        original = Caption(text=pair.text, role="alt", maker="source")
        checked += measures.check([original, *made], TruthChecker(scene))
    return {role: asdict(row) for role, row in measures.measure(checked).items()}


def names(known: _Known, backend: OracleBackend) -> dict[str, int]:
    """Of the names planted in alt texts: how many true ones a fused caption keeps, how many false ones it drops."""
    counts: Counter[str] = Counter()
    for pair, picture, scene in known:
        (reply,) = backend.answer([CaptionRequest(picture=picture, format="afc", text=pair.text)])
        assert isinstance(reply, Draft)
        kept = f" {' '.join(edits.words(reply.text))} "
        for kind, planted in (("true", scene.alt.true_names), ("false", scene.alt.false_names)):
            there = [f" {' '.join(edits.words(name))} " in kept for name in planted]
            counts.update({kind: len(there), f"{kind} kept": sum(there)})
    return dict(counts)


def enhanced(source: Path, known: _Known, rewrite: dict[str, Any]) -> dict[str, dict[str, int]]:
    """By kind of alt text: what became of it, and how many chosen texts are the right one."""
    found = {pair.key: scene for pair, _, scene in known}
    backend = OracleBackend({"truth": str(source)})
    counts: dict[str, Counter[str]] = {}
    outcomes = api.enhance(source, backend=backend, rewrite=rewrite)
    for record in outcomes if not hasattr(outcomes, "counts") else ():
        assert isinstance(record, Record)
        alt = found[record.pair.key].alt
        right = record.caption.text == alt.repaired
        counts.setdefault(alt.kind, Counter()).update({"n": 1, str(record.decision): 1, "right": right})
    return {kind: dict(count) for kind, count in sorted(counts.items())}


def agreement(known: _Known, pairs: int) -> dict[str, float]:
    """The built-in model's verdicts against the truth's, on the alt texts' claims that the truth decides."""
    backend = backends.load("builtin", {})
    counts: Counter[str] = Counter()
    for pair, _, scene in known[:pairs]:
        claims = split(pair.text)
        small = images.decode(pair.image, backend.side_px)
        assert isinstance(small, Picture)
        asked = AskingChecker(backend, small)(claims)
        for right, given in zip(TruthChecker(scene)(claims), asked, strict=True):
            if right is not Verdict.UNKNOWN:
                counts.update({"claims": 1, "true": right is Verdict.SUPPORTED, "undecided": given is Verdict.UNKNOWN})
                counts.update({f"{right} called {given}": 1})
    return {**counts, **_rates(counts)}


def _rates(counts: Counter[str]) -> dict[str, float]:
    right, wrong = Verdict.SUPPORTED, Verdict.REFUTED
    return {
        f"{name} recognised": round(counts[f"{name} called {name}"] / max(1, _decided(counts, name, (right, wrong))), 4)
        for name in (right, wrong)
    }


def _decided(counts: Counter[str], name: str, verdicts: Sequence[Verdict]) -> int:
    return sum(counts[f"{name} called {verdict}"] for verdict in verdicts)
