"""Any source that burnish reads: pairs:SRC. Each picture with its text; or with its class, the value of a field.

Options: `field`, the one that holds the class; `templates`, a file of them. Classes are all values that the field has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from burnish.errors import UsageError
from burnish.evals.cases import TEMPLATES, Classes, Labelled, Missing, Texts, Told, needs_source, only, templates_of
from burnish.evals.cases._reading import items, pictured
from burnish.evals.scenarios import Given
from burnish.values import Item, Pair

NAME = "pairs"


class Pairs:
    """See the module."""

    def classes(self, given: Given, options: Mapping[str, str]) -> Classes:
        """Reads the source twice: for the classes that there are, and for the pictures."""
        only(options, ("field", "templates"), NAME)
        source, field = needs_source(NAME, given), options.get("field", "")
        if not field:
            raise UsageError("which field holds the class?\nExample: --set scenario.field=label")
        values = sorted({value for item in items(source, given.limit) if (value := _class(item, field))})
        if len(values) < 2:
            raise UsageError(
                f"{source}: the field {field!r} has {len(values)} different values; classes are two or more."
            )
        missing = Missing()
        path = options.get("templates", "")
        return Classes(
            names=tuple(values),
            templates=templates_of(path) if path else TEMPLATES,
            cases=_labelled(given, {value: at for at, value in enumerate(values)}, field, missing),
            missing=missing,
        )

    def texts(self, given: Given, options: Mapping[str, str]) -> Texts:
        """A pair without a text is missing."""
        only(options, (), NAME)
        missing = Missing()
        return Texts(cases=_told(needs_source(NAME, given), given, missing), missing=missing)


def _class(item: Item, field: str) -> str:
    value = item.fields.get(field) if isinstance(item, Pair) else None
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _labelled(given: Given, numbers: Mapping[str, int], field: str, missing: Missing) -> Iterator[Labelled]:
    for pair, picture in pictured(items(given.source, given.limit), given.side_px, missing):
        if label := _class(pair, field):
            yield Labelled(key=pair.key, group=pair.key, picture=picture, label=numbers[label])
        else:
            missing.count += 1


def _told(source: str, given: Given, missing: Missing) -> Iterator[Told]:
    for pair, picture in pictured(items(source, given.limit), given.side_px, missing):
        if text := pair.text.strip():
            yield Told(key=pair.key, picture=picture, texts=(text,))
        else:
            missing.count += 1


CASES = Pairs()
