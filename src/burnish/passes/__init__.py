"""What needs the whole set: duplicates, contradictions between them, quantiles, quotas. Commands over outputs, no asks.

Each pass reads records (and images only where it must), keeps what it knows of a pair in rows of fixed size on disk,
and writes tables of its own; nothing that it reads is changed and no pair is dropped. See docs/passes.md.
"""
