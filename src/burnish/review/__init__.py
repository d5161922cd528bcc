"""`burnish review`: a page on which people accept, reject and mend what a run made, and what they said as labels.

`session.Review` is a review without a server, `app.make_app` its pages. The output is never changed: decisions lie
beside it in ``.burnish/review``, only ever added to, and no seal speaks of them.
"""
