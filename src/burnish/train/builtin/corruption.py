"""Ways in which captions go bad, made from good ones: raw material for the text-quality head.

Eight kinds; the head is judged on each kind while it is left out of training.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

Corrupt = Callable[[str, random.Random], str]

_SPAM = (
    "buy {0} cheap {0} online", "{0} {0} {0} best price",
    "{0}, {0} hd, {0} wallpaper, {0} free download",
    "FREE {0} vector | royalty free {0} | stock {0}", "{0} sale - 50% off! order now",
    "best {0} 2019 top 10 {0} reviews",
)  # fmt: skip
_BOILERPLATE = (
    "Clipart by Nobody Known - {0}", "{0} - part of the Big Icon Collection (Mon Mar 3 2003)",
    "Image of {0}. All rights reserved.", "{0} | MySite.com - Home", "Click here to enlarge: {0}",
    "Photo by J. Doe/{0}",
    "{0} (c) 2011 courtesy of the author", "Untitled",
    "default image", "collection of various pictures", "img alt text",
)  # fmt: skip
_FOREIGN: Mapping[str, tuple[str, str, str]] = {
    "de": (
        "ein kleiner|der alte|das rote|eine schöne|die große",
        (
            "Hund|Katze|Haus|Baum|Vogel|Schiff|"
            "Schlüssel|Apfel|Auto|Blume|Fenster|Pferd"
        ),
        "im Garten|auf dem Tisch|und ein Ball|mit Rahmen|für Kinder|",
    ),
    "fr": (
        "un petit|le vieux|la grande|une belle|les",
        (
            "chien|chat|maison|arbre|oiseau|bateau|"
            "clé|pomme|voiture|fleur|fenêtre|cheval"
        ),
        "dans le jardin|sur la table|et une balle|avec cadre|pour enfants|",
    ),
    "es": (
        "un pequeño|el viejo|la gran|una bonita|los",
        (
            "perro|gato|casa|árbol|pájaro|barco|"
            "llave|manzana|coche|flor|ventana|caballo"
        ),
        "en el jardín|sobre la mesa|y una pelota|con marco|para niños|",
    ),
    "it": (
        "un piccolo|il vecchio|la grande|una bella|gli",
        (
            "cane|gatto|casa|albero|uccello|nave|"
            "chiave|mela|macchina|fiore|finestra|cavallo"
        ),
        "nel giardino|sul tavolo|e una palla|con cornice|per bambini|",
    ),
    "pt": (
        "um pequeno|o velho|a grande|uma bela|os",
        (
            "cão|gato|casa|árvore|pássaro|navio|"
            "chave|maçã|carro|flor|janela|cavalo"
        ),
        "no jardim|sobre a mesa|e uma bola|com moldura|para crianças|",
    ),
    "nl": (
        "een kleine|de oude|het rode|een mooie|de grote",
        (
            "hond|kat|huis|boom|vogel|schip|"
            "sleutel|appel|auto|bloem|raam|paard"
        ),
        "in de tuin|op de tafel|en een bal|met lijst|voor kinderen|",
    ),
    "pl": (
        "mały|stary|czerwony|piękny|duży",
        (
            "pies|kot|dom|drzewo|ptak|statek|"
            "klucz|jabłko|samochód|kwiat|okno|koń"
        ),
        "w ogrodzie|na stole|i piłka|z ramką|dla dzieci|",
    ),
    "sv": (
        "en liten|den gamla|det röda|en vacker|den stora",
        (
            "hund|katt|hus|träd|fågel|skepp|"
            "nyckel|äpple|bil|blomma|fönster|häst"
        ),
        "i trädgården|på bordet|och en boll|med ram|för barn|",
    ),
}  # fmt: skip
_NEEDS_MORE = ("of", "the", "a", "and", "with", "in", "on", "for", "to", "by", "is", "from")


def file_name(text: str, rng: random.Random) -> str:
    """`red_car_03.jpg` and its kin."""
    words = text.lower().split() or ["image"]
    stem = rng.choice("_-+.").join(words[:5])
    number = rng.choice(("", f"_{rng.randrange(100):02d}", f"-{rng.randrange(10000)}", f"({rng.randrange(9)})"))
    camera = f"{rng.choice(('IMG', 'DSC', 'DSCN', 'P', 'image', 'pic'))}_{rng.randrange(10000):04d}"
    ending = rng.choice((".jpg", ".png", ".gif", ".jpeg", ".svg", ".JPG", "", "_thumb", "-300x200"))
    body = camera if rng.random() < 0.25 else stem + number
    return body if ending == "" and ("_" in body or "-" in body) else body + (ending or ".jpg")


def seo_spam(text: str, rng: random.Random) -> str:
    """Words of trade and repetition around the name."""
    return rng.choice(_SPAM).format(text.strip(" ."))


def truncation(text: str, rng: random.Random) -> str:
    """Cut where more must follow: after a link word or within a word."""
    words = text.strip(" .").split()
    if rng.random() < 0.5 and len(words[-1]) > 4:
        words[-1] = words[-1][: rng.randrange(2, len(words[-1]) - 1)]
        return " ".join(words) + rng.choice(("", "", "...", "-"))
    keep = rng.randrange(1, len(words) + 1)
    return " ".join(words[:keep]) + " " + rng.choice(_NEEDS_MORE)


def foreign(_text: str, rng: random.Random) -> str:
    """A caption in one of eight languages; the given text only seeds the choice."""
    article, nouns, places = _FOREIGN[rng.choice(sorted(_FOREIGN))]
    words = [rng.choice(part.split("|")) for part in (article, nouns, places)]
    shown = " ".join(word for word in (words if rng.random() < 0.7 else words[:2]) if word)
    return shown[:1].upper() + shown[1:] if rng.random() < 0.6 else shown


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
    """UTF-8 read as Latin-1, escaped markup, replacement characters."""
    words = text.strip(" .").split()
    place = rng.randrange(len(words))
    damages = (
        rng.choice(("é", "ü", "’", "–", "ñ", "ö")).encode().decode("cp1252", "replace"),
        "\ufffd", "&amp;amp;", "&lt;b&gt;", "&quot;", "%20", "&amp;#39;s", "\\u00e9",
    )  # fmt: skip
    cut = rng.randrange(len(words[place]) + 1)
    words[place] = words[place][:cut] + rng.choice(damages) + words[place][cut:]
    return " ".join(words) if rng.random() < 0.6 else "<p>" + " ".join(words) + "</p>"


def catalogue_number(text: str, rng: random.Random) -> str:
    """Article numbers, dates and codes."""
    letters = "".join(rng.choice("ABCDEFGHKLMNPRSTX") for _ in range(rng.randrange(1, 4)))
    code = f"{letters}{rng.choice(('', '-', ' '))}{rng.randrange(10**3, 10**6)}"
    return rng.choice(
        (f"{text} {code}", f"{code} {text}", f"{text} #{rng.randrange(100, 99999)}", code, f"item no. {code}",
         f"{text} {rng.randrange(1, 29)}.{rng.randrange(1, 13)}.200{rng.randrange(10)} {rng.randrange(10**5)}")
    )  # fmt: skip


CORRUPTIONS: Mapping[str, Corrupt] = {
    corrupt.__name__: corrupt
    for corrupt in (
        file_name, seo_spam, truncation, foreign, shuffled, boilerplate, encoding_damage, catalogue_number,
    )
}  # fmt: skip
