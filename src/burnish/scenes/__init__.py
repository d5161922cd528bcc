"""Scenes whose truth is known to the last pixel: what a judge, a captioner or a rewrite can be measured by.

`scene` composes one from a seed and a number, `draw.png` draws it, `captions`, `questions` and `facts` say what is true
of it, `checker.TruthChecker` tells whether a claim is. `writing.write` makes a source of them, `truth.load` reads the
truth back. Objects are public-domain clip art (`catalogue`).
"""
