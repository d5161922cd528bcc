"""Look-alikes and namesakes stay together, and the fixed split keeps its promises."""

import numpy as np

from burnish.train.builtin import split


def test_the_parts_do_not_overlap():
    parts = split.load()
    assert not parts["train"] & parts["test"]
    assert not parts["train"] & parts["dev"]
    assert not parts["dev"] & parts["test"]
    assert parts["editor_holdout"] < parts["test"]
    assert parts["sample_pool"] < parts["test"]
    assert not parts["editor_holdout"] & parts["sample_pool"]
    assert len(parts["editor_holdout"]) == split.EDITOR_HOLDOUT


def test_equal_names_and_look_alikes_are_one_group():
    texts = {"a/cat1": "Cat 1", "b/cat2": "cat", "c/dog": "dog", "d/wolf": "wolf", "e/car": "car"}
    features = np.eye(5, dtype=np.float32)
    features[3] = features[2] + 0.1
    found = split.groups(texts, features)
    assert sorted(map(sorted, found.values())) == [["a/cat1", "b/cat2"], ["c/dog", "d/wolf"], ["e/car"]]


def test_a_collection_name_does_not_join_its_pictures():
    texts = {f"icons/{'abcdefgh'[i % 8]}{'klmnopq'[i // 8]}x": "Part of the Set" for i in range(50)}
    assert len(set(split.text_keys(texts).values())) == 50


def test_the_same_input_gives_the_same_bytes():
    texts = {f"x/{name}": name for name in ("one", "two", "three", "four", "five", "six")}
    features = np.eye(6, dtype=np.float32)
    assert split.pack(split.make(texts, features)) == split.pack(split.make(dict(texts), features))
