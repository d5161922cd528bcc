"""Lists of URLs: how their rows are read, cut into shards, fetched, and written as tars."""
