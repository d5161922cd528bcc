"""How much right detail about the objects the text gives."""

from burnish.criteria import Criterion, Example

CRITERION = Criterion(
    name="object_detail",
    question="Does the text give correct details of the objects: colour, size, position, shape, material, number?",
    anchors=(
        "no object is described",
        "objects are named only",
        "one correct detail",
        "several correct details",
        "the important objects are all described correctly",
    ),
    examples=(
        Example(text="a bicycle", mark=2, why="named only"),
        Example(text="blue bicycle with a basket", image="exactly that", mark=4, why="right colour and part"),
    ),
    source="arXiv 2410.16166 (Object Detail); arXiv 2403.02677 (ODF)",
)
