"""Real pictures of the bundled sample, under the names their files had, with a caption that says nothing."""

from __future__ import annotations

import json
import tarfile
from dataclasses import replace
from importlib.resources import files
from pathlib import PurePosixPath

from burnish import api
from burnish.values import Origin, Pair, Record

NAMED = {
    "analog_clock_jonathan_di_01.svg": "Clock",
    "emperor_penguin_ralf_ste_01.svg": "Penguin",
    "mouse_scroll_fco._andrad_01.svg": "Mouse",
    "mouse_the_structorr_.svg": "Mouse",
    "shield_matt_todd_01.svg": "Shield",
}
NOTHING = "IMG_1234.JPG"


def pictures() -> dict[str, Pair]:
    """File name -> pair whose caption says nothing."""
    found = {}
    for shard in ("00000.tar", "00001.tar"):
        with files("burnish.sample").joinpath(shard).open("rb") as stream, tarfile.open(fileobj=stream) as tar:
            members = {member.name: tar.extractfile(member).read() for member in tar}
        for ordinal, key in enumerate(sorted(name[:-5] for name in members if name.endswith(".json"))):
            name = PurePosixPath(json.loads(members[key + ".json"])["source_path"]).name
            origin = Origin(source="sample", shard=shard, ordinal=ordinal)
            found[name] = Pair(
                origin=origin, key=key, image=members[key + ".jpg"], image_name=name, text=NOTHING, fields={}
            )
    return found


def captions(pairs: list[Pair]) -> dict[str, str]:
    """Key of the picture's file -> the caption chosen for it."""
    outcomes = list(api.enhance(iter(pairs)))
    assert all(isinstance(outcome, Record) for outcome in outcomes)
    return {o.pair.image_name: o.caption.text for o in outcomes if isinstance(o, Record)}


def test_a_noun_is_added_where_file_name_labels_and_matcher_agree_and_nowhere_else() -> None:
    found = captions(list(pictures().values()))
    assert len(found) > 200
    assert {name: text for name, text in found.items() if text != NOTHING} == NAMED


def test_no_noun_without_a_name_nor_by_the_name_of_another_picture() -> None:
    every = pictures()
    numbered = [replace(every[name], image_name=f"{at:09}.jpg") for at, name in enumerate(NAMED)]
    assert set(captions(numbered).values()) == {NOTHING}
    lent = {"clock.svg": "shield_matt_todd_01.svg", "penguin.svg": "mouse_the_structorr_.svg"}
    wrong = [replace(every[picture], image_name=name) for name, picture in lent.items()]
    assert set(captions(wrong).values()) == {NOTHING}


def test_the_name_in_an_img2dataset_url_counts_where_the_member_is_only_numbered() -> None:
    pair = pictures()["emperor_penguin_ralf_ste_01.svg"]
    url = "https://example.org/birds/emperor%20penguin.svg?w=300"
    crawled = replace(pair, image_name="000000012.jpg", fields={"url": url})
    assert captions([crawled]) == {"000000012.jpg": "Penguin"}
    assert captions([replace(crawled, fields={"url": "http://["})]) == {"000000012.jpg": NOTHING}
