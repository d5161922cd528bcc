"""No model: answers from the known truth of generated scenes (`burnish scenes`), with faults set on purpose.

For trying whether a pipeline, a recipe or a measure makes sense: it judges, rewrites and captions scenes perfectly, or
exactly as badly as asked. It knows pictures by their pixels and nothing about any other picture. Options: ``truth``
(needed: the scenes' folder, or an output made from it), ``side_px`` (384, which shows every scene whole), ``seed`` of
the faults, and the faults, all 0 by default: ``error`` (share of scores turned round), ``bias`` and ``noise`` (added to
scores: a constant, a standard deviation), ``abstain``, ``fail`` and ``refuse`` (shares of requests), ``hallucinate``
(share of written sentences in which an object is another), ``stray`` (share of rewrites that also lose something
true), ``forget`` (share of the alt text's names left out of a fused caption without a word), ``misjudge`` (share of
them taken for the opposite: a true one listed as refuted, a false one kept), ``long`` (share of captions beyond their
length), ``yes`` (share of the claims that the picture refutes which it takes for true), ``blind_to`` (kinds of claims
it cannot judge, joined by "+"), ``soft`` (its answer is no single digit but probabilities over all of them, spread by
that standard deviation, read as those of a chat model are), ``harmless`` (share of the captions it is to make worse
that are as good).
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

from burnish import edits, sentences
from burnish.chat import Chosen, fold
from burnish.chat.worsen import WorsenRequest
from burnish.claims import Claim, Kind, Verdict
from burnish.criteria import SCALE
from burnish.errors import UsageError
from burnish.scenes import captions, catalogue, facts, mending, truth, worsening
from burnish.scenes.checker import TruthChecker
from burnish.scenes.compose import MAX_SIDE_PX
from burnish.scenes.judging import Judged
from burnish.scenes.scene import Scene
from burnish.values import (
    AssessRequest,
    CaptionRequest,
    Draft,
    Edit,
    ExplainRequest,
    Failure,
    Finding,
    JointReply,
    JointRequest,
    Reply,
    Request,
    RewriteRequest,
    Score,
    State,
)

_CRITERIA = (
    "overall",
    "text_quality",
    "image_text_matching",
    "object_detail",
    "semantic_understanding",
    "text_chart_description",
)
_BELOW = 3.0
_NO_SCENE = "this picture is none of the scenes of the truth"
_BLIND = 3.0
"""What a judge says who cannot see: the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """How bad the answers are; see the module."""

    error: float = 0.0
    bias: float = 0.0
    noise: float = 0.0
    abstain: float = 0.0
    fail: float = 0.0
    refuse: float = 0.0
    hallucinate: float = 0.0
    stray: float = 0.0
    forget: float = 0.0
    misjudge: float = 0.0
    long: float = 0.0
    yes: float = 0.0
    soft: float = 0.0
    harmless: float = 0.0


class OracleBackend:
    """Answers about scenes; the same request always gets the same reply."""

    def __init__(self, options: Mapping[str, str]) -> None:
        """Raises `UsageError` for unknown or impossible options and for a truth that holds no scenes."""
        known = {"truth", "side_px", "seed", "blind_to", *(field.name for field in fields(Faults))}
        if unknown := set(options) - known:
            raise UsageError(f"backend oracle has no option {min(unknown)!r}. Options: {', '.join(sorted(known))}")
        if "truth" not in options:
            raise UsageError(
                "the backend oracle answers from the truth of scenes: it needs their folder.\n"
                "Make scenes with: burnish scenes -o SCENES\n"
                "and give them with: --set backend_options.truth=SCENES"
            )
        self.side_px = int(_number(options, "side_px", MAX_SIDE_PX, 32, 4096))
        self._faults = Faults(**{field.name: _fault(options, field.name) for field in fields(Faults)})
        self._seed = options.get("seed", "0")
        self._blind_to = _kinds(options.get("blind_to", ""))
        self._truth = truth.load(options["truth"], self.side_px)
        scenes = "".join(sorted(scene.to_json() for scene in self._truth.by_file.values()))
        digest = hashlib.blake2b(scenes.encode(), digest_size=8).hexdigest()
        faults = ",".join(f"{name}={value:g}" for name, value in asdict(self._faults).items() if value)
        unseen = f",blind_to={'+'.join(sorted(self._blind_to))}" if self._blind_to else ""
        self.identity = f"oracle-1({digest},seed={self._seed}{',' * bool(faults)}{faults}{unseen})"

    def answer(self, requests: Sequence[Request]) -> list[Reply]:
        """One reply per request, in order."""
        return [self._answer(request) for request in requests]

    def worsen(self, asked: Sequence[WorsenRequest]) -> list[Reply]:
        """A caption that is worse by the truth for each request, in order."""
        return [self._worsened(request) for request in asked]

    def _met(self, request: Request | WorsenRequest) -> tuple[Scene, random.Random] | Failure:
        """The scene that is asked about, with this request's lots; a failure if there is none or it is told to fail."""
        scene = self._truth.of_picture(request.picture)
        if scene is None:
            return Failure(state=State.REQUEST_REJECTED, detail=_NO_SCENE)
        lots = self._lots(request, scene)
        if lots.random() < self._faults.fail:
            return Failure(state=State.UNPARSABLE, detail="the oracle was told to fail here")
        return scene, lots

    def _worsened(self, request: WorsenRequest) -> Reply:
        met = self._met(request)
        if isinstance(met, Failure):
            return met
        scene, lots = met
        if lots.random() < self._faults.harmless:
            return Draft(text=worsening.harmless(scene, request.text))
        return Draft(text=worsening.worsened(scene, request.text, request.fault, lots))

    def _answer(self, request: Request) -> Reply:
        met = self._met(request)
        if isinstance(met, Failure):
            return met
        scene, lots = met
        if lots.random() < self._faults.refuse:
            return Failure(state=State.REFUSED, detail="the oracle was told to refuse here")
        return self._reply(request, scene, lots)

    def _reply(self, request: Request, scene: Scene, lots: random.Random) -> Reply:
        match request:
            case AssessRequest():
                return self._score(request.criterion, self._judged(scene, request.text), lots, blind=request.blind)
            case ExplainRequest():
                return _explained(self._judged(scene, request.text))
            case RewriteRequest():
                return self._rewritten(scene, request.text, lots, request.refuted)
            case JointRequest():
                return self._joint(self._judged(scene, request.text), lots)
            case CaptionRequest():
                return self._caption(scene, request, lots)

    def _judged(self, scene: Scene, text: str) -> Judged:
        """A text as it sees it: where it is blind or says yes to everything, not as it is."""
        if not (self._blind_to or self._faults.yes):
            return Judged(scene, text)
        return Judged(scene, text, _Partial(scene, self._blind_to, self._faults.yes, self._seed))

    def _lots(self, request: Request | WorsenRequest, scene: Scene) -> random.Random:
        """Lots that depend on what is asked about which scene, and on nothing else."""
        asked = {name: getattr(request, name) for name in request.__slots__ if name != "picture"}
        return random.Random(
            f"{self._seed} {type(request).__name__} {scene.seed} {scene.number} {sorted(asked.items())}"
        )

    def _score(self, criterion: str, judged: Judged, lots: random.Random, *, blind: bool = False) -> Score:
        value = _BLIND if blind and criterion != "text_quality" else judged.value(criterion)
        if value is None or lots.random() < self._faults.abstain:
            return Score(criterion=criterion, value=None, confidence=0.0, state=State.ABSTAINED)
        if lots.random() < self._faults.error:
            value = SCALE[0] + SCALE[-1] - value
        value += self._faults.bias + lots.gauss(0, self._faults.noise)
        value = round(min(max(value, SCALE[0]), SCALE[-1]), 4)
        if self._faults.soft:
            read = fold.scored(criterion, _probabilities(value, self._faults.soft))
            assert isinstance(read, Score)
            return read
        return Score(criterion=criterion, value=value, confidence=1.0, spread=self._faults.noise)

    def _rewritten(self, scene: Scene, text: str, lots: random.Random, refuted: Sequence[Finding] = ()) -> Draft:
        """What it is told to mend; else the alt text repaired; any other text as it is, but for what is made up."""
        known = edits.words(text) == edits.words(scene.alt.text)
        right = scene.alt.repaired if known else text
        after = (mending.mended(scene, text, refuted, lots) if refuted else "") or right
        after = self._made_up(after, scene, lots)
        if lots.random() < self._faults.stray:
            after = mending.strayed(scene, after, lots)
        why = "the picture shows otherwise" if scene.alt.kind in {"partly_true", "swapped"} else scene.alt.kind
        if known and scene.alt.kind == "file_name":  # nothing but junk: out with it, then the new text
            gone = Edit(start=0, before=text, after="", why=why, junk=True)
            return Draft(text=after, edits=(gone, Edit(start=0, before="", after=after, why=why)))
        junk = [" ".join(edits.words(piece)) for piece in scene.alt.junk]
        return Draft(text=after, edits=tuple(_marked(edit, junk) for edit in edits.diff(text, after, why)))

    def _joint(self, judged: Judged, lots: random.Random) -> JointReply:
        scores = tuple(self._score(criterion, judged, lots) for criterion in _CRITERIA)
        low = scores[0].value is not None and scores[0].value < _BELOW
        return JointReply(scores=scores, draft=self._rewritten(judged.scene, judged.text, lots) if low else None)

    def _caption(self, scene: Scene, request: CaptionRequest, lots: random.Random) -> Reply:
        if request.format not in captions.FORMATS:
            known = ", ".join(captions.FORMATS)
            return Failure(state=State.REQUEST_REJECTED, detail=f"the oracle knows the formats {known}")
        if request.format == "afc":
            names = [name for name in scene.alt.true_names if name in request.text]
            text = self._made_up(captions.afc(scene, self._names_kept(scene, request, lots)), scene, lots)
            meant = [name for name in names if self._judges_right(scene, name, request)]  # silence is forgetting
            dropped = captions.left_out(request.text, text, meant, scene.alt.junk)
        else:
            text, dropped = self._made_up(captions.FORMATS[request.format](scene), scene, lots), ()
        if lots.random() < self._faults.long:
            text = f"{text} {captions.dsc_plus(scene)} {captions.dsc(scene)}"
        return Draft(text=text, edits=dropped)

    def _names_kept(self, scene: Scene, request: CaptionRequest, lots: random.Random) -> list[str]:
        """The names of the request's text that it takes for true and does not forget."""
        alt = scene.alt
        believed = [name for name in alt.true_names if self._judges_right(scene, name, request)]
        believed += [name for name in alt.false_names if not self._judges_right(scene, name, request)]
        said = [name for name in believed if name in request.text and lots.random() >= self._faults.forget]
        return [f'"{name}"' if f'"{name}"' in request.text else name for name in said]

    def _judges_right(self, scene: Scene, name: str, request: CaptionRequest) -> bool:
        """Whether it takes a name for what it is: the same in every answer, until it is told that one was wrong."""
        lots = random.Random(f"{self._seed} judges {scene.seed} {scene.number} {name} {request.wrong}")
        return lots.random() >= self._faults.misjudge

    def _made_up(self, text: str, scene: Scene, lots: random.Random) -> str:
        """`text` with, in the share of sentences asked for, one object turned into one that is not there."""
        if not self._faults.hallucinate:
            return text
        return "".join(
            _another(part, scene, lots) if lots.random() < self._faults.hallucinate else part
            for part in sentences.split(text)
        )


@dataclass(frozen=True, slots=True)
class _Partial:
    """A `Checker` that knows the truth but for some kinds of claims, and takes a share of what is false for true."""

    scene: Scene
    blind_to: frozenset[str]
    yes: float
    seed: str

    def __call__(self, claims: Sequence[Claim]) -> list[Verdict]:
        """One verdict a claim, the same for a claim wherever it stands."""
        return [
            self._seen(claim, verdict) for claim, verdict in zip(claims, TruthChecker(self.scene)(claims), strict=True)
        ]

    def _seen(self, claim: Claim, verdict: Verdict) -> Verdict:
        if claim.kind in self.blind_to:
            return Verdict.UNKNOWN
        if verdict is not Verdict.REFUTED:
            return verdict
        lots = random.Random(f"{self.seed} yes {self.scene.seed} {self.scene.number} {claim.key}")
        return Verdict.SUPPORTED if lots.random() < self.yes else verdict


def _probabilities(value: float, spread: float) -> Chosen:
    """The answers of the scale, likely as a normal curve about `value` has them."""
    weights = [math.exp(-(((mark - value) / spread) ** 2) / 2) for mark in SCALE]
    return Chosen(shares=tuple(weight / sum(weights) for weight in weights), outside=0.0, how="oracle")


def _kinds(given: str) -> frozenset[str]:
    kinds = frozenset(part.strip() for part in given.split("+") if part.strip())
    if unknown := kinds - set(Kind):
        raise UsageError(
            f"backend_options.blind_to of the oracle names no kind of claim: {min(unknown)!r}.\n"
            f"Choose from: {', '.join(Kind)}, joined by +"
        )
    return kinds


def _another(sentence: str, scene: Scene, lots: random.Random) -> str:
    """The sentence with the first of the scene's objects in it called another."""
    kinds = catalogue.by_noun()
    wanted = kinds[facts.absent(scene, lots)]
    for group in scene.groups:
        own = kinds[group.noun]
        for old, new in ((own.plural, wanted.plural), (own.noun, wanted.noun)):
            if old in edits.words(sentence):
                return sentence.replace(old, new)
    return sentence


def _explained(judged: Judged) -> Draft:
    if not judged.refuted:
        return Draft(text="Nothing the text says contradicts the picture.")
    return Draft(text=f"The picture does not show this: {' '.join(claim.sentence for claim in judged.refuted[:3])}")


def _marked(edit: Edit, junk: Sequence[str]) -> Edit:
    """The edit, marked as junk if all it takes out is known to be."""
    words = " ".join(edits.words(edit.before))
    return replace(edit, junk=bool(words) and not edit.after.strip() and any(words in piece for piece in junk))


def _fault(options: Mapping[str, str], name: str) -> float:
    low, high = (-4, 4) if name == "bias" else (0, 4) if name in {"noise", "soft"} else (0, 1)
    return _number(options, name, 0, low, high)


def _number(options: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    given = options.get(name, str(default))
    try:
        value = float(given)
    except ValueError:
        value = high + 1
    if not low <= value <= high:
        raise UsageError(f"backend_options.{name} of the oracle must be {low} to {high}, not {given!r}.")
    return value


BACKEND = OracleBackend
