"""AltText fusion caption: what the image shows together with what its text knows (arXiv 2410.02740, AFC).

The paper fuses the text into its descriptive caption. Here the model also has to say which facts of the text the image
refutes, and all others must survive. 75 tokens are what CLIP's window of 77 holds beside its two marks.
"""

from burnish.formats import Format

FORMAT = Format(
    name="afc",
    source="arXiv 2410.02740",
    instruction=(
        "Describe what the image shows and weave in what CAPTION knows beyond it: names, places, dates, numbers and "
        "quotations, each where it belongs, spelt as in CAPTION. Leave out advertising, file names and whatever else "
        "is not about the image. Where the image and CAPTION contradict each other, the image is right."
    ),
    min_tokens=30,
    max_tokens=75,
    max_sentences=4,
    sees_text=True,
    examples=(
        (
            "Rex, a brown dog with a white muzzle, sleeps curled up on a red leather sofa in Oslo in January "
            "2019, with a folded grey blanket beside him and a snowy garden behind the window."
        ),
    ),
)
