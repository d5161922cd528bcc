"""Imported by the fork server and by nobody else: what every worker needs whatever its plan, to be shared by all."""

import gc
import os

# Before Arrow is loaded: its other pools keep some 15 MB a process of what was used once, and `pa.set_memory_pool` does
# not reach what Parquet takes for itself.
os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"

import pyarrow.parquet  # noqa: F401

import burnish.engines.local
import burnish.images.process
import burnish.storage.arrow
import burnish.stores._tar.writing
import burnish.stores.webdataset  # noqa: F401

gc.freeze()  # a collection would write to each object it looks at, and end the sharing of its page
