"""Short synthetic caption: one plain sentence of 10-15 tokens (arXiv 2410.02740, SSC)."""

from burnish.formats import Format

FORMAT = Format(
    name="ssc",
    source="arXiv 2410.02740",
    instruction=(
        "Say in one short sentence what the image shows: the main thing, what it does or where it is. Leave out "
        "everything that one would not mention at a first glance."
    ),
    min_tokens=10,
    max_tokens=15,
    full_stop=False,
    examples=(
        "A brown dog sleeps on a red sofa beside a window.",
        "Two cyclists ride along a river path on a foggy morning",
    ),
)
