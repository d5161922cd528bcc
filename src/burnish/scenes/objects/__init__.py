"""The cut-outs; see README.md in this folder."""
