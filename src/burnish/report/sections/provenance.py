"""What made the output: model, recipe, versions and every setting that could change a byte. No host, no key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from burnish.plan import Plan
from burnish.report.sections import Section
from burnish.values import Json


class Provenance(Section):
    """See the module."""

    title = "What made it"
    order = 100

    def figures(self) -> Mapping[str, Json]:
        """The stored plan."""
        return dict(self.run.stored)

    def lines(self) -> Iterator[str]:
        """Model, recipe, version."""
        from burnish.texts import terminal

        asked = self.run.asked
        yield "  " + terminal(
            f"model {self.run.model}, recipe {asked.get('recipe')}, burnish {self.run.stored.get('burnish')}", 76
        )

    def view(self) -> Mapping[str, Any]:
        """What was set otherwise than by default, and all of it."""
        usual = Plan(source="").semantic()
        asked = self.run.asked
        return {
            "model": self.run.model,
            "version": str(self.run.stored.get("burnish", "")),
            "recipe": str(asked.get("recipe")),
            "source": str(asked.get("source")),
            "shards": self.run.shards,
            "set": [(k, _said(v)) for k, v in sorted(asked.items()) if usual.get(k) != v and k not in _TOLD],
            "all": [(key, _said(value)) for key, value in sorted(asked.items())],
            "more": [
                (k, _said(v)) for k, v in sorted(self.run.stored.items()) if k not in {"plan", "model", "burnish"}
            ],
        }


_TOLD = frozenset({"source", "recipe"})


def _said(value: Json) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


SECTION = Provenance
