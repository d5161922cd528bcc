"""Judges in ONNX, as a `ChatModel` that only chooses: no torch, no transformers, one thread.

`folder` what a judge's folder holds and that it is whole · `pixels` a picture as its tower takes it · `reading` a
prompt as its tokens · `model` all of it together. `burnish.train.onnx` makes such folders.
"""
