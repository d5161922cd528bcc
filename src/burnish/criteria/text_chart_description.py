"""Whether text or charts in the image are rendered by the caption."""

from burnish.criteria import Criterion

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
    source="arXiv 2410.16166 (Text/Chart Description)",
)
