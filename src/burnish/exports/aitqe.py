"""AITQE's dictionary (arXiv 2410.16166, released code), one a line: caption, recaption, six scores and their reasons.

The scores are the original's, mapped from 1-5 to their 1-10 and rounded; Recaption is the text to train on where that
is another one, else "". `key` and `image` say which pair it is. A score there is not has no key: never a low number.
"""

from __future__ import annotations

from collections.abc import Mapping

from burnish.chat import joint
from burnish.exports import Told
from burnish.texts import storable
from burnish.values import Json


class AitqeExport:
    """What `burnish.chat.joint.read` reads back."""

    keys = tuple(joint.KEYS.values())

    def line(self, told: Told) -> Mapping[str, Json]:
        """One pair."""
        original, chosen = told.captions[0], told.captions[told.chosen]
        recaption = chosen.text if told.chosen else ""
        said = joint.export(storable(original.text)[0], storable(recaption)[0], original.scores)
        return {"key": told.key, "image": told.image_name, **said}


EXPORT = AitqeExport()
