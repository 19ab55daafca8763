"""Reading alerts needs pydantic and nothing else."""

import subprocess
import sys
from importlib.metadata import requires

PROBE = """
import sys
before = set(sys.modules)
import allywatch_schemas.codec, allywatch_schemas.compatibility, allywatch_schemas.deadletters
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""


def _top_level_imports() -> set[str]:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    return set(done.stdout.split()) - set(sys.stdlib_module_names)


def test_importing_the_contract_loads_pydantic_and_the_standard_library_alone() -> None:
    needed_by_pydantic = {
        "pydantic",
        "pydantic_core",
        "typing_extensions",
        "typing_inspection",
        "annotated_types",
    }
    imported = {name for name in _top_level_imports() if not name.startswith("_")}
    assert imported <= needed_by_pydantic | {"allywatch_schemas"}
    assert "allywatch_schemas" in imported


def test_inhibition_needs_the_contract_alone() -> None:
    """A subscriber with the light install holds back alerts by the same function as the services."""
    probe = "import sys, allywatch.alerts.inhibition; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    ours = {name for name in done.stdout.split() if name.partition(".")[0] == "allywatch"}
    assert ours == {"allywatch", "allywatch.alerts", "allywatch.alerts.inhibition"}
    assert "yaml" not in done.stdout.split()


def test_importing_the_contract_does_not_load_the_generator() -> None:
    probe = "import sys, allywatch_schemas; print('allywatch_schemas.generate' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_distribution_requires_pydantic_alone_unless_asked_for_more() -> None:
    needed = [line for line in requires("allywatch") or () if "extra ==" not in line]
    assert [line.partition(">")[0] for line in needed] == ["pydantic"]
