"""Dense synthetic caption: more than 100 tokens, everything that can be seen (arXiv 2410.02740, DSC+).

The paper gives no upper end; 200 is ours, so that a model that does not stop is noticed.
"""

from burnish.formats import Format

FORMAT = Format(
    name="dsc+",
    source="arXiv 2410.02740",
    instruction=(
        "Describe the image completely, from the most important to the least: every thing with its number, colour, "
        "material, size and position, how the things stand to each other, what happens, writing letter by letter, "
        "background, light and style. Say only what is clearly visible, each thing once; no guesses about feelings, "
        "causes or purposes."
    ),
    min_tokens=101,
    max_tokens=200,
    min_sentences=3,
    max_sentences=16,
    examples=(
        (
            "A brown dog with a white muzzle sleeps curled up on the left half of a red leather sofa, its nose "
            "tucked under its tail. A folded grey wool blanket lies beside it, and on the armrest stands a half-full "
            "glass of water. In front of the sofa is a low wooden table with three magazines and a pair of "
            "round glasses on them. Through the wide window behind the sofa a snowy garden can be seen, with two "
            "bare trees, a green bench and a wooden bird house. On the wall to the right hangs a small framed "
            "drawing of a sailing boat. Soft daylight falls from the window and leaves the right corner of the "
            "room in shadow."
        ),
    ),
)
