"""Children that do not outlive us."""

import subprocess


class Guard:
    """Ends a child (SIGTERM) when this process dies, however it dies.

    A shell waits on a pipe whose other end is ours alone; it closes even when we are killed −9.
    """

    def __init__(self, pid: int) -> None:
        """Watch over the child with this process id."""
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", 'read -r _; kill "$0"', str(pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """Before the child is ended in order: later its process id may belong to somebody else."""
        self._shell.kill()
        self._shell.communicate()
