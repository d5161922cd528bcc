"""Multimodal models of the `transformers` library in this process, as a `ChatModel`.

`options` what can be set · `loading` from a folder or an id to a model · `identity` what its answers depend on ·
`prompting` a prompt as its chat template writes it · `rows` token rows with their KV cache · `choosing` and `writing`
the two primitives · `model` all of it together. Nothing here imports torch before a model is made.
"""
