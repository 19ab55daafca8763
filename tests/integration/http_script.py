"""A server on loopback that answers as it is told, and remembers what it was asked."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before the body."""
    cut: int = 0
    """Bytes of the body that never come."""


@dataclass
class Asked:
    path: str
    headers: Mapping[str, str]
    at: float
    open_requests: int
    """Those being answered, this one included."""


class ScriptedServer:
    """Replies are taken from a list per path; the last one stays."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.replies: dict[str, list[Reply | Callable[[Asked], Reply]]] = {}
        self.open = 0
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def on(self, path: str, *replies: Reply | Callable[[Asked], Reply]) -> str:
        self.replies[path] = list(replies)
        return self.url + path

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with script.lock:
                    script.open += 1
                    asked = Asked(self.path, dict(self.headers), time.monotonic(), script.open)
                    script.asked.append(asked)
                    left = script.replies.get(self.path, [Reply(404)])
                    chosen = left.pop(0) if len(left) > 1 else left[0]
                try:
                    self._send(chosen(asked) if callable(chosen) else chosen)
                except (BrokenPipeError, ConnectionResetError):
                    pass
                finally:
                    with script.lock:
                        script.open -= 1

            def _send(self, reply: Reply) -> None:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.flush()
                time.sleep(reply.delay)
                self.wfile.write(reply.body[: len(reply.body) - reply.cut])

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


@contextmanager
def scripted_server() -> Iterator[ScriptedServer]:
    script = ScriptedServer()
    thread = threading.Thread(target=script.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.server.shutdown()
        script.server.server_close()
        thread.join()
