"""The built-in model's figures as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CANNOT = (
    "It cannot tell fine differences (breed, count, who, relation, most colours), understand scenes or read charts, "
    "write new captions, or judge text that may not be English, unless a sign that needs no language says that it is "
    "junk (a file name, a code, markup, broken letters, an address, keys hit at random). It does not name what neither "
    "ImageNet nor clip art shows. Near texts (`auc_hard`, `pair_hard`) it tells apart little better than chance. The "
    "figures it takes of a text were chosen with all ten corruptions in mind, so the left-out rows flatter it: bad "
    "text of a sort nobody thought of is not reliably caught. The list of good and bad captions was written by the "
    "authors of the training phrases, before them; the held half was looked at as a count, once while the confidence "
    "from which text may be called bad was set. Which clues tell English was chosen after a look at stamp captions "
    "that were taken for foreign ones, so p(English) is no untouched measurement there. On the stamps it is surer "
    "of itself than it is right (`ece`). No person and no larger model judged any of these pairs, so nothing here "
    "claims agreement with either."
)


def page(figures: Mapping[str, Any]) -> str:
    """Markdown: one table per subset, means over seeds with the range."""
    lines = [
        "# Built-in model",
        "",
        f"Command: `{figures['command']}`.",
        f"Seeds {figures['seeds']}; weights {figures['weights'][:12]},",
        f"{figures['weights_bytes'] / 1e6:.1f} MB; trained on {figures['train_pictures_used']} pictures.",
        f"Split (pictures): {figures['split']}. n by subset: {figures['n']}.",
        "",
        *(f"- {part}: weights {how['weights'][:12]}, machine {how['machine']}"
          for part, how in figures["measured"].items()),
        "",
        "Held out by text and by look (no test picture has a feature cosine above 0.9 to a train picture). Clip-art",
        "captions are the cleaned title, or the file name where the title names a collection. Random negatives: 8 a",
        "picture; hard: the 3 nearest texts below cosine 0.9, some of them true synonyms. The stamps are of another",
        "domain and took no part in training or calibration.",
        "",
        CANNOT,
        "",
    ]  # fmt: skip
    for name, measures in figures["results"].items():
        lines += [f"## {name}", "", "| measure | mean | range over seeds |", "|---|---|---|"]
        lines += [f"| {key} | {value['mean']:.3f} | {value['low']:.3f} to {value['high']:.3f} |"
                  for key, value in measures.items()]  # fmt: skip
        lines.append("")
    lines += ["## speed", "", "| figure | value |", "|---|---|"]
    lines += [f"| {key} | {value} |" for key, value in figures["speed"].items()]
    return "\n".join(lines) + "\n"
