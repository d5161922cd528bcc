"""Judges exported to ONNX, so that they score without torch and transformers (`burnish.chat.onnx`).

`source` which models can be, and what a run needs of them beside weights · `graphs` the two graphs · `export` a folder,
written only if it answers what its source answers.
"""
