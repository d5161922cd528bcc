"""The dataset card of an output: README.md, by which loaders find the pairs and people learn what was done to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Final

from burnish.storage.folder import SourceFolder
from burnish.storage.layout import CARD, IMAGE_FOLDER_METADATA
from burnish.storage.places import Place, locate
from burnish.storage.sources import pieces, search_root
from burnish.storage.stopping import stopping
from burnish.values import Json

MAX_BYTES: Final = 1 << 20
"""A longer README of the source is not carried over."""

_SIZES: Final = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
)
_SPLITS: Final = {
    "train": "train",
    "validation": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
}
_CARRIED: Final = ("license", "license_name", "license_link", "language", "pretty_name", "annotations_creators")
_FRONT: Final = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?\n?", re.DOTALL | re.MULTILINE)
_BLOCK: Final = re.compile(r"^([a-z_]+):([^\n]*(?:\n(?:[ \t]+|-[ \t])[^\n]*)*)\n", re.MULTILINE)
# Plain scalars and lists of them: nothing of YAML that could mean more than it shows.
_HARMLESS: Final = re.compile(r"[^&*!|>{}%@`]*")

_FIELDS: Final = (
    ("the text (`.txt`, the text column)", "the chosen caption: the original, or a rewrite that was verified"),
    ("`caption_original`", "the text as it was found; bytes that are not UTF-8 show as U+FFFD"),
    ("`caption_original_raw`", "base64 of the original bytes where `caption_original` had to replace some, else empty"),
    ("`burnish_captions`", "every caption with `role`, `text`, `maker`, `verdict` and `overall` score (-1.0: none)"),
    ("`burnish_decision`", "`kept`, `rewritten`, `recaptioned` or `passed` (could not be judged, left as it was)"),
    ("`burnish_reason`", "why, in a word"),
    ("`burnish_flags`", "what was noticed about image or text, separated by spaces"),
    ("`burnish_edits`", "the steps from the original to the chosen caption, as JSON: start, before, after, why"),
    ("`burnish_text_in_image`", "writing read in the image, a line each; empty if nobody looked"),
    ("`burnish_score_*`", "score of the chosen caption by criterion, 1 to 5; -1.0 where there is none"),
    ("`burnish_confidence_*`", "how sure the model is of that score, 0 to 1"),
    ("`burnish_spread_*`", "standard deviation of that score over the model's answers; 0 where it gives none"),
    ("`burnish_state_*`", "`ok`, or why there is no score: a failure is never a low score"),
    ("`burnish_reason_*`", "if asked for: why the caption has that score, in the model's words"),
    ("`burnish_blind_*`", "if asked for: the score without the image; -1.0 where there is none"),
)

_ASSESSED: Final = (
    "# Image-text pairs, assessed and repaired",
    "",
    "Made with burnish: every pair was assessed; poor texts were rewritten as little as possible, and only where",
    "a second look confirmed it.",
)
_RECAPTIONED: Final = (
    "# Image-text pairs with further captions",
    "",
    "Made with burnish: new captions stand beside the texts, each held to the length and form that it was asked in.",
)


def card(summary: Mapping[str, Json], shards: Sequence[str] = (), readme: str = "") -> str:
    """The card as Markdown with a YAML head; the same for the same arguments.

    `summary` is `Summary.lasting`, `shards` the names of the output's shards (they decide what loaders are told to
    read), `readme` the source's own card: its licence and languages are carried over, its text follows ours.
    """
    head, body = _split(readme)
    parts = ["---", *_front(summary, shards, head), "---", "", *_text(summary)]
    if body.strip():
        parts += ["", "# Card of the source", "", body.strip()]
    return "\n".join(parts) + "\n"


def source_readme(source: str) -> str:
    """The README.md in the folder of `source`; "" if there is none, or it is too long or not UTF-8."""
    folder = SourceFolder(place=_folder(pieces(source)[0]))
    with (
        stopping("read", f"{folder.place.shown}/{CARD}"),
        suppress(FileNotFoundError, NotADirectoryError, UnicodeDecodeError),
    ):
        if folder.size(CARD) <= MAX_BYTES:
            return folder.read(CARD).decode()
    return ""


def _folder(piece: str) -> Place:
    """The folder that `piece` is, lies in, or (a glob) is looked for in."""
    place, is_folder = search_root(piece)
    named = place.path == locate(piece).path
    is_file = named and not is_folder if place.fs is None else place.fs.isfile(place.path)
    if not is_file:
        return place
    parent = place.path.rpartition("/")[0] or ("/" if place.path.startswith("/") else ".")
    return Place(fs=place.fs, path=parent, url=parent)


def _split(readme: str) -> tuple[dict[str, str], str]:
    """The harmless entries of a card's head, each as it was written, and the text below the head."""
    match = _FRONT.match(readme)
    if match is None:
        return {}, readme
    blocks = {name: value for name, value in _BLOCK.findall(match[1]) if _HARMLESS.fullmatch(value)}
    return {name: blocks[name] for name in _CARRIED if name in blocks}, readme[match.end() :]


def _front(summary: Mapping[str, Json], shards: Sequence[str], head: Mapping[str, str]) -> Iterator[str]:
    carried = dict(head)
    yield f"license:{carried.pop('license', ' other')}"
    if "license" not in head and "license_name" not in head:
        yield "license_name: unknown"
    for name, value in carried.items():
        yield f"{name}:{value}"
    yield "task_categories:"
    yield "- image-to-text"
    yield "size_categories:"
    yield f"- {_size(_counts(summary)['written'])}"
    yield "tags:"
    yield "- image"
    yield "- text"
    yield "- burnish"
    yield from _configs(shards)


def _configs(shards: Sequence[str]) -> Iterator[str]:
    """What to load. Image folders need no word, `datasets` knows them; for all others the files are named, because a
    folder of tars with img2dataset's tables beside them would load as the tables.
    """
    patterns = sorted({_pattern(name) for name in shards if not _is_image_folder(name)})
    if not patterns:
        return
    splits: dict[str, list[str]] = {}
    named = all(_split_name(pattern) for pattern in patterns)
    for pattern in patterns:
        splits.setdefault(_split_name(pattern) if named else "train", []).append(pattern)
    yield "configs:"
    yield "- config_name: default"
    yield "  data_files:"
    for split in sorted(splits, key=["train", "validation", "test"].index):
        yield f"  - split: {split}"
        yield "    path:"
        yield from (f'    - "{pattern}"' for pattern in splits[split])


def _pattern(name: str) -> str:
    """The glob for the shards beside `name` that end like it, with what a glob or YAML could misread made safe."""
    path = PurePosixPath(name)
    folder = re.sub(r'[\[\]*?"\\]', "?", str(path.parent)) + "/" if "/" in name else ""
    ending = "." + path.name.split(".", 1)[1] if re.search(r"\.(tar\.\w+)$", path.name) else path.suffix
    return f"{folder}*{ending}"


def _split_name(pattern: str) -> str:
    return _SPLITS.get(pattern.split("/", 1)[0].lower(), "")


def _is_image_folder(name: str) -> bool:
    return PurePosixPath(name).name in IMAGE_FOLDER_METADATA


def _size(pairs: int) -> str:
    return next((label for limit, label in _SIZES if pairs < limit), "n>1B")


def _counts(summary: Mapping[str, Json]) -> dict[str, int]:
    given = summary.get("counts")
    counts = {str(k): v for k, v in given.items() if isinstance(v, int)} if isinstance(given, Mapping) else {}
    fates = {name: counts.get(name, 0) for name in ("kept", "rewritten", "recaptioned", "passed")}
    rest = {name: counts.get(name, 0) for name in ("quarantined", "gaps", "total")}
    return {**fates, **rest, "written": sum(fates.values())}


def _text(summary: Mapping[str, Json]) -> Iterator[str]:
    counts = _counts(summary)
    plan = summary.get("plan")
    plan = plan if isinstance(plan, Mapping) else {}
    captioned = "captions" in summary
    yield from _RECAPTIONED if captioned else _ASSESSED
    yield "The images are the input's, to the byte; no pair was dropped for a score."
    yield ""
    yield f"- Model: `{code(summary.get('backend'))}`"
    yield f"- Recipe: `{code(summary.get('recipe'))}`"
    yield from _captions(summary, plan) if captioned else _rewrites(plan)
    yield ""
    yield "| what became of the pairs | number | share |"
    yield "|---|---:|---:|"
    for name in ("kept", "rewritten", "recaptioned", "passed", "quarantined"):
        yield f"| {name} | {counts[name]:,} | {_share(counts[name], counts['total'])} |"
    yield ""
    yield (
        f"In {counts['total']:,} = out {counts['written']:,} + quarantined {counts['quarantined']:,}"
        f" + gaps {counts['gaps']:,}."
    )
    yield "Quarantined are pairs without a usable image and rows or members that could not be read: kept with their"
    yield "reasons in `.burnish/quarantine`."
    yield from _reasons(summary)
    yield ""
    yield "| field | meaning |"
    yield "|---|---|"
    yield from (f"| {name} | {meaning} |" for name, meaning in _FIELDS)


def _rewrites(plan: Mapping[str, Json]) -> Iterator[str]:
    yield f"- Rewritten below an overall score of {plan.get('rewrite.below', 'unknown')} (scale 1 to 5)"
    yield f"- Accepted with a gain of at least {plan.get('rewrite.min_gain', 'unknown')}"


def _captions(summary: Mapping[str, Json], plan: Mapping[str, Json]) -> Iterator[str]:
    """What became of new captions, by format."""
    tokenizer = PurePosixPath(str(plan.get("recaption.tokenizer"))).name
    yield f"- Formats: `{code(plan.get('recaption.formats'))}`, lengths in tokens of `{code(tokenizer)}`"
    text = plan.get("recaption.text")
    yield f"- The text is {f'the caption in the format `{code(text)}` where there is one' if text else 'as it was'}"
    yield ""
    yield "| format | written | at the second try | cut at a sentence | below the floor | not written |"
    yield "|---|---:|---:|---:|---:|---:|"
    by_format = summary["captions"]
    for role, each in by_format.items() if isinstance(by_format, Mapping) else ():
        got = {str(what): n for what, n in each.items() if isinstance(n, int)} if isinstance(each, Mapping) else {}
        shown = [got.get(what, 0) for what in ("written", "reasked", "trimmed", "low")]
        missed = sum(n for what, n in got.items() if what.startswith("no:"))
        yield f"| {code(role)} | {' | '.join(f'{n:,}' for n in (*shown, missed))} |"


def _reasons(summary: Mapping[str, Json]) -> Iterator[str]:
    reasons = summary.get("reasons")
    if isinstance(reasons, Mapping) and reasons:
        yield ""
        yield "| reason (passed and quarantined) | number |"
        yield "|---|---:|"
        yield from (f"| `{code(reason)}` | {number:,} |" for reason, number in sorted(reasons.items()))


def _share(part: int, total: int) -> str:
    return f"{part / total:.1%}" if total else "0.0%"


def code(value: Json) -> str:
    """`value` as it may stand inside a code span of a table cell, whatever it holds."""
    return " ".join(str(value).replace("`", "'").replace("|", "/").split())
