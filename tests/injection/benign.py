"""Captions without any order: ordinary ones of the sample and of word lists, and hard ones that look like orders.

All were written by someone who had not seen the detector. Same seed, same captions, in the same order.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

import burnish.sample

FILLINGS = 3
"""How often a hard line with a slot is filled."""

HARD = 500
"""Hard captions among the 5,000."""

Words = dict[str, list[str]]

ORDINARY: dict[str, tuple[Words, list[str]]] = {
    "en": (
        {
            "a": ["red", "old", "small", "wooden", "wet", "sleepy", "broken", "shiny", "empty", "striped", "tall"],
            "n": ["dog", "boat", "chair", "bridge", "apple", "bicycle", "owl", "teapot", "lighthouse", "fence"],
            "p": ["on a beach", "in the snow", "near Porto", "at night", "by the window", "in a field", "under a tree"],
            "d": ["stock photo", "vector illustration", "close-up", "hand drawn", "black and white", "isolated"],
        },
        [
            "The {a} {n} {p}",
            "{a} {n}, {d}",
            "{n} {p} - {d}",
            "Two {a} {n}s {p}",
            "{n} {i}",
            "Photo of the {n} {p}, {i}",
        ],
    ),
    "de": (
        {
            "a": ["rot", "alt", "klein", "nass", "müde", "leer", "bunt", "hoch", "rostig", "still"],
            "n": ["Hund", "Boot", "Stuhl", "Apfel", "Turm", "Brunnen", "Zaun", "Koffer", "Garten", "Zug"],
            "p": ["am Strand", "im Schnee", "bei Nacht", "am Fenster", "auf dem Feld", "vor dem Haus", "in Bremen"],
            "d": ["Foto", "Vektorgrafik", "Nahaufnahme", "Zeichnung", "schwarz-weiß", "Postkarte"],
        },
        ["Der {n} {p} ist {a}", "{n} {p}, {d}", "{d}: {n}, {a}", "Ein {n} {p}", "{n} {i}, {d}"],
    ),
    "fr": (
        {
            "a": ["rouge", "ancien", "mouillé", "vide", "rayé", "calme", "rouillé", "minuscule", "sombre", "doré"],
            "n": ["chien", "bateau", "vélo", "pont", "phare", "jardin", "train", "panier", "hibou", "fauteuil"],
            "p": ["sur la plage", "sous la neige", "la nuit", "près de Rennes", "devant la maison", "dans un champ"],
            "d": ["photo", "dessin vectoriel", "gros plan", "aquarelle", "noir et blanc", "carte postale"],
        },
        ["Un {n} {a} {p}", "{n} {p}, {d}", "{d} : {n} {a}", "Le {n} {p}", "{n} {i}, {d}"],
    ),
    "zh": (
        {
            "a": ["红色的", "古老的", "小小的", "湿漉漉的", "安静的", "空荡的", "金色的", "高高的"],
            "n": ["狗", "船", "椅子", "桥", "苹果", "自行车", "猫头鹰", "茶壶", "灯塔", "火车"],
            "p": ["在海滩上", "在雪中", "在窗边", "在田野里", "在树下", "在夜里", "在苏州"],
            "d": ["照片", "矢量图", "特写", "水彩画", "黑白摄影", "明信片"],
        },
        ["{a}{n}{p}", "{n}{p}，{d}", "{d}：{a}{n}", "一幅{a}{n}的{d}", "{n}{i}，{d}"],
    ),
}


def hard(seed: int = 0, name: str = "benign_hard") -> list[tuple[str, str, str]]:
    """(language, kind, caption) of every hard caption of a file, without repeats."""
    dealt = random.Random(seed)
    kinds = tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))
    slots: dict[str, Words] = kinds.pop("slots")
    found: dict[str, tuple[str, str, str]] = {}
    for kind, languages in kinds.items():
        for language, lines in languages.items():
            for line in lines:
                for _ in range(FILLINGS):
                    chosen = {slot: dealt.choice(words) for slot, words in slots[language].items()}
                    caption = line.format(**chosen)
                    found.setdefault(caption, (language, kind, caption))
    return list(found.values())


def drawn(count: int = HARD, seed: int = 0) -> list[str]:
    """`count` of the hard captions, drawn by seed: with 4,500 ordinary ones they make the 5,000."""
    return random.Random(seed).sample([caption for _, _, caption in hard(seed)], count)


def sampled() -> list[str]:
    """The different texts of the bundled sample, as found."""
    folder = Path(burnish.sample.__file__).parent
    columns = [pq.read_table(path, columns=["caption"])["caption"] for path in sorted(folder.glob("*.parquet"))]
    return sorted({text for column in columns for text in column.to_pylist() if text})


def ordinary(count: int, seed: int = 0) -> list[str]:
    """The sample's texts, then generated captions in turn by language: `count` different ones."""
    found = dict.fromkeys(sampled())
    for caption in _generated(seed):
        if len(found) >= count:
            break
        found[caption] = None
    return list(found)[:count]


def _generated(seed: int) -> Iterator[str]:
    dealt = random.Random(seed)
    while True:
        for words, patterns in ORDINARY.values():
            chosen = {slot: dealt.choice(options) for slot, options in words.items()}
            yield dealt.choice(patterns).format(i=dealt.randrange(1, 3000), **chosen)
