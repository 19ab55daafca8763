import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return DOCKERFILE.read_text("utf-8").replace("\\\n", " ").splitlines()


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_does_not_run_as_root(lines: list[str]) -> None:
    last_stage = lines[max(i for i, line in enumerate(lines) if line.startswith("FROM ")) :]
    [user] = [line.split()[1] for line in last_stage if line.startswith("USER ")]
    assert user.split(":")[0] not in ("0", "root")


def test_dependencies_are_installed_by_their_hashes(lines: list[str]) -> None:
    installs = [line for line in lines if "pip install" in line and "requirements" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)


def test_health_is_readiness(lines: list[str]) -> None:
    [check] = [line for line in lines if line.startswith("HEALTHCHECK")]
    assert "/ready" in check


def test_what_is_copied_from_here_is_not_ignored(lines: list[str]) -> None:
    let_in = {
        line[1:].strip()
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copies = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert {source for sources in copies for source in sources} == let_in
