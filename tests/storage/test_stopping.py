"""Errors of the environment say what, where and what to do next."""

import errno
import os

import pytest

from burnish.errors import StopError, UsageError
from burnish.storage.stopping import stopping


def failing(error):
    with stopping("write", "s3://key:hush@bucket/x"):
        raise error


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.EACCES, 9999])
def test_os_errors_stop(code):
    with pytest.raises(StopError) as caught:
        failing(OSError(code, os.strerror(code)))
    message = str(caught.value)
    assert message.startswith("cannot write s3://bucket/x: ")
    assert errno.errorcode.get(code, "OSError") in message
    assert "run the same command again" in message
    assert len(message.splitlines()) <= 6


def test_an_error_without_a_number_keeps_its_words_but_no_secrets():
    with pytest.raises(StopError, match=r"no route to https://h/x\?\.\.\. \(OSError\)"):
        failing(OSError("no route to https://u:hush@h/x?k=hush"))


@pytest.mark.parametrize("error", [UsageError("u"), StopError("s"), ValueError("v")])
def test_other_errors_pass(error):
    with pytest.raises(type(error)) as caught:
        failing(error)
    assert caught.value is error
