"""A real Apache Kafka (KRaft, one node) as a child process: for development, tests and the demo."""

import fcntl
import signal
import string
import subprocess
import tempfile
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from allywatch.broker.classarchive import class_archive
from allywatch.broker.distribution import BrokerError, Java, class_path, find_java, kafka_home, packaged
from allywatch.broker.guard import Guard
from allywatch.broker.ports import listening
from allywatch.broker.storage import format_storage
from allywatch_schemas import TOPICS

LOOPBACK = "127.0.0.1"
FAST_START = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""JVM options for a broker that is ready in seconds and small; C1 only costs it some throughput."""

_READY = b"Kafka Server started"


class LocalBroker:
    """One broker on one data folder. Not thread-safe: one owner starts and stops it.

    The data outlive it: starting again on the same folder goes on where it stopped, also after a kill.
    When the owning process dies, however it dies, the broker is told to stop.

    Args:
        data_dir: Where its data, settings and log (`broker.log`) live; made when missing.
        port: Where it listens; none or 0: a free port, kept over restarts.
        host: The interface it listens on and tells its clients.
        jvm_options: For throughput measurements, or more memory.
        start_timeout: Seconds to wait for it; after an unclean stop it first checks its logs.
        settings: Server properties that go before those of `server.properties`, such as further listeners.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        *,
        host: str = LOOPBACK,
        jvm_options: Sequence[str] = FAST_START,
        start_timeout: float = 120.0,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.data_dir = data_dir.expanduser().resolve()
        self.host = host
        self._port = port or None
        self._jvm_options = tuple(jvm_options)
        self._start_timeout = start_timeout
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None
        self._log_start = 0

    @property
    def port(self) -> int:
        """Where it listens. It is known once started, or when it was given."""
        if self._port is None:
            raise BrokerError("the broker has no port yet: start it first.")
        return self._port

    @property
    def bootstrap(self) -> str:
        """The address for clients: `host:port`."""
        return f"{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        """The broker's process id, for drills that freeze or kill it."""
        if self._process is None:
            raise BrokerError("the broker is not running: start it first.")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def log_file(self) -> Path:
        """What the broker says: warnings, errors, and when it was ready."""
        return self.data_dir / "broker.log"

    def start(self) -> Self:
        """Start it and return when clients can use it: 1.3–2.5 s once the jars are there.

        Raises:
            BrokerError: Java or Maven is missing, the port is in use, or it did not start; one line each.
        """
        if self.running:
            return self
        java = find_java()
        home = kafka_home(java)
        archive = class_archive(java, home, self._jvm_options, partial(_run_once, home, java))
        self._launch(java, home, [*self._jvm_options, f"-XX:SharedArchiveFile={archive}", "-Xshare:auto"])
        return self

    def _launch(self, java: Java, home: Path, options: Sequence[str]) -> None:
        self._refuse_shared_data()
        self._write_settings()
        command = [str(java.executable), *options]
        command += [f"-Dlog4j2.configurationFile={self.data_dir / 'log4j2.properties'}"]
        command += ["-cp", class_path(home)]
        format_storage(self.data_dir / "kafka", self.data_dir / "server.properties", command, home)
        with self.log_file.open("ab") as log:
            self._log_start = log.tell()
            # A session of its own: Ctrl-C in the terminal reaches us, and we stop it in order.
            self._process = subprocess.Popen(
                [*command, "kafka.Kafka", str(self.data_dir / "server.properties")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._guard = Guard(self._process.pid)
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def _refuse_shared_data(self) -> None:
        """Kafka locks its folder too, but only after our settings in it have been overwritten."""
        log_dir = self.data_dir / "kafka"
        log_dir.mkdir(parents=True, exist_ok=True)
        with (log_dir / ".lock").open("a") as lock:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise BrokerError(
                    f"another broker uses {self.data_dir}. Stop it, or choose another --data-dir."
                ) from None

    def _write_settings(self) -> None:
        controller_port = self._take_ports()
        template = packaged("server.properties") + _properties(self._settings)
        settings = string.Template(template).substitute(
            host=self.host,
            port=self.port,
            controller_port=controller_port,
            log_dir=self.data_dir / "kafka",
            message_max_bytes=max(topic.max_message_bytes for topic in TOPICS.values()),
        )
        (self.data_dir / "server.properties").write_text(settings, "utf-8")
        (self.data_dir / "log4j2.properties").write_text(packaged("log4j2.properties"), "utf-8")

    def _take_ports(self) -> int:
        """Fix our port, and return a free one for the controller."""
        with ExitStack() as held:  # both held at once, so that they differ
            try:
                ours = held.enter_context(listening(self.host, self._port))
                controller = held.enter_context(listening(self.host, None))
            except OSError as exc:
                raise BrokerError(
                    f"cannot listen on {self.host}:{self._port or 'any port'}: {exc.strerror}. "
                    "Stop what uses the port, or choose another with --port (0 takes a free one)."
                ) from None
            self._port = int(ours.getsockname()[1])
            return int(controller.getsockname()[1])

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + self._start_timeout
        with self.log_file.open("rb") as log:
            log.seek(self._log_start)
            said = b""
            while _READY not in said:
                said += log.read()
                if self._process.poll() is not None:
                    raise BrokerError(self._failure(said + log.read()))
                if time.monotonic() > deadline:
                    raise BrokerError(
                        f"the broker was not ready within {self._start_timeout:.0f} s. See {self.log_file}."
                    )
                time.sleep(0.02)

    def _failure(self, said: bytes) -> str:
        text = said.decode("utf-8", "replace")
        if "Address already in use" in text:
            return f"port {self.port} or the controller's was taken just now. Run the same command again."
        why = next((line for line in text.splitlines() if "ERROR" in line or "Exception" in line), "")
        return f"the broker stopped while starting: {why.strip()[:300]} See {self.log_file}."

    def wait(self) -> int:
        """Wait until it ends by itself; its exit code."""
        if self._process is None:
            raise BrokerError("the broker is not running: start it first.")
        return self._process.wait()

    def stop(self, timeout: float = 20.0) -> None:
        """Stop it in order (≈ 0.4 s); after `timeout` seconds, kill it. A stopped broker stays stopped."""
        self._signal(signal.SIGTERM, timeout)

    def kill(self) -> None:
        """Kill −9: what a crash of the machine's process does. The data stay; `start` recovers them."""
        self._signal(signal.SIGKILL, 20.0)

    def _signal(self, number: signal.Signals, timeout: float) -> None:
        process, self._process = self._process, None
        self._dismiss_guard()
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            warnings.warn(f"Kafka did not stop within {timeout:g} s and was killed", stacklevel=3)

    def _dismiss_guard(self) -> None:
        guard, self._guard = self._guard, None
        if guard is not None:
            guard.dismiss()

    def restart(self) -> Self:
        """Stop it in order when it runs, and start it again on the same port and data."""
        self.stop()
        return self.start()

    def __enter__(self) -> Self:
        """Start it."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()


def _properties(settings: Mapping[str, str]) -> str:
    """Lines of a properties file, where the last one on a name counts; may say `${port}` and the like."""
    return "".join(f"{name}={value}\n" for name, value in settings.items())


def _run_once(home: Path, java: Java, options: Sequence[str]) -> None:
    """Start and stop a broker on data of its own, with just these JVM options."""
    with tempfile.TemporaryDirectory(prefix="training.", dir=home) as scratch:
        broker = LocalBroker(Path(scratch))
        broker._launch(java, home, options)
        broker.stop(timeout=60.0)
