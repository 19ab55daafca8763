"""`allywatch read` on an address: a page from a web server is read; what cannot be had is told in a line."""

from typer.testing import CliRunner

from allywatch.cli import app
from allywatch.errors import AllywatchError
from integration.http_script import Reply, scripted_server

PAGE = b"""<html lang=en><title>Site</title><body><nav>Menu</nav><h1>Exercise: an attack</h1>
<p>Exercise: Russia attacked a port in Ukraine on Monday, the exercise says.</p></body></html>"""


def test_a_page_on_the_web_is_read() -> None:
    with scripted_server() as server:
        address = server.on("/a", Reply(body=PAGE, headers={"Content-Type": "text/html; charset=utf-8"}))
        shown = CliRunner().invoke(app, ["read", address, "--published", "2026-03-14"])
    assert shown.exit_code == 0
    assert "military threat" in shown.output
    assert "127.0.0.1, 14 Mar 2026" in shown.output


def test_a_page_that_is_not_there_is_told() -> None:
    with scripted_server() as server:
        shown = CliRunner().invoke(app, ["read", server.on("/a", Reply(status=404))])
    assert isinstance(shown.exception, AllywatchError)
    assert "http_error. Save the page and give the file." in str(shown.exception)
