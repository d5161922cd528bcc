"""Engines: where shards run. They know nothing of pairs, models or forms."""
