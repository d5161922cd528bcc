"""Imported by the fork server and by nobody else: what every worker needs whatever its plan, to be shared by all."""

import gc

import pyarrow as pa
import pyarrow.parquet

import burnish.engines.local
import burnish.images.process
import burnish.storage.arrow
import burnish.stores._tar.writing
import burnish.stores.webdataset  # noqa: F401

pa.set_memory_pool(pa.system_memory_pool())  # the others keep some 15 MB a process of what was used once
gc.freeze()  # a collection would write to each object it looks at, and end the sharing of its page
