"""Quality of the text alone: language, wording, noise."""

from burnish.criteria import Criterion, Example

CRITERION = Criterion(
    name="text_quality",
    question="How well is the text written, judged without the image?",
    anchors=(
        "not language: file names, codes, tag lists, broken encoding",
        "hardly readable: mostly boilerplate, spam or fragments",
        "readable with noise: junk parts, wrong case, repetitions",
        "clear with small flaws",
        "clear, correct, free of noise",
    ),
    examples=(
        Example(text="final_img-93.png", mark=1, why="a file name"),
        Example(text="red tulips RED TULIPS", mark=3, why="readable, but repeated"),
    ),
    needs_image=False,
    source="arXiv 2410.16166 (Text Quality); arXiv 2403.02677 (Caption Text Quality)",
)
