from io import StringIO

from allywatch.ingest.phoenix import actors_of, is_person, write

DICTIONARY = """\
# a comment
JAN_EXAMPLE_  # note
+JANEK_EXAMPLE_
\t[POLGOV 050101-071231]
\t[POLOPP >080101]
\t[IGOEUR 090101-091231]
FOREIGN_MINISTER_EXAMPLE_
\t[POLGOV]
SOLE_
\t[POLGOV]
TWO_LANDS_
\t[POLGOV]
\t[LTUGOV]
SAME_NAME_ [POLGOV]
SAME_NAME_ [LTUGOV]
EXAMPLE_PARTY_ [LTUGOV]
SOME_BODY_ [IGO]
""".splitlines(keepends=True)


def test_every_name_of_a_block_has_the_country_of_most_of_its_roles() -> None:
    assert actors_of(DICTIONARY) == {
        "jan example": "POL",
        "janek example": "POL",
        "example party": "LTU",
    }


def test_institutions_are_not_looked_up_by_first_and_last_word() -> None:
    assert is_person("jan maria example")
    assert not is_person("example party")


def test_the_table_is_in_order() -> None:
    out = StringIO()
    write(actors_of(DICTIONARY), out)

    assert out.getvalue().splitlines() == [
        "alpha3,kind,name",
        "LTU,other,example party",
        "POL,person,jan example",
        "POL,person,janek example",
    ]
