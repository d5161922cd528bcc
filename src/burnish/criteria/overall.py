"""Overall quality of the pair as training data; decides whether the caption is rewritten."""

from burnish.criteria import Criterion, Example

CRITERION = Criterion(
    name="overall",
    question="How good is this text as a training caption for this image, all in all?",
    anchors=(
        "useless: junk, or about something else",
        "poor: mostly noise or mostly wrong, little to learn from",
        "usable: right in the main, with noise or gaps",
        "good: right, readable, only small flaws",
        "very good: right, clean and informative",
    ),
    examples=(
        Example(text="DSC_0417.JPG", mark=1, why="teaches nothing"),
        Example(text="Grey heron! Free delivery", image="a heron", mark=3, why="right, half of it noise"),
    ),
    source="arXiv 2410.16166, released answer format: Overall Score",
)
