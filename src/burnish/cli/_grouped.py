"""Plain help in sections: options that belong together stand together, under the panel each of them names."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from typer.core import TyperCommand

_FIRST = ("Arguments", "Options")


class GroupedCommand(TyperCommand):
    """A command whose help shows its options by `rich_help_panel`, those without one first."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write one section for arguments, one for options without a panel, one for each panel as they come."""
        told = [(_section(param), param.get_help_record(ctx)) for param in self.get_params(ctx)]
        sections = list(dict.fromkeys((*_FIRST, *(section for section, _ in told))))
        ordered = sorted(told, key=lambda entry: sections.index(entry[0]))
        for section, entries in groupby(ordered, key=lambda entry: entry[0]):
            with formatter.section(section):
                formatter.write_dl([record for _, record in entries if record is not None])


def _section(param: Any) -> str:
    arguments, options = _FIRST
    if param.param_type_name == "argument":
        return arguments
    return getattr(param, "rich_help_panel", None) or options
