"""Descriptive synthetic caption: 40-60 tokens, inside CLIP's window of 77 (arXiv 2410.02740, DSC)."""

from burnish.formats import Format

FORMAT = Format(
    name="dsc",
    source="arXiv 2410.02740",
    instruction=(
        "Describe the image so that somebody who cannot see it could draw it: the main things with their number, "
        "colour and position, what happens, and what is behind. Say only what is clearly visible; no guesses about "
        "feelings, causes or purposes."
    ),
    min_tokens=40,
    max_tokens=60,
    min_sentences=1,
    max_sentences=4,
    examples=(
        (
            "A brown dog with a white muzzle sleeps curled up on a red leather sofa. A folded grey blanket lies "
            "beside it, and through the window behind the sofa a snowy garden with two bare trees can be seen."
        ),
    ),
)
