# SPDX-License-Identifier: Apache-2.0
"""`breaker` with a terminal of its own."""

import os
import pty
import select
import signal

from server import PROGRAM, until
from tables import environment


class Terminal:
    def __init__(self, tables, *arguments):
        self.text = ""
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.execve(PROGRAM, [str(PROGRAM), *arguments], environment(tables.variables))

    def until(self, part):
        until(lambda: self._reads(part), f"it says {part!r}, after {self.text[-500:]!r}")

    def _reads(self, part):
        # The wait for a terminal that stays silent has an end too.
        if select.select([self.descriptor], [], [], 0.1)[0]:
            try:
                self.text += os.read(self.descriptor, 65536).decode(errors="replace")
            except OSError:
                # It has ended.
                return part in self.text
        return part in self.text

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def interrupt(self):
        os.kill(self.pid, signal.SIGINT)

    def end(self):
        """Its exit status; 128 and the signal, if one ended it."""
        ended = until(lambda: os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT), "it ends")
        return ended.si_status + (0 if ended.si_code == os.CLD_EXITED else 128)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.descriptor)
