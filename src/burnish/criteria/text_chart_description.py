"""Whether text or charts in the image are rendered by the caption."""

from burnish.criteria import Criterion, Example

CRITERION = Criterion(
    name="text_chart_description",
    question="If the image holds writing or a chart, does the text say what it says?",
    anchors=(
        "the writing or chart is ignored or contradicted",
        "its presence is mentioned only",
        "part of its content is given",
        "most of its content is given",
        "its content is given completely and correctly",
    ),
    examples=(
        Example(text="a road sign", image="a sign reading EXIT 9", mark=1, why="its words are passed over"),
        Example(text="sign for exit 9", image="the same sign", mark=5, why="its words are given"),
    ),
    source="arXiv 2410.16166 (Text/Chart Description)",
)
