"""Knowledge in the text that cannot be seen in the image."""

from burnish.criteria import Criterion, Example

CRITERION = Criterion(
    name="semantic_understanding",
    question="Does the text add knowledge that fits the image but is not visible: names, places, roles, relations?",
    anchors=(
        "nothing beyond or a wrong addition",
        "a vague addition",
        "one plausible addition",
        "several plausible additions",
        "rich, specific and consistent with the image",
    ),
    examples=(
        Example(text="a stone bridge", mark=1, why="only what can be seen"),
        Example(text="Charles Bridge, Prague", image="that bridge", mark=4, why="name and place fit"),
    ),
    source="arXiv 2410.16166 (Semantic Understanding); arXiv 2403.02677 (SU)",
)
