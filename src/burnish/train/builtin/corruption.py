"""Ways in which captions go bad, made from good ones: raw material for the text-quality head.

Ten kinds; the head is judged on each kind while it is left out of training.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

Corrupt = Callable[[str, random.Random], str]

_SPAM = (
    "buy {0} cheap {0} online", "{0} {0} {0} best price",
    "{0}, {0} hd, {0} wallpaper, {0} free download",
    "FREE {0} vector | royalty free {0} | stock {0}", "{0} sale - 50% off! order now",
    "best {0} 2019 top 10 {0} reviews", "{0} {0}s cheap {0}s for sale", "{0} for men {0} for women {0} ideas",
    "{1} {0}, {0} {1}, best {0}, {0} shop", "discount {0} free shipping {0} store", "cheap {0} deals {0} coupon code",
    "{0} images {0} pictures {0} photos {0} clipart", "buy {0} online no fee best {1} offers",
    "{0} near me {0} cost {0} price",
)  # fmt: skip
_BOILERPLATE = (
    "Clipart by Nobody Known - {0}", "{0} - part of the Big Icon Collection (Mon Mar 3 2003)",
    "Image of {0}. All rights reserved.", "{0} | MySite.com - Home", "Click here to enlarge: {0}",
    "Photo by J. Doe/{0}",
    "{0} (c) 2011 courtesy of the author", "Untitled",
    "default image", "collection of various pictures", "img alt text", "Home > Shop > {0}", "{0} - Wikimedia Commons",
    "Posted by admin in {0} | 3 Comments", "Image may contain: {0}", "Download {0} (PNG, 12 KB)", "View larger image",
    "{0} - Free Clip Art", "Skip to content", "Sign in to see {0}", "Subscribe to our newsletter", "No photo available",
    "Menu | Search | {0}", "Copyright {0} Ltd. 2009", "Next page", "Continue reading {0}", "photo credit: {0}",
    "Tags: {0}, misc", "Like and share", "Image placeholder", "this is the alt text", "New document 1",
    "Powered by {0}",
)  # fmt: skip
_TAGS = ("<b>{0}</b>", "<p>{0}</p>", "<div>{0}", "{0}<br />", "&lt;p&gt;{0}&lt;/p&gt;", '<a href="#">{0}</a>',
         "{0} &amp;nbsp;", '<span class="x">{0}</span>', "&amp;quot;{0}&amp;quot;", '<img src="{0}" />',
         "&nbsp;&nbsp;{0}", "[img]{0}[/img]", '{0} width="200" height=',
         "<h1>{0}", "{0} &raquo; &laquo;")  # fmt: skip
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEEDS_MORE = ("of", "the", "a", "and", "with", "in", "on", "for", "to", "by", "is", "from")


def file_name(text: str, rng: random.Random) -> str:
    """`red_car_03.jpg`, `DSC00123.JPG` and their kin."""
    words = text.lower().split() or ["image"]
    link = rng.choice("_-+.")
    stem = link.join(words[:5])
    number = rng.choice(("", f"_{rng.randrange(100):02d}", f"-{rng.randrange(10000)}", f"({rng.randrange(9)})"))
    camera = f"{rng.choice(('IMG', 'DSC', 'DSCN', 'P', 'image', 'pic'))}_{rng.randrange(10000):04d}"
    ending = rng.choice((".jpg", ".png", ".gif", ".jpeg", ".svg", ".JPG", "", "_thumb", "-300x200", "_final"))
    body = camera if rng.random() < 0.25 else stem + number
    # "red-eye" alone is a word, "red_eye" and "red-eye-4" are not
    return body if ending == "" and ("_" in body or body.count("-") > 1) else body + (ending or ".jpg")


def seo_spam(text: str, rng: random.Random) -> str:
    """Words of trade and repetition around the name."""
    return rng.choice(_SPAM).format(text.strip(" ."), rng.choice(("cheap", "new", "best", "free", "hd", "top")))


def truncation(text: str, rng: random.Random) -> str:
    """Cut where more must follow: after a link word or within a word."""
    words = text.strip(" .").split()
    if rng.random() < 0.5 and len(words[-1]) > 4:
        words[-1] = words[-1][: rng.randrange(2, len(words[-1]) - 1)]
        return " ".join(words) + rng.choice(("", "", "...", "-"))
    keep = rng.randrange(1, len(words) + 1)
    return " ".join(words[:keep]) + " " + rng.choice(_NEEDS_MORE)


def shuffled(text: str, rng: random.Random) -> str:
    """The same words in another order; two words at least change places."""
    words = text.strip(" .").split()
    mixed = words[:]
    for _ in range(8):
        rng.shuffle(mixed)
        if mixed != words:
            break
    return " ".join(mixed)


def boilerplate(text: str, rng: random.Random) -> str:
    """What a site or a collection says under every picture."""
    return rng.choice(_BOILERPLATE).format(text.strip(" ."))


def encoding_damage(text: str, rng: random.Random) -> str:
    """UTF-8 read as Latin-1, escapes, replacement characters."""
    words = text.strip(" .").split()
    place = rng.randrange(len(words))
    damages = (
        rng.choice(("é", "ü", "’", "–", "ñ", "ö", "я", "日")).encode().decode("cp1252", "replace"),
        "\ufffd", "&amp;amp;", "%20", "&amp;#39;s", "\\u00e9", "&#8217;",
    )  # fmt: skip
    cut = rng.randrange(len(words[place]) + 1)
    words[place] = words[place][:cut] + rng.choice(damages) + words[place][cut:]
    return " ".join(words)


def markup(text: str, rng: random.Random) -> str:
    """Tags and references of HTML around or behind the words."""
    return rng.choice(_TAGS).format(text)


def mash(text: str, rng: random.Random) -> str:
    """Keys hit at random, as long as the given text's first words."""
    made = []
    for word in text.split()[: rng.randrange(1, 4)]:
        row = rng.choice(_ROWS)
        start = rng.randrange(len(row) - 3)
        drawn = "".join(rng.choice("sdfghjkl" if rng.random() < 0.8 else "weruioxcvbnm") for _ in range(len(word) + 3))
        made.append(rng.choice((row[start : start + len(word) + 3], drawn, drawn, row[start : start + 3] * 2)))
    return " ".join(made)


def code(_text: str, rng: random.Random) -> str:
    """A hash, an identifier, a key: no words at all."""
    digits = "".join(rng.choice("0123456789abcdef") for _ in range(40))
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
    mixed = "".join(rng.choice(letters) for _ in range(rng.randrange(8, 24)))
    uuid = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
    return rng.choice((digits[: rng.choice((12, 16, 32, 40))], uuid, mixed, mixed.upper(), f"0x{digits[:8]}"))


def catalogue_number(text: str, rng: random.Random) -> str:
    """Article numbers, dates and codes."""
    letters = "".join(rng.choice("ABCDEFGHKLMNPRSTX") for _ in range(rng.randrange(1, 4)))
    code = f"{letters}{rng.choice(('', '-', ' '))}{rng.randrange(10**4, 10**7)}"
    return rng.choice(
        (f"{text} {code}", f"{code} {text}", f"{text} #{rng.randrange(1000, 99999)}", code, f"item no. {code}",
         f"{text} {rng.randrange(1, 29)}.{rng.randrange(1, 13)}.200{rng.randrange(10)} {rng.randrange(10**5)}")
    )  # fmt: skip


CORRUPTIONS: Mapping[str, Corrupt] = {
    corrupt.__name__: corrupt
    for corrupt in (
        file_name, seo_spam, truncation, shuffled, boilerplate, encoding_damage, markup, catalogue_number, code, mash,
    )
}  # fmt: skip
