"""The nouns: what flows through burnish. Plain frozen values; this module imports nothing of ours.

A `Pair` goes in, a `Record` comes out, always one for one. Stores yield `Item`s in input order: a `Pair`,
a `Fault` (something that is in the input but cannot be a pair) or a `Gap` (bytes that belong to nothing).
Every item ends in exactly one row of the ledger: in = out + quarantined + gaps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from burnish.entities import Entity

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class Reason(StrEnum):
    """Why something is in quarantine or in a gap (closed list; hazards 1-33 and 65-69)."""

    NO_IMAGE = "no_image"
    DECODE_ERROR = "decode_error"
    IMAGE_TOO_LARGE = "image_too_large"
    FORMAT_NOT_ALLOWED = "format_not_allowed"
    DECODER_CRASH = "decoder_crash"
    DECODE_TIMEOUT = "decode_timeout"
    TRUNCATED_MEMBER = "truncated_member"
    BAD_HEADER = "bad_header"
    NOT_A_TAR = "not_a_tar"
    COMPRESSED_LIMIT = "compressed_limit"
    TOO_LARGE = "too_large"
    SMUGGLED = "smuggled"
    INCOMPLETE_PAIR = "incomplete_pair"
    NOT_REGULAR = "not_regular"
    BAD_JSON = "bad_json"
    BAD_PARQUET = "bad_parquet"
    BAD_LINE = "bad_line"
    PATH_ESCAPE = "path_escape"
    MISSING_FILE = "missing_file"
    URL_REFUSED = "url_refused"
    ADDRESS_REFUSED = "address_refused"
    REDIRECT_REFUSED = "redirect_refused"
    ROBOTS_REFUSED = "robots_refused"
    OPTED_OUT = "opted_out"
    NO_ADDRESS = "no_address"
    FETCH_FAILED = "fetch_failed"
    FETCH_TIMEOUT = "fetch_timeout"
    HTTP_STATUS = "http_status"
    NOT_AN_IMAGE = "not_an_image"
    ANOTHER_IMAGE = "another_image"


class State(StrEnum):
    """State of one score. Only `OK` carries a value: a failure is never a low score."""

    OK = "ok"
    ABSTAINED = "abstained"
    NOT_ASKED = "not_asked"
    IMAGE_ERROR = "image_error"
    UNPARSABLE = "unparsable"
    OUT_OF_RANGE = "out_of_range"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    REQUEST_REJECTED = "request_rejected"


class Decision(StrEnum):
    """What became of a pair that is in the output."""

    KEPT = "kept"
    REWRITTEN = "rewritten"
    RECAPTIONED = "recaptioned"
    PASSED = "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One unit of work and of commit.

    `name` is the path below the source root with POSIX slashes ("00000.tar"), unique in a run; output files
    take their names from it. `path` is what to open (local path or fsspec URL). `size` in bytes and `tag`
    (mtime or etag, "" if unknown) tell whether it changed while it was read.
    """

    name: str
    path: str
    size: int
    tag: str = ""

    @property
    def stem(self) -> str:
        """Name without the suffixes of its form (``a.0001.tar.gz`` -> ``a.0001``), for side files."""
        return re.sub(r"(?<=[^/])\.[^./]+(\.(gz|bz2|xz|zst))?$", "", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Identity of an item: source, shard name, 0-based ordinal among the items of that shard. The key is a label."""

    source: str
    shard: str
    ordinal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A pair that cannot be in the output; goes to quarantine with its bytes.

    `start`/`stop` are byte offsets in the (decompressed) shard, -1 where the form has none. `raw` holds the bytes
    concerned, cut to the store's cap; `raw_size` their full length. `detail` <= 500 characters.
    """

    origin: Origin
    key: str
    reason: Reason
    detail: str
    start: int = -1
    stop: int = -1
    raw: bytes = b""
    raw_size: int = 0
    members: tuple[str, ...] = ()
    stage: str = "read"
    retryable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A byte range of a shard that belongs to no pair (damaged header, garbage between members)."""

    origin: Origin
    reason: Reason
    detail: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One image-text pair as found. `image` is the encoded file, never changed; `text` may hold lone surrogates
    (bytes that were not UTF-8 arrive by ``surrogateescape``). `fields` is the pair's metadata as found.

    `flags` are what the reader noticed ("duplicate_key", "recovered", ...). `payload` belongs to the store that
    read the pair (member spans, row number): nobody else looks inside.
    """

    origin: Origin
    key: str
    image: bytes
    image_name: str
    text: str
    fields: Mapping[str, Json] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    payload: object = None


Item: TypeAlias = Pair | Fault | Gap


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """A decoded image for models only: `rgb` is uint8, H x W x 3, upright, alpha over white, long side <= the size
    asked for. `width`/`height` are the full image's, upright. `flags`: "animated", "16bit", "tiny", "uniform", ...
    """

    rgb: NDArray[np.uint8]
    width: int
    height: int
    format: str
    mode: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFault:
    """An image that could not be decoded; becomes a `Fault` of its pair."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One step of a rewrite, explained: `before` at character `start` of the text it was applied to became `after`.

    `junk` says that what was removed was recognised as junk, so that numbers and names in it are not protected.
    """

    start: int
    before: str
    after: str
    why: str
    junk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One answer. `value` is on the criterion's scale and None unless `state` is OK; `confidence` in 0..1;
    `spread` is the standard deviation on the same scale (0 where the model gives none). `reason` is the model's own
    word on it, `blind` the value it gave without seeing the picture; "" and None if it was not asked.
    """

    criterion: str
    value: float | None
    confidence: float
    state: State = State.OK
    spread: float = 0.0
    reason: str = ""
    blind: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One claim of a caption, checked: `says` is the claim as a sentence, `kind` and `verdict` as `burnish.claims` has
    them. Characters `start` to `stop` (exclusive) of the text that was taken apart say it: the view of an original
    without orders to its reader, a rewrite as it is.
    """

    kind: str
    says: str
    verdict: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """One text of a pair with its role ("alt", "rewrite", "ssc", ...), its maker and the scores it was given; `claims`
    are what it says, checked piece by piece, () if nobody asked.
    """

    text: str
    role: str
    maker: str
    edits: tuple[Edit, ...] = ()
    scores: tuple[Score, ...] = ()
    verdict: str = ""
    claims: tuple[Finding, ...] = ()

    def score(self, criterion: str) -> Score | None:
        """The score for `criterion`, or None if it was never asked."""
        return next((s for s in self.scores if s.criterion == criterion), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    """A pair's way so far: changed only by ``dataclasses.replace``. ``captions[0]`` is always the original (role
    "alt"); `chosen` is the index of the caption to train on. `view` is the text a model may see (cleaned, cut).
    `evidence`: writing read in the picture, a line each; empty if nobody looked. `extra`: what the run asks beside
    scores ("blind", "explain"), whatever this pair got: the output's columns are the same for all. `entities`: names
    that the user's table knows, None if the run has no table.
    """

    pair: Pair
    picture: Picture
    view: str
    captions: tuple[Caption, ...]
    chosen: int = 0
    decision: Decision = Decision.PASSED
    reason: str = ""
    flags: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    entities: tuple[Entity, ...] | None = None

    @property
    def caption(self) -> Caption:
        """The chosen caption."""
        return self.captions[self.chosen]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssessRequest:
    """Ask for one criterion's score of `text` beside `picture`. `again`: `text` is no caption as found but a rewrite,
    whose scores are to be compared with the original's, or one claim of a caption, which a rewrite may have to mend:
    of two models the one that writes has to judge it. `blind`: the model must not see the picture, to show what the
    text alone makes it say.
    """

    picture: Picture
    text: str
    criterion: str
    again: bool = False
    blind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExplainRequest:
    """Ask why `text` beside `picture` got `value` on `criterion`; the reply is a `Draft` of a sentence or two."""

    picture: Picture
    text: str
    criterion: str
    value: float


LATER = "later"
"""Mark of a request's field that counts in the key of an answer only where it is given, with the version of what models
are told of it: answers to requests without it stay what they were."""


def _names() -> Any:
    """For each name that has to stand in the answer, the ways in which it may: as it stands in the pair first."""
    return field(default=(), metadata={LATER: "1"})  # changes with `burnish.chat.naming`


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much a rewrite may change: at most `max_changed` of the words that are no recognised junk (share, 0..1) and
    `max_inserted` new words.
    """

    max_changed: float
    max_inserted: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RewriteRequest:
    """Ask for a minimal rewrite of `text` under `budget`; `name` is the image's file name, from its url where members
    are numbered (evidence, not text). `variant` 0 is the model's surest answer; above, another one (a seed).
    `fuse`: the text may also take in what the picture shows, under the same budget. `evidence`: writing read in the
    picture, as untrusted as the text. `refuted`: the claims of `text` that the picture was found to refute; if there
    are any, only their words are to be mended.
    """

    picture: Picture
    text: str
    budget: Budget
    name: str = ""
    variant: int = 0
    fuse: bool = False
    evidence: tuple[str, ...] = ()
    refuted: tuple[Finding, ...] = ()
    names: tuple[tuple[str, ...], ...] = _names()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointRequest:
    """Ask for all scores and, if they are low, a rewrite of `text` in one answer, as AITQE's model gives it."""

    picture: Picture
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaptionRequest:
    """Ask for a new caption of `picture` in a format (a name of `burnish.formats`); the reply is a `Draft`.

    `text` is the pair's text where the format wants it seen, else "". `evidence`: what is known to be in the picture
    (writing read in it, objects found), as untrusted as the text. `wrong`: why the answer `last` broke the format's
    contract, in words for the model; "" at the first time. `variant` as in `RewriteRequest`. `version`: the format's
    digest, so that an answer to other words of the same name is not taken for this one's.
    """

    picture: Picture
    format: str
    version: str = ""
    text: str = ""
    evidence: tuple[str, ...] = ()
    wrong: str = ""
    last: str = ""
    variant: int = 0
    names: tuple[tuple[str, ...], ...] = _names()


Request: TypeAlias = AssessRequest | ExplainRequest | RewriteRequest | JointRequest | CaptionRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text that a model wrote: a caption, a reason, or a rewrite (equal to the input: nothing sure to improve)."""

    text: str
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A request that got no usable answer: a state of its own, never a value."""

    state: State
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JointReply:
    """Scores of all criteria, some perhaps without a value, and the rewrite if the model gave one."""

    scores: tuple[Score, ...]
    draft: Draft | None = None


Reply: TypeAlias = Score | Draft | JointReply | Failure
