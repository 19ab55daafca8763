"""Errors in the registry's files name the file, the line and what to do."""

from textwrap import dedent

import pytest

from allywatch.errors import ConfigError
from allywatch.regions import parse_registry

BASE = dedent(
    """\
    version: "test"
    contagion: {inference: 0.8, adversary_act_share: 0.2, minimum_intensity: 0.05}
    documents: {treaty: A treaty (1999)}
    actors:
      USA: {name: United States}
      RUS: {name: Russia}
    regions:
      AAA:
        name: Aland
        patrons: {USA: {weight: 0.8, basis: treaty}}
        adversaries: [RUS]
      BBB:
        name: Beland
        patrons: {USA: {weight: 0.8, basis: treaty}}
      TWO:
        name: The two
        kind: group
        members: {AAA: 0.6, BBB: 0.6}
        patrons: {USA: {weight: 0.8, basis: treaty}}
    names:
      AAA:
        country: {en: [Aland]}
      BBB:
        country: {en: [Beland]}
      TWO:
        group: {en: [The two]}
    leaders:
      RUS:
        Somebody Else:
          terms:
            - {office: president, since: 2001-01-01, until: 2005-01-01}
    exposures:
      AAA:
        BBB: {weight: 0.5, mechanism: deterrence_credibility, reason: The same promise., sources: [treaty]}
      BBB:
        AAA: {weight: 0.5, mechanism: deterrence_credibility, reason: The same promise., sources: [treaty]}
    """
)


def errors_of(text: str) -> list[ConfigError]:
    try:
        parse_registry({"own.yaml": text})
    except ConfigError as error:
        return [error]
    except ExceptionGroup as group:
        return [error for error in group.exceptions if isinstance(error, ConfigError)]
    return []


def test_exposures_may_go_round_in_a_circle() -> None:
    registry = parse_registry({"own.yaml": BASE})
    assert [e.region for e in registry.exposures_of("AAA")] == ["BBB"]
    assert [e.region for e in registry.exposures_of("BBB")] == ["AAA"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("members: {AAA: 0.6, BBB", "members: {AAA: 0.6, QQQ", "QQQ is not known"),
        ("members: {AAA: 0.6, BBB", "members: {AAA: 0.6, TWO", "TWO is itself a group"),
        ("adversaries: [RUS]", "adversaries: [QQQ]", "QQQ is not known"),
        ("adversaries: [RUS]", "adversaries: [USA]", "USA cannot be an adversary of AAA"),
        ("    adversaries: [RUS]", "    members: {BBB: 0.6}", "AAA is a country and has members"),
        ("    kind: group\n    members: {AAA: 0.6, BBB: 0.6}", "    kind: group", "TWO has no members"),
        ("    BBB: {weight: 0.5", "    QQQ: {weight: 0.5", "QQQ is not known"),
        ("    BBB: {weight: 0.5", "    BBB: {weight: 1.5", "less than or equal to 1"),
        ("    BBB: {weight: 0.5", "    AAA: {weight: 0.5", "already counts what happens to AAA"),
        ("    BBB: {weight: 0.5", "    TWO: {weight: 0.5", "already counts what happens to AAA"),
        ("sources: [treaty]", "sources: [pact]", "document 'pact' is not known"),
        ("basis: treaty", "basis: pact", "document 'pact' is not known"),
        ("until: 2005-01-01", "until: 2000-01-01", "ends (2000-01-01) before it begins (2001-01-01)"),
        ("country: {en: [Beland]}", "country: {en: [Aland]}", "'Aland' is a name of AAA too"),
        ("country: {en: [Beland]}", 'country: {en: ["Be{land"]}', "do not pair"),
        ("country: {en: [Beland]}", 'country: {en: ["Beland{, }"]}', "empty or padded name"),
        ("country: {en: [Beland]}", "ambiguous: {Beland: a town}", "'Beland' is no name here"),
        ("  BBB:\n    country: {en: [Beland]}\n", "", "no name leads to BBB"),
        (
            "contagion: {inference: 0.8, adversary_act_share: 0.2, minimum_intensity: 0.05}\n",
            "",
            "'contagion'",
        ),
        ("mechanism: deterrence_credibility", "mechanism: magic", "Input should be"),
        ("name: Beland\n    patrons: {USA", "name: Beland\n    patrons: {RUS", "share no patron"),
    ],
)
def test_an_error_names_file_line_and_fix(old: str, new: str, says: str) -> None:
    assert old in BASE
    changed = BASE.replace(old, new, 1)
    found = [error for error in errors_of(changed) if says in error.message]
    assert found, errors_of(changed)
    assert found[0].file == "own.yaml"
    assert found[0].line is not None or "contagion" in says
    assert found[0].fix
    assert "Fix:" in str(found[0])


def test_the_line_is_that_of_the_mistake() -> None:
    error = errors_of(BASE.replace("adversaries: [RUS]", "adversaries: [QQQ]"))[0]
    assert error.line is not None
    assert "[RUS]" in BASE.splitlines()[error.line - 1]


def test_a_shared_name_is_accepted_where_both_declare_it() -> None:
    text = BASE.replace("country: {en: [Beland]}", "country: {en: [Aland]}\n    ambiguous: {Aland: also AAA}")
    assert errors_of(text)
    both = text.replace(
        "country: {en: [Aland]}\n  BBB", "country: {en: [Aland]}\n    ambiguous: {Aland: also BBB}\n  BBB"
    )
    assert errors_of(both) == []


def test_an_entry_in_two_files_is_an_error_that_names_the_other_file() -> None:
    with pytest.raises(ConfigError, match=r"first\.yaml too") as caught:
        parse_registry({"first.yaml": BASE, "second.yaml": "actors:\n  RUS: {name: Russia}\n"})
    assert (caught.value.file, caught.value.line) == ("second.yaml", 2)


def test_all_errors_are_reported_together() -> None:
    text = BASE.replace("adversaries: [RUS]", "adversaries: [QQQ]").replace("BBB: 0.6", "ZZZ: 0.6")
    assert len(errors_of(text)) == 2


def test_the_digest_is_of_what_the_files_say_and_not_of_how_they_are_cut_or_ordered() -> None:
    head, names, rest = BASE.partition("names:\n")
    cut = parse_registry({"b.yaml": head, "a.yaml": names + rest})
    whole = parse_registry({"own.yaml": BASE})
    assert cut.digest == whole.digest
    assert parse_registry({"own.yaml": BASE.replace("0.5", "0.4", 1)}).digest != whole.digest


def test_an_impossible_date_is_an_error_of_the_file() -> None:
    (error,) = errors_of(BASE.replace("2005-01-01", "2005-13-01"))
    assert error.file == "own.yaml"
    assert error.fix


SPOKEN = """\
endings:
  cs: {o: [o, a, u]}
languages:
  cs:
    AAA: {country: ["Aland{o}"], demonym: [alandi]}
"""


def test_a_language_may_give_names_with_endings_of_its_own() -> None:
    registry = parse_registry({"own.yaml": BASE, "cs.yaml": SPOKEN})
    spoken = {name.text for name in registry.actors["AAA"].names if name.language == "cs"}
    assert spoken == {"Alando", "Alanda", "Alandu", "alandi"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Aland{o}", "Aland{q}", "names endings 'q', which its language lacks"),
        ("    AAA:", "    QQQ:", "QQQ is not known"),
        ("demonym: [alandi]", "leader: {Nobody: [N]}", "'Nobody' is no leader of AAA"),
        ("demonym: [alandi]", "demonym: [Beland]", "'Beland' is a name of BBB too"),
    ],
)
def test_mistakes_in_a_language_are_named(old: str, new: str, says: str) -> None:
    with pytest.raises((ConfigError, ExceptionGroup)) as caught:
        parse_registry({"own.yaml": BASE, "cs.yaml": SPOKEN.replace(old, new)})
    errors = caught.value.exceptions if isinstance(caught.value, ExceptionGroup) else (caught.value,)
    assert any(says in str(error) for error in errors)


def test_two_may_share_the_name_of_one_person_who_serves_them_one_after_the_other() -> None:
    person = "{terms: [{office: x, since: 2001-01-01, until: 2002-01-01}]}"
    later = person.replace("2001", "2003").replace("2002", "2004")
    text = f"leaders: {{AAA: {{Ann Other: {person}}}, BBB: {{Ann Other: {later}}}}}"
    parse_registry({"own.yaml": BASE, "people.yaml": text})
