"""Rule tests played on the real engine, in process, by a clock that only they move."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from allywatch.configfile import Lines, line_of, parse
from allywatch.engine import Method, Places, RegionEngine, State
from allywatch.errors import ConfigError
from allywatch.records import Effects
from allywatch.ruletests.comparing import Failure, Seen, compare, compare_score
from allywatch.ruletests.script import RuleTest, Script, Step
from allywatch.ruletests.telling import Teller
from allywatch_schemas import Alert, Message, RegionRisk
from allywatch_schemas.topics import REGION_ALERTS

RULES_TEST_FILE = "alerts/rules_test.yaml"

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""When every test starts: a Monday at noon."""


def shipped_tests() -> str:
    """The text of the tests that ship beside the rules."""
    return files("allywatch").joinpath(RULES_TEST_FILE).read_text(encoding="utf-8")


def check_rules(text: str, file: str, method: Method, registry: Places) -> tuple[int, tuple[Failure, ...]]:
    """Play every test of a file.

    Args:
        text: The file's content.
        file: Its name, for messages.
        method: What is tested.
        registry: Names and groups.

    Returns:
        How many tests there are, and what was not as expected.

    Raises:
        ConfigError: The file is wrong (or an ExceptionGroup of several).
    """
    script, lines = parse(text, Script, file)
    failures = list[Failure]()
    for number, test in enumerate(script.tests):
        played = _Play(test, ("tests", number), script, lines, file)
        failures += played.run(method, registry)
    return len(script.tests), tuple(failures)


class _Play:
    """One test on one engine."""

    def __init__(
        self, test: RuleTest, path: tuple[str | int, ...], script: Script, lines: Lines, file: str
    ) -> None:
        self._test, self._path, self._lines, self._file = test, path, lines, file
        self._teller = Teller(test, START, timedelta(minutes=script.interval_minutes))
        self._states: dict[bytes, State] = {}
        self._seen = Seen()
        self._offset = 0

    def run(self, method: Method, registry: Places) -> Iterator[Failure]:
        """Tell the story and compare.

        Raises:
            ConfigError: It names a region or rule that there is not.
        """
        self._check_names(method, registry)
        engine = RegionEngine(method, registry, self._teller.regions, 0)
        for message in self._teller.beginning():
            self._take(engine, message)
        for number, step in enumerate(self._test.steps):
            for message in (*self._teller.ticks_until(step.at), *self._teller.given(step)):
                self._take(engine, message)
            yield from self._compare(step, (*self._path, "steps", number))

    def _take(self, engine: RegionEngine, message: Message) -> None:
        effects: Effects[State] = engine.take(message, self._offset, self._states)
        self._offset += 1
        for key, state in effects.changes.items():
            if state is None:
                self._states.pop(key, None)
            else:
                self._states[key] = state
        for output in effects.outputs:
            if output.topic == REGION_ALERTS.name and output.value is not None:
                self._seen.hear(Alert.read(output.value))
        for output in engine.summarise(effects.changes, self._states):
            if output.value is not None:
                self._seen.hear(RegionRisk.read(output.value))
        self._seen.rejections += [rejection.detail for rejection in effects.rejections]

    def _compare(self, step: Step, path: tuple[str | int, ...]) -> Iterator[Failure]:
        region = self._test.region
        found = [(("expect", n), *compare(each, region, self._seen)) for n, each in enumerate(step.expect)]
        found += [
            (("expect_score", n), *compare_score(each, region, self._seen))
            for n, each in enumerate(step.expect_score)
        ]
        if self._seen.rejections:
            refused = tuple(f"  {detail}" for detail in self._seen.rejections)
            found.append((("at", 0), "what is given was refused", refused))
            self._seen.rejections = []
        for where, what, differences in found:
            if differences:
                line = line_of((*path, *where), self._lines)
                yield Failure(self._file, line, self._test.name, step.at, what, differences)

    def _check_names(self, method: Method, registry: Places) -> None:
        rules = {rule.name for rule in method.rules.rules}
        for number, step in enumerate(self._test.steps):
            named = {each.rule for each in step.expect} | ({step.command.rule} if step.command else set())
            self._refuse(sorted(named - rules), "rule", sorted(rules), ("steps", number))
        unknown = sorted(self._teller.regions - registry.regions.keys())
        self._refuse(unknown, "region", [], ("region",))

    def _refuse(self, unknown: list[str], kind: str, known: list[str], where: tuple[str | int, ...]) -> None:
        if not unknown:
            return
        fix = f"name one of {', '.join(known)}." if known else "name one of the registry."
        line = line_of((*self._path, *where), self._lines)
        raise ConfigError(f"there is no {kind} {unknown[0]}.", file=self._file, line=line, fix=fix)
