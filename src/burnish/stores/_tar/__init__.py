"""The lossless shard reader: header -> scan -> group -> build, and pack for the way back.

`source` gives bytes by position, `header` reads one header, `scan` turns a shard into spans that tile it, `resync`
finds the way again after damage, `group` puts members of one key together, `build` makes items of them, `pack` writes.
"""
