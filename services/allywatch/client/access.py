"""Whether Kafka takes us with these settings: asked before a client library tries for ever.

The libraries report a wrong password, a certificate of another authority and a plain connection to a TLS
port alike: nobody answers, try again. Here one connection is made by hand, up to the authentication, and
what is certain to fail again is refused in one line. Whatever is not certain (nobody there, a broker that
is starting or stopping) is left to the library, which waits.
"""

import socket
import ssl
import struct
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from allywatch.errors import Refused

_SECONDS = 2.0
_PAUSE_SECONDS = 0.5
_SASL_HANDSHAKE, _SASL_AUTHENTICATE = (17, 1), (36, 0)  # Kafka's API keys and the versions we write
_UNSUPPORTED_MECHANISM, _NO_SASL_HERE, _NOT_AUTHENTICATED = 33, 34, 58  # Kafka's error codes
_PASSWORD_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_LARGEST_ANSWER = 1 << 16
_OTHER_NAME = (62, 64)  # OpenSSL's verify codes: the certificate is for another host, or address


class _NoKafkaAnswer(Exception):
    """Something answered, and it was no answer of Kafka's protocol."""


def check_access(seconds: float = _SECONDS, **kafka: Any) -> None:
    """Return unless it is certain that Kafka will not take us, at any of its addresses that answer.

    Args:
        seconds: For all; addresses that are not asked in this time do not count.
        **kafka: Settings of kafka-python or aiokafka: addresses, TLS and SASL; others are ignored.

    Raises:
        Refused: Says what is wrong, and which setting to change.
    """
    if kafka.get("proxy_url"):
        return
    addresses = kafka.get("bootstrap_servers") or ()
    refused: Refused | None = None
    until = time.monotonic() + seconds
    for address in addresses.split(",") if isinstance(addresses, str) else addresses:
        left = until - time.monotonic()
        host, _, port = str(address).strip().rpartition(":")
        if not port.isdigit() or left <= 0:
            break
        try:
            _Visit(host.strip("[]"), int(port), left, kafka).make()
            return
        except Refused as exc:
            refused = refused or exc
        except (OSError, _NoKafkaAnswer):
            pass
    if refused:
        raise refused


class _Visit:
    """One address, visited once."""

    def __init__(self, host: str, port: int, seconds: float, kafka: dict[str, Any]) -> None:
        self._host, self._port, self._seconds, self._kafka = host, port, seconds, kafka
        protocol = kafka.get("security_protocol") or "PLAINTEXT"
        self._tls, self._sasl = protocol.endswith("SSL"), protocol.startswith("SASL")
        self._mechanism = str(kafka.get("sasl_mechanism") or "PLAIN") if self._sasl else "PLAIN"

    def make(self) -> None:
        """Connect, and ask what every listener answers: which SASL mechanisms it takes.

        Raises:
            Refused: See `check_access`.
            OSError: Nobody is there, or it went away.
        """
        try:
            self._talk()
        except ssl.SSLZeroReturnError:
            # Greeted and dismissed: how Kafka treats who shows no certificate, and how it stops.
            time.sleep(_PAUSE_SECONDS)
            try:
                self._talk()
            except ssl.SSLZeroReturnError:
                raise self._refused("it closes right after the TLS greeting", *_SHOW_CERTIFICATE) from None

    def _talk(self) -> None:
        with self._connected() as stream:
            code, mechanisms = self._handshake(stream)
            if code == _NO_SASL_HERE:
                if self._sasl:
                    raise self._refused("it asks for no password there", *_NO_SASL)
                return
            offered = ", ".join(mechanisms)
            if not self._sasl:
                raise self._refused(f"it asks for a user and password ({offered})", *_GIVE_PASSWORD)
            if code == _UNSUPPORTED_MECHANISM:
                raise self._refused(f"it takes {offered}, not {self._mechanism}", *_OTHER_MECHANISM)
            if code == 0 and self._mechanism in _PASSWORD_MECHANISMS:
                self._authenticate(stream)

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        with closing(self._open()) as plain:
            if not self._tls:
                yield plain
                return
            try:
                wrapped = _context(self._kafka).wrap_socket(plain, server_hostname=self._host)
            except ssl.SSLCertVerificationError as exc:
                raise self._untrusted(exc) from None
            except OSError as exc:
                self._refuse_if_plain()
                raise self._dismissed(exc) from None
            with closing(wrapped):
                try:
                    yield wrapped
                except ssl.SSLError as exc:  # with TLS 1.3 our own certificate is judged only now
                    raise self._dismissed(exc) from None

    def _open(self) -> socket.socket:
        return socket.create_connection((self._host, self._port), self._seconds)

    def _untrusted(self, exc: ssl.SSLCertVerificationError) -> Refused:
        why = exc.verify_message.rstrip(".")
        if exc.verify_code in _OTHER_NAME:
            return self._refused(f"its certificate is for another name ({why})", *_OTHER_HOST)
        return self._refused(f"its certificate is not trusted ({why})", *_OTHER_AUTHORITY)

    def _dismissed(self, exc: OSError) -> Exception:
        """An alert is the broker's word on us; any other fault may pass."""
        reason = str(getattr(exc, "reason", "") or "")
        if "ALERT" not in reason or "INTERNAL" in reason:
            return exc
        said = reason.rpartition("ALERT_")[2].replace("_", " ").lower()
        return self._refused(f"it ends the TLS handshake ({said})", *_SHOW_CERTIFICATE)

    def _refuse_if_plain(self) -> None:
        """A port without TLS just closes on a greeting in TLS; so it is asked in plain."""
        with suppress(OSError, _NoKafkaAnswer), closing(self._open()) as plain:
            _ask(plain, _SASL_HANDSHAKE, _string("PLAIN"))
            raise self._refused("it does not speak TLS there", *_NO_TLS)

    def _handshake(self, stream: socket.socket) -> tuple[int, list[str]]:
        try:
            answer = _ask(stream, _SASL_HANDSHAKE, _string(self._mechanism))
        except _NoKafkaAnswer as exc:
            if exc.args[0][:2] == b"\x15\x03":  # a TLS alert
                raise self._refused("it speaks TLS there", *_USE_TLS) from None
            raise
        code, count = struct.unpack_from(">hi", answer)
        mechanisms, at = [], 6
        for _ in range(count):
            (length,) = struct.unpack_from(">h", answer, at)
            mechanisms.append(answer[at + 2 : at + 2 + length].decode("ascii", "replace"))
            at += 2 + length
        return code, mechanisms

    def _authenticate(self, stream: socket.socket) -> None:
        from kafka.net.sasl import get_sasl_mechanism

        user, password = self._kafka.get("sasl_plain_username"), self._kafka.get("sasl_plain_password")
        if not user or not password:
            raise self._refused("it asks for a user and password", *_GIVE_PASSWORD)
        exchange = get_sasl_mechanism(self._mechanism)(
            sasl_mechanism=self._mechanism, sasl_plain_username=user, sasl_plain_password=password
        )
        while not exchange.is_done():
            token = exchange.auth_bytes()
            answer = _ask(stream, _SASL_AUTHENTICATE, struct.pack(">i", len(token)) + token)
            code, length = struct.unpack_from(">hh", answer)
            if code == _NOT_AUTHENTICATED:
                said = answer[4 : 4 + length].decode("utf-8", "replace") if length > 0 else ""
                raise self._refused(f"wrong user or password for {user!r} ({said})", *_WRONG_PASSWORD)
            if code:
                return  # not about the password: the client library will say
            (size,) = struct.unpack_from(">i", answer, 4 + max(length, 0))
            exchange.receive(answer[len(answer) - size :] if size > 0 else b"")

    def _refused(self, why: str, fix: str, *settings: str) -> Refused:
        names = ", ".join(f"ALLYWATCH_KAFKA_{name}" for name in settings)
        return Refused(f"no access to Kafka at {self._host}:{self._port}: {why}. {fix} ({names}).")


_USE_TLS = ("Use SSL or SASL_SSL", "SECURITY_PROTOCOL")
_NO_TLS = ("Use PLAINTEXT or SASL_PLAINTEXT, or its TLS port", "SECURITY_PROTOCOL", "BOOTSTRAP")
_NO_SASL = ("Use PLAINTEXT or SSL, or its other port", "SECURITY_PROTOCOL", "BOOTSTRAP")
_GIVE_PASSWORD = (
    "Use SASL_SSL or SASL_PLAINTEXT and give both",
    "SECURITY_PROTOCOL",
    "SASL_USERNAME",
    "SASL_PASSWORD",
)
_OTHER_MECHANISM = ("Choose one of its mechanisms", "SASL_MECHANISM")
_WRONG_PASSWORD = ("Correct them", "SASL_USERNAME", "SASL_PASSWORD")
_OTHER_AUTHORITY = ("Give the authority that signed it", "SSL_CAFILE")
_OTHER_HOST = ("Reach it by the name in its certificate", "BOOTSTRAP")
_SHOW_CERTIFICATE = ("Give a certificate that it trusts", "SSL_CERTFILE", "SSL_KEYFILE")


def _context(kafka: dict[str, Any]) -> ssl.SSLContext:
    """The context of these settings; kafka-python also takes its parts."""
    if kafka.get("ssl_context") is not None:
        return kafka["ssl_context"]  # type: ignore[no-any-return]
    context = ssl.create_default_context(cafile=kafka.get("ssl_cafile"))
    context.check_hostname = kafka.get("ssl_check_hostname", True)
    if kafka.get("ssl_certfile"):
        context.load_cert_chain(kafka["ssl_certfile"], kafka.get("ssl_keyfile"), kafka.get("ssl_password"))
    return context


def _string(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack(">h", len(encoded)) + encoded


def _ask(stream: socket.socket, api: tuple[int, int], body: bytes) -> bytes:
    """One request in Kafka's protocol; the body of the answer.

    Raises:
        _NoKafkaAnswer: Holds what came instead.
        OSError: Nothing came.
    """
    request = struct.pack(">hhih", *api, 1, -1) + body  # 1: correlation id, -1: no client id
    stream.sendall(struct.pack(">i", len(request)) + request)
    begin = _receive(stream, 8)
    size, correlation = struct.unpack(">ii", begin) if len(begin) == 8 else (0, 0)
    if correlation != 1 or not 4 <= size <= _LARGEST_ANSWER:
        raise _NoKafkaAnswer(begin)
    answer = _receive(stream, size - 4)
    if len(answer) < size - 4:
        raise _NoKafkaAnswer(begin + answer)
    return answer


def _receive(stream: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size and (part := stream.recv(size - len(received))):
        received += part
    return received
