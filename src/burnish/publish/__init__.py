"""An output on its way to others and back: `burnish push` and `burnish pull`.

What is pushed is the output itself: shards, records, quarantine, journal, and its seal, which is sent last and taken
away first. A place without the seal is a push that has not ended, and says so to `burnish verify` and `burnish pull`;
one with it holds every byte the seal speaks of. Card and Croissant file are made for the push and sealed with the rest.
"""

from __future__ import annotations

from burnish.publish.pulling import Pulled, pull
from burnish.publish.pushing import Pushed, Wanted, push

__all__ = ["Pulled", "Pushed", "Wanted", "pull", "push"]
