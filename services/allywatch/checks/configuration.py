"""Every configuration file, checked by the same parser that its reader uses."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from allywatch.errors import AllywatchError

if TYPE_CHECKING:
    from allywatch.engine.method import Method
    from allywatch.regions import Registry


@dataclass(frozen=True, slots=True)
class Replaced:
    """Files to check instead of those that ship with the package."""

    registry: Path | None = None
    weights: Path | None = None
    rules: Path | None = None
    lexicon: Path | None = None
    feeds: Path | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked, and what is wrong with it."""

    subject: str
    summary: str = ""
    errors: tuple[AllywatchError, ...] = field(default=())


def check_all(replaced: Replaced) -> Iterator[Finding]:
    """Check everything, one finding a subject; an error in one does not hide those in another."""
    checks: dict[str, Callable[[Replaced], str]] = {
        "regions": _registry,
        "coded events": _events,
        "lexicon": _lexicon,
        "classes": _classes,
        "weights and alert rules": _method,
        "tests of the alert rules": _rule_tests,
        "feeds": _feeds,
        "scenario of the demonstration": _scenario,
    }
    for subject, check in checks.items():
        try:
            yield Finding(subject, summary=check(replaced))
        except* AllywatchError as group:
            yield Finding(subject, errors=tuple(leaves(group)))


def leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[AllywatchError]:
    """The errors in a group, however deep."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        elif isinstance(error, AllywatchError):
            yield error


def _texts(replaced: Replaced) -> Mapping[str, str]:
    from allywatch.regions import registry_files

    if replaced.registry is None:
        return registry_files()
    found = {str(path): _read(path) for path in sorted(replaced.registry.glob("*.yaml"))}
    if not found:
        raise AllywatchError(f"{replaced.registry} holds no *.yaml file. Give the folder of a registry.")
    return found


def _registry(replaced: Replaced) -> str:
    from allywatch.regions import parse_registry

    registry = parse_registry(_texts(replaced))
    exposures = sum(len(registry.exposures_of(region)) for region in registry.regions)
    return (
        f"{len(registry.regions)} regions, {len(registry.actors)} actors, {exposures} exposures, "
        f"version {registry.version}, digest {registry.digest[:12]}"
    )


def _events(_: Replaced) -> str:
    from allywatch.events.reader import load_codebook, load_rules

    codebook = load_codebook()
    load_rules(codebook)
    return f"{len(codebook)} CAMEO codes, each with a reading for every relation"


def _lexicon(replaced: Replaced) -> str:
    from allywatch.text import load_lexicon, load_publishers, parse_lexicon
    from allywatch.text.abbreviations import load_sentences
    from allywatch.text.language import load_languages
    from allywatch.text.modality import load_modality_model
    from allywatch.text.naming import load_naming
    from allywatch.text.places import load_places

    if replaced.lexicon is not None:
        parse_lexicon(_read(replaced.lexicon), str(replaced.lexicon))
        return f"{replaced.lexicon} is well formed"
    load_lexicon()
    load_sentences()
    load_languages()
    load_modality_model()
    load_publishers()
    load_naming()
    load_places()
    return (
        "mechanisms, modality, furniture, naming, places, publishers and ways of citing them are well formed"
    )


def _classes(_: Replaced) -> str:
    from allywatch.classes import Classifier, load_phrases

    phrases = load_phrases()
    count = sum(map(len, (*phrases.acts.values(), *phrases.frames.values())))
    return f"{count} phrases, those that model {Classifier.load().version} learned with"


def _method(replaced: Replaced) -> str:
    from allywatch.regions import parse_registry

    registry = parse_registry(_texts(replaced))
    method = _parsed_method(replaced, registry)
    for rule in method.rules.rules:
        for place in (*rule.regions.ids, *rule.regions.groups):
            if place not in registry.regions:
                raise AllywatchError(
                    f"rule {rule.name} is for {place}, which the registry lacks. Correct its `regions`."
                )
    return f"{len(method.rules.rules)} rules, version {method.version}, digest {method.digest[:12]}"


def _parsed_method(replaced: Replaced, registry: "Registry") -> "Method":
    from allywatch.engine.method import RULES_FILE, WEIGHTS_FILE, method_files, parse_method

    texts = dict(method_files())
    for name, path in ((WEIGHTS_FILE, replaced.weights), (RULES_FILE, replaced.rules)):
        if path is not None:
            texts[name] = _read(path)
    return parse_method(texts, registry)


def _rule_tests(replaced: Replaced) -> str:
    from allywatch.regions import parse_registry
    from allywatch.ruletests import RULES_TEST_FILE, check_rules, shipped_tests

    if replaced.rules is not None or replaced.weights is not None or replaced.registry is not None:
        return "not played: they belong to the shipped method; `allywatch test-rules` plays yours"
    registry = parse_registry(_texts(replaced))
    method = _parsed_method(replaced, registry)
    count, failures = check_rules(shipped_tests(), RULES_TEST_FILE, method, registry)
    if failures:
        errors = [AllywatchError(f"{each}\nCorrect the rule or the test.") for each in failures]
        raise ExceptionGroup("rule tests", errors)
    return f"{count} stories end as they should"


def _feeds(replaced: Replaced) -> str:
    from allywatch.ingest.feeds import load_feeds

    return f"{len(load_feeds(replaced.feeds))} feeds"


def _scenario(_: Replaced) -> str:
    from allywatch.demo.scenario import parse_scenario

    file = files("allywatch.demo") / "scenario.yaml"
    scenario = parse_scenario(file.read_text("utf-8"))
    return f"{len(scenario.articles)} invented articles over {scenario.days} days"


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise AllywatchError(f"cannot read {path}: {exc}. Give a YAML file in UTF-8.") from None
