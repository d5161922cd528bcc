"""Which fields of a row hold the image's file name, the text and the key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from burnish.errors import UsageError
from burnish.stores._options import FILE_NAMES, KEY_NAMES, TEXT_NAMES, first_of, not_found
from burnish.values import Json

_SUFFIX: Final = "_file_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Field names. `key` is "" where the image's name is the key. `folder` follows the rules of image folders."""

    image: str
    text: str
    key: str
    folder: bool = False

    def names(self, row: Mapping[str, Json]) -> list[str]:
        """The image files a row names, the one to look at first."""
        found = list(_names(row.get(self.image)))
        if self.folder:
            found += [n for field, value in row.items() if _is_further(field, self.image) for n in _names(value)]
        return list(dict.fromkeys(found))


def text_of(value: Json) -> str | None:
    """The text that a field holds, "" for null; a number is read as it is written. None for a list or a struct: taken
    for an empty text, it would be written over.
    """
    if isinstance(value, (list, dict)):
        return None
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def not_a_text(name: str, value: Json) -> str:
    """What is wrong with a row whose text has no `text_of`."""
    return f"field {name!r} holds a {'list' if isinstance(value, list) else 'struct'}, not a text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """All fields of the first sound rows in order of appearance, and those that hold a text in any of them."""

    names: list[str]
    texts: list[str]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Json]]) -> Fields:
        """The fields of `rows`."""
        fields: dict[str, bool] = {}
        for row in rows:
            for name, value in row.items():
                fields[name] = fields.get(name, False) or isinstance(value, str)
        return cls(names=list(fields), texts=[name for name, is_text in fields.items() if is_text])


def jsonl_rules(found: Fields, options: Mapping[str, str], where: str) -> Rules:
    """Guessed from the first rows where `options` do not say. Raises `UsageError` that lists the fields found."""
    fields, texts = found.names, found.texts
    if not {"conversations", "messages"}.isdisjoint(fields) and first_of(TEXT_NAMES, texts) is None:
        raise UsageError(
            f"{where} holds conversations, not captions; burnish does not read them.\n"
            "Give it rows with one text for one image, such as the captions they were made from."
        )
    image = options.get("image_column") or first_of(FILE_NAMES, fields)
    if image is None and fields:
        raise not_found(where, "which field names the image file?", "image_column", fields)
    text = options.get("text_column") or first_of([n for n in TEXT_NAMES if n != image], texts)
    if text is None and fields:
        raise not_found(where, "which field holds the text?", "text_column", fields)
    return Rules(
        image=image or FILE_NAMES[0],
        text=text or TEXT_NAMES[0],
        key=options.get("key_column") or first_of(KEY_NAMES, fields) or "",
    )


def folder_rules(found: Fields, options: Mapping[str, str], where: str) -> Rules:
    """By the rules of image folders: ``file_name`` or the first ``*_file_name``; ``text``, then ``caption`` and others.
    Without any of them ``text`` is made. Raises `UsageError`.
    """
    fields, texts = found.names, found.texts
    further = next((field for field in fields if field.endswith(_SUFFIX)), "file_name")
    image = "file_name" if "file_name" in fields else further
    if fields and image not in fields:
        raise UsageError(f"{where}: no row has a field 'file_name'.\nIt has: {', '.join(fields[:20])}")
    text = options.get("text_column") or first_of(("text", *TEXT_NAMES), texts) or "text"
    return Rules(image=image, text=text, key="", folder=True)


def _is_further(field: str, image: str) -> bool:
    return field != image and (field == "file_name" or field.endswith((_SUFFIX, "_file_names")))


def _names(value: Json) -> Iterator[str]:
    """File names in a field: a string, a list of them, or the struct that `datasets` writes."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, list):
        for entry in value:
            yield from _names(entry) if not isinstance(entry, list) else ()
    elif isinstance(value, dict) and isinstance(value.get("path"), str):
        yield from _names(value["path"])
