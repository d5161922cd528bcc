"""Settings all tests share."""

from hypothesis import settings

# No deadline: a busy machine is no bug. The seed is fixed so that a failure can be run again.
settings.register_profile("burnish", deadline=None, derandomize=True)
settings.load_profile("burnish")
