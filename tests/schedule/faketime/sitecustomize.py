"""Sleeping under libfaketime 0.9.10: where it leaves the monotonic clock alone, `time.sleep` of Python 3.11 fails.

https://github.com/wolfcw/libfaketime/issues/426
"""

import select
import time


def sleep(seconds: float) -> None:
    """Wait without `clock_nanosleep`."""
    select.select([], [], [], seconds)


time.sleep = sleep
