"""Models behind one protocol; a file (or folder) name is its name in config."""
