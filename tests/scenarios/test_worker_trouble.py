# SPDX-License-Identifier: ISC
"""A worker that dies again and again: the log has it, and who asks for the
status is told."""
import os
import signal

from harness.maild import relay
from harness.wait import wait_until


def test_status_tells_of_a_worker_that_dies_again_and_again(maild):
    daemon = maild(relay(25)).start()

    def trouble():
        return [t for t in daemon.json("status")[0]["trouble"]
                if "worker" in t]

    for _ in range(3):
        assert trouble() == []
        pid = wait_until(lambda: daemon.pids().get("sender"), "a sender")
        os.kill(pid, signal.SIGKILL)
        daemon.wait_log(f"worker=sender pid={pid} signal=9 died")
    told, = trouble()
    assert told.startswith("worker sender has died 3 times in a row, last at ")
    assert "by signal 9 (Killed)" in told
