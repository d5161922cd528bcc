"""Training samples of contrasting quality for a judge and an enhancer (AITQE's negative samples, arXiv 2410.16166).

`ways` make a caption worse in one known respect, `comparing` asks a second judge whether it really is, `making` goes
through the pairs of a shard, `choosing` balances what was made, `lines` says it as a chat, `forms` writes it, `run` is
the whole, under the commit protocol.
"""
