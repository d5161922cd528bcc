"""Whether the text is about what the image shows."""

from burnish.criteria import Criterion

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
    source="arXiv 2410.16166 (Image-Text Matching); arXiv 2403.02677 (ITM)",
)
