"""What one run does, as plain data: it pickles, prints, and lies beside the output.

Every default stands here and nowhere else. Keys under "how" never change an output byte and are left out of
the fingerprint; all others are in it, so a run can only be resumed with the plan it was started with. What is how
among a backend's options its own settings say.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeAlias, cast

from burnish import discovery
from burnish.errors import UsageError
from burnish.images import Limits
from burnish.only import parse
from burnish.texts import MAX_CHARS
from burnish.usage import Usage
from burnish.values import Budget, Json

HowOptions: TypeAlias = Callable[[Mapping[str, str]], frozenset[str]]

_STRICT: dict[str, object] = {"extra": "forbid", "coerce_numbers_to_str": True}  # --set backend_options.side_px=64


def _how(default: object, low: float, high: float = math.inf) -> Any:
    return field(default=default, metadata={"how": True, "within": (low, high)})


def _within(default: float, low: float, high: float = math.inf) -> Any:
    return field(default=default, metadata={"within": (low, high)})


def _check(rules: Any, prefix: str = "") -> None:
    """Raise `UsageError` for the first number outside its range; not-a-number is outside."""
    for entry in dataclasses.fields(rules):
        low, high = entry.metadata.get("within", (-math.inf, math.inf))
        value = getattr(rules, entry.name)
        if "within" in entry.metadata and not low <= value <= high:
            least_most = f"at least {low}" if high == math.inf else f"{low} to {high}"
            raise UsageError(f"{prefix}{entry.name} must be {least_most}, not {value!r}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RewriteRules:
    """When a caption is rewritten and what a rewrite must keep to.

    `below`: captions that stand under this (scale 1-5) are rewritten; 3.0 is the middle of the scale, to be fitted per
    consumer from labels. `weights`: of the criteria whose mean is how a caption stands; {} is the recipe's own.
    `max_changed`: share of the words a rewrite may change, recognised junk not counted: a model that explains no junk
    can take most of a caption away, so the default is loose and `max_inserted` is tight. `min_gain`: a rewrite is
    accepted only if it stands that much higher on a second look. `max_match_loss`: how much its image-text matching
    may be lower (one that only tidies is allowed the matcher's noise: see `burnish.asks.verify`).
    `candidates`: so many rewrites are asked for, and the one with the best gain minus `distance_cost` times the share
    of words it changes is taken. `fuse`: a rewrite may also take in what the image shows, then up to
    `max_inserted_fused` words: 20 and a caption's own ten still fit CLIP's 77 tokens.
    `claims`: the model is asked about each claim of a caption to be rewritten, and where some are refuted a rewrite may
    change their words only; `claims_all`: about those of every caption, so that one that stands well and says something
    wrong is mended too.
    """

    __pydantic_config__: ClassVar = _STRICT
    below: float = _within(3.0, 0, 6)
    max_changed: float = _within(0.9, 0, 1)
    max_inserted: int = _within(3, 0)
    min_gain: float = _within(0.1, 0)
    max_match_loss: float = _within(0.25, 0)
    candidates: int = _within(1, 1, 16)
    distance_cost: float = _within(0.5, 0)
    fuse: bool = False
    max_inserted_fused: int = _within(20, 0)
    claims: bool = False
    claims_all: bool = False
    weights: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(self, "rewrite.")
        if self.claims and self.fuse:
            raise UsageError(
                "rewrite.claims and rewrite.fuse exclude each other: with the one a rewrite may change only what is "
                "refuted, with the other it takes in what the image shows.\nChoose one of --claims and --fuse."
            )
        if self.claims_all and not self.claims:
            raise UsageError("rewrite.claims_all needs rewrite.claims.\nExample: --claims --set rewrite.claims_all=1")
        if self.weights and not (min(self.weights.values()) >= 0 and 0 < sum(self.weights.values()) < math.inf):
            raise UsageError(f"rewrite.weights must be at least 0 and not all 0, not {self.weights!r}.")

    @property
    def budget(self) -> Budget:
        """What one rewrite may change."""
        inserted = self.max_inserted_fused if self.fuse else self.max_inserted
        return Budget(max_changed=self.max_changed, max_inserted=inserted)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecaptionRules:
    """What new captions are written, for which pairs, and what becomes of them (recipe `recaption`).

    `formats`: names from `burnish.formats` or ``module:object``, joined by commas. `only`: which pairs get one, in the
    language of `burnish.only`; "" for all. `text`: the format whose caption takes the place of the text; "" for none:
    the text stays. `tokenizer`: whose tokens the lengths are in (`burnish.tokens`). `check`: every new caption is
    assessed like a text, which costs about as many prompt tokens as asking for it; one that stands below `floor` is
    flagged and never becomes the text.
    """

    __pydantic_config__: ClassVar = _STRICT
    formats: str = "dsc"
    only: str = ""
    text: str = ""
    tokenizer: str = "words"
    check: bool = True
    floor: float = _within(3.0, 0, 6)

    def __post_init__(self) -> None:
        _check(self, "recaption.")
        parse(self.only)
        if not self.names:
            raise UsageError("recaption.formats names no format.\nExample: --format ssc,dsc (burnish list formats)")

    @property
    def names(self) -> tuple[str, ...]:
        """The formats one by one, each once."""
        return tuple(dict.fromkeys(name.strip() for name in self.formats.split(",") if name.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRules:
    """Names that must survive: `table` is a file of them (`burnish.entities`), "" for none.

    `fields`: of the pair's metadata, joined by commas, in which they are looked for beside the text. `min_score`: what
    a link needs to stand (0..1). `fuzzy`: whether misspelt names are looked for. `everywhere`: new captions that do not
    see the text must have them too.
    """

    __pydantic_config__: ClassVar = _STRICT
    table: str = ""
    fields: str = ""
    min_score: float = _within(0.5, 0, 1)
    fuzzy: bool = True
    everywhere: bool = True

    def __post_init__(self) -> None:
        _check(self, "entities.")
        if self.fields and not self.table:
            raise UsageError("entities.fields needs a table of names.\nExample: --entities names.csv")

    @property
    def field_names(self) -> tuple[str, ...]:
        """The fields one by one, each once."""
        return tuple(dict.fromkeys(name.strip() for name in self.fields.split(",") if name.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRules:
    """How texts are read. `max_chars`: what a model sees of a caption; longer ones pass unchanged, flagged."""

    __pydantic_config__: ClassVar = _STRICT
    max_chars: int = _within(MAX_CHARS, 1)
    unescape_html: bool = False

    def __post_init__(self) -> None:
        _check(self, "text.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRules:
    """What a model's answers cost and may cost: prices per million tokens in any currency, limits of a whole run.

    0 is no limit. A run that reaches a limit stops before the next call and goes on when the limit is raised.
    """

    __pydantic_config__: ClassVar = _STRICT
    price_in: float = _within(0.0, 0)
    price_out: float = _within(0.0, 0)
    max_cost: float = _within(0.0, 0)
    max_tokens: int = _within(0, 0)

    def __post_init__(self) -> None:
        _check(self, "cost.")
        if self.max_cost and not (self.price_in or self.price_out):
            raise UsageError("cost.max_cost needs prices: give cost.price_in and cost.price_out per million tokens.")

    @property
    def limited(self) -> bool:
        """Whether there is a limit at all."""
        return bool(self.max_cost or self.max_tokens)

    def cost(self, used: Usage) -> float:
        """What `used` costs."""
        return (used.prompt_tokens * self.price_in + used.written_tokens * self.price_out) / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRules:
    """How images of lists of URLs are fetched, if they are. `allow`: networks of one's own that may be dialled although
    they are not public, joined by commas; `ports` beside 80 and 443. `concurrency`, `per_host` requests at once and
    `per_host_rate` requests a second (0: no limit) are this machine's, shared out among its workers: img2dataset has no
    limit a host, and 20 a second is what a page with many pictures asks for. `timeout_s` for one URL with its
    redirects, so often as `tries` says. `about`: a URL or mail address for the User-Agent. `proxies`: those of the
    environment are used; they, and not burnish, then look names up and dial.
    """

    __pydantic_config__: ClassVar = _STRICT
    allow: str = ""
    ports: str = ""
    concurrency: int = _within(64, 1, 1024)
    per_host: int = _within(4, 1)
    per_host_rate: float = _within(20.0, 0)
    timeout_s: float = _within(30.0, 0.1)
    tries: int = _within(3, 1, 10)
    about: str = ""
    proxies: bool = False

    def __post_init__(self) -> None:
        _check(self, "fetching.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run. `source` and `output` are paths, patterns or fsspec URLs; "" for `store` means: look and decide.
    `explain`: the model says why the captions to be rewritten stand low. `blind`: what needs the image is asked again
    without it, to show what the text alone makes the model say; no decision depends on that.
    `ocr`: the writing in every image is read; rewrites are held against it (extra ``[ocr]``).
    `fetch`: the images of a list of URLs are fetched (extra ``[fetch]``); without it such a source is refused.

    How, not what: `engine` (where shards run, a name of `burnish.engines`) and its `engine_options`, `workers` (0: one
    per core), `decoders` (child processes that decode images, for each worker), `batch_size` in pairs, `limit` of input
    pairs (0: all), `max_bad` (share of bad pairs above which a finished run exits with 3), `breaker` (so many pairs in
    a row that fail for reasons that smell of the environment stop the run before more are blamed; 0 switches it off),
    `cost`, `answers` (folder where the answers of a model that costs something are kept and found again; "": with the
    output).
    """

    __pydantic_config__: ClassVar = _STRICT
    source: str
    output: str = ""
    store: str = ""
    store_options: dict[str, str] = field(default_factory=dict)
    backend: str = "builtin"
    backend_options: dict[str, str] = field(default_factory=dict)
    recipe: str = "aitqe"
    explain: bool = False
    blind: bool = False
    ocr: bool = False
    fetch: bool = False
    rewrite: RewriteRules = field(default_factory=RewriteRules)
    recaption: RecaptionRules = field(default_factory=RecaptionRules)
    entities: EntityRules = field(default_factory=EntityRules)
    text: TextRules = field(default_factory=TextRules)
    limits: Limits = field(default_factory=Limits)
    cost: CostRules = field(default_factory=CostRules, metadata={"how": True})
    fetching: FetchRules = field(default_factory=FetchRules, metadata={"how": True})
    answers: str = field(default="", metadata={"how": True})
    engine: str = field(default="local", metadata={"how": True})
    engine_options: dict[str, str] = field(default_factory=dict, metadata={"how": True})
    workers: int = _how(0, 0)
    decoders: int = _how(1, 1, 64)
    batch_size: int = _how(32, 1)
    limit: int = _how(0, 0)
    max_bad: float = _how(0.2, 0, 1)
    breaker: int = _how(100, 0)

    def __post_init__(self) -> None:
        _check(self)

    @property
    def extra(self) -> tuple[str, ...]:
        """What is asked beside scores, by the names of `burnish.asks`, in their order."""
        wanted = (("blind", self.blind), ("explain", self.explain), ("claims", self.rewrite.claims))
        return tuple(name for name, asked in wanted if asked)

    def semantic(self) -> dict[str, Json]:
        """All keys that can change an output byte, flat and dotted, without source and output paths."""
        how = how_fields(Plan) | {"output"}
        said = {key: value for key, value in dataclasses.asdict(self).items() if key not in how}
        not_said = how_options(self.backend, self.backend_options)
        options = {name: value for name, value in self.backend_options.items() if name not in not_said}
        return flatten({**said, "backend_options": options})

    def to_toml(self) -> str:
        """The plan as TOML that `load` reads back to an equal plan."""
        import tomli_w

        return tomli_w.dumps(dataclasses.asdict(self))


def how_fields(kind: type) -> frozenset[str]:
    """Fields of a dataclass that are marked with ``metadata={"how": True}``."""
    return frozenset(entry.name for entry in dataclasses.fields(kind) if entry.metadata.get("how"))


def how_options(backend: str, options: Mapping[str, str]) -> frozenset[str]:
    """Those of `options` that say how a backend works and cannot change an answer, by the function ``how_options`` of
    its module. All options of one that has none, such as a model of the user's own, can.
    """
    said = cast("HowOptions | None", discovery.beside("backends", backend, "how_options"))
    return said(options) if said is not None else frozenset()


def load(path: str) -> dict[str, Any]:
    """The keys of a TOML plan file, nested as written. Raises `UsageError` with file and place."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"cannot read the plan {path!r}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not valid TOML: {error}.") from error


def build(*layers: Mapping[str, Any]) -> Plan:
    """A plan from layers of nested keys, later ones win. Raises `UsageError` naming a wrong key or value."""
    from pydantic import TypeAdapter, ValidationError

    merged: dict[str, Any] = {}
    for layer in layers:
        _merge(merged, layer)
    source = merged.get("source")
    if isinstance(source, str) and "://" not in source:
        merged["source"] = source.rstrip("/") or source  # "in/" is "in": the same command goes on
    try:
        return TypeAdapter(Plan).validate_python(merged)
    except ValidationError as error:
        raise UsageError(_explain(error.errors())) from error


def override(assignment: str) -> dict[str, Any]:
    """``"rewrite.below=3"`` as nested keys. The value is read as TOML; what is not TOML, or stands where only a
    string can, is a string.
    """
    dotted, sep, text = assignment.partition("=")
    if not sep or not dotted.strip():
        raise UsageError(f"--set takes key=value, got {assignment!r}.\nExample: --set rewrite.below=2.5")
    try:
        value: Any = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    first, *rest = dotted.strip().split(".")
    free = {entry.name for entry in dataclasses.fields(Plan) if entry.default_factory is dict}
    parts = [first, ".".join(rest)] if rest and first in free else [first, *rest]  # an option's name may hold dots
    words = {entry.name for entry in dataclasses.fields(Plan) if entry.type == "str"}
    if (first in words or first.endswith("_options")) and not isinstance(value, str):
        value = text.strip()  # a revision 12345e7 is no number
    for part in reversed(parts):
        value = {part: value}
    return dict(value)


def keys() -> list[str]:
    """All dotted keys a plan has (free maps such as `store_options` as one key), sorted."""
    return sorted(flatten(dataclasses.asdict(Plan(source=""))))


def flatten(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Json]:
    """Nested mappings as one level of dotted keys; an empty mapping stays as a value."""
    flat: dict[str, Json] = {}
    for key, value in nested.items():
        if isinstance(value, Mapping) and value:
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = dict(value) if isinstance(value, Mapping) else value
    return flat


def _merge(into: dict[str, Any], layer: Mapping[str, Any]) -> None:
    for key, value in layer.items():
        if isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, Mapping) else value


def _explain(errors: Iterable[Any]) -> str:
    from rapidfuzz import fuzz, process

    error = next(iter(errors))
    dotted = ".".join(str(part) for part in error["loc"])
    if error["type"] in {"unexpected_keyword_argument", "extra_forbidden"}:
        hit = process.extractOne(dotted, keys(), scorer=fuzz.ratio, score_cutoff=70)
        near = f" Did you mean {hit[0]!r}?" if hit else f"\nKeys: {', '.join(keys())}"
        return f"unknown key {dotted!r} in the plan.{near}"
    if error["type"] in {"missing", "missing_argument"}:
        return f"the plan lacks {dotted!r}."
    return f"{dotted} = {error['input']!r} does not fit: {error['msg']}.\nSet it with: --set {dotted}=..."
