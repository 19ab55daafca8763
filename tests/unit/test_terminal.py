import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.typing import EventDict

from allywatch.logs import without_control_codes
from allywatch.terminal import escaped_json, printable

HOSTILE = "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202edesrever\u2028 \r\n \x7f end"


def test_control_codes_of_a_terminal_become_spaces() -> None:
    assert printable(HOSTILE) == " [2J ]0;owned   31m  desrever       end"


def test_what_people_write_stays_as_it_is() -> None:
    written = "“Sõnad” — Łódź, 台灣海峽, السعودية [red]"
    assert printable(written) is written


@given(st.text(st.characters(codec="utf-8")))
def test_escaped_json_says_the_same_and_is_printable(text: str) -> None:
    written = escaped_json(json.dumps(text, ensure_ascii=False))
    assert json.loads(written) == text
    assert written.isprintable()


@pytest.mark.parametrize("key", ["detail", "event"])
def test_a_log_line_for_people_holds_no_control_codes(key: str) -> None:
    record: EventDict = {key: HOSTILE, "offset": 7, "exception": "Traceback:\n  line"}
    cleaned = without_control_codes(None, "warning", record)
    assert cleaned[key].isprintable()
    assert (cleaned["offset"], cleaned["exception"]) == (7, "Traceback:\n  line")
