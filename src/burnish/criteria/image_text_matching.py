"""Whether the text is about what the image shows."""

from burnish.criteria import Criterion, Example

CRITERION = Criterion(
    name="image_text_matching",
    question="Does the text name the main subject and theme of the image?",
    anchors=(
        "about something else",
        "a loose link only",
        "the theme fits, the main subject is missing or doubtful",
        "the main subject is named, something is off",
        "the main subject and theme are named, nothing contradicts the image",
    ),
    examples=(
        Example(text="ferry in a harbour", image="a cornfield", mark=1, why="another subject"),
        Example(text="two terriers", image="one terrier", mark=4, why="right subject, wrong number"),
    ),
    source="arXiv 2410.16166 (Image-Text Matching); arXiv 2403.02677 (ITM)",
)
