"""Backends: models that answer requests. One file each; heavy imports stay inside the constructor."""
