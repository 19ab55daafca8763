import http.client
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from allywatch.errors import StopWorker
from allywatch.metrics.server import Health, HealthServer


class HandClock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def health(clock: HandClock) -> Health:
    return Health(("assigned", "recovered"), clock, stale_after=30.0)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def server(registry: CollectorRegistry, health: Health) -> Iterator[HealthServer]:
    with HealthServer(registry, health, "127.0.0.1", 0) as server:
        yield server


def ask(server: HealthServer, path: str, method: str = "GET") -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


def ask_json(server: HealthServer, path: str) -> tuple[int, dict[str, Any]]:
    status, _, body = ask(server, path)
    return status, json.loads(body)


def test_live_until_the_loop_stalls_and_again_when_it_moves(
    server: HealthServer, health: Health, clock: HandClock
) -> None:
    assert ask_json(server, "/live") == (200, {"ok": True, "seconds_since_last_beat": 0.0})
    clock.now += 30.0
    assert ask_json(server, "/live") == (503, {"ok": False, "seconds_since_last_beat": 30.0})
    health.beat()
    assert ask_json(server, "/live")[0] == 200


def test_not_ready_at_first_and_says_which_conditions_are_missing(
    server: HealthServer, health: Health
) -> None:
    health.set("assigned", True, "partitions 0, 2")
    status, body = ask_json(server, "/ready")
    assert (status, body["ok"]) == (503, False)
    assert body["conditions"] == {
        "assigned": {"ok": True, "detail": "partitions 0, 2"},
        "recovered": {"ok": False, "detail": "not yet"},
    }


def test_ready_when_every_condition_holds_and_no_longer_when_one_falls(
    server: HealthServer, health: Health
) -> None:
    health.set("assigned", True)
    health.set("recovered", True)
    assert ask_json(server, "/ready")[0] == 200
    health.set("recovered", False, "1200/50000")
    status, body = ask_json(server, "/ready")
    assert status == 503
    assert body["conditions"]["recovered"]["detail"] == "1200/50000"


def test_a_stalled_loop_is_not_ready_whatever_it_last_said(
    server: HealthServer, health: Health, clock: HandClock
) -> None:
    health.set("assigned", True)
    health.set("recovered", True)
    clock.now += 31.0
    assert ask_json(server, "/ready")[0] == 503


def test_a_condition_that_was_not_declared_is_a_defect(health: Health) -> None:
    with pytest.raises(KeyError):
        health.set("typo", True)


def test_metrics_are_served_as_prometheus_reads_them(
    server: HealthServer, registry: CollectorRegistry
) -> None:
    Counter("allywatch_exercise", "An exercise.", ("reason",), registry=registry).labels("invalid").inc(3)
    status, content_type, body = ask(server, "/metrics?name=ignored")
    assert status == 200
    assert content_type.startswith("text/plain; version=")
    families = {family.name: family for family in text_string_to_metric_families(body.decode())}
    [sample] = [s for s in families["allywatch_exercise"].samples if s.name.endswith("_total")]
    assert (sample.labels, sample.value) == ({"reason": "invalid"}, 3.0)


@pytest.mark.parametrize("path", ["/metrics", "/live", "/ready", "/elsewhere"])
def test_head_answers_as_get_without_a_body(server: HealthServer, path: str) -> None:
    assert ask(server, path, "HEAD")[:2] == ask(server, path)[:2]
    assert ask(server, path, "HEAD")[2] == b""


def test_another_path_names_the_right_ones(server: HealthServer) -> None:
    status, _, body = ask(server, "/table/")
    assert status == 404
    assert b"/ready" in body


def test_a_port_in_use_is_one_line_with_the_way_out(registry: CollectorRegistry, health: Health) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StopWorker, match=rf"127\.0\.0\.1:{port}.*ALLYWATCH_METRICS_PORT") as caught:
            HealthServer(registry, health, "127.0.0.1", port)
    assert "\n" not in str(caught.value)


def test_a_silent_client_does_not_keep_others_from_answers(server: HealthServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port)):
        assert ask(server, "/live")[0] == 200


def test_a_crowd_that_dawdles_is_let_go_and_does_not_keep_others_from_answers(server: HealthServer) -> None:
    before = threading.active_count()
    crowd = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(200)]
    for each in crowd:
        each.sendall(b"GET /metr")
    assert ask(server, "/live")[0] == 200
    assert threading.active_count() - before < 50
    assert crowd[0].recv(1) == b""  # ended by the server
    for each in crowd:
        each.close()


def test_setting_and_reading_at_once_gives_whole_answers(server: HealthServer, health: Health) -> None:
    stop = threading.Event()

    def flip() -> None:
        while not stop.is_set():
            health.set("assigned", True, "yes")
            health.set("assigned", False, "no")

    writer = threading.Thread(target=flip)
    writer.start()
    try:
        for _ in range(50):
            assigned = ask_json(server, "/ready")[1]["conditions"]["assigned"]
            assert (assigned["ok"], assigned["detail"]) in {(True, "yes"), (False, "no"), (False, "not yet")}
    finally:
        stop.set()
        writer.join()
