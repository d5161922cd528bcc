"""The HTTP service: pairs in by request, the same answers out as a run writes, by the same plan and the same flow.

`service.Service` is the whole of it: worker processes (`worker`, `team`), a queue that makes batches of what waits
(`dispatch`), and the application (`app`, `stream`), as `settings.Settings` say. Needs the extra [serve].
"""
