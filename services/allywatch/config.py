"""Settings, from the environment (`ALLYWATCH_*`). Built in `cli.py` and in composition roots alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from allywatch.errors import AllywatchError


class _Environment(BaseSettings):
    """Settings whose mistakes are told in a line that names the variable."""

    @model_validator(mode="wrap")
    @classmethod
    def _told_by_variable(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(values)
        except ValidationError as exc:
            first = exc.errors(include_url=False, include_input=False)[0]
            name = "_".join(str(part) for part in first["loc"]).upper()
            prefix = cls.model_config.get("env_prefix", "")
            raise AllywatchError(f"{prefix}{name}: {first['msg']}. Correct that variable.") from None


class KafkaSettings(_Environment):
    """How to reach Kafka (`ALLYWATCH_KAFKA_*`). TLS and SASL are passed through to every client.

    Raises:
        AllywatchError: A value cannot be right, or one is missing that another asks for.
    """

    model_config = SettingsConfigDict(env_prefix="ALLYWATCH_KAFKA_", frozen=True)

    bootstrap: str = Field(default="127.0.0.1:9092", description="host:port, comma-separated.")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    sasl_username: str | None = None
    sasl_password: SecretStr | None = None
    ssl_cafile: Path | None = None
    ssl_certfile: Path | None = None
    ssl_keyfile: Path | None = None
    ssl_keyfile_password: SecretStr | None = None
    ssl_check_hostname: bool = True

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.uses_sasl and not (self.sasl_username and self.sasl_password):
            raise AllywatchError(
                f"{self.security_protocol} needs a user and a password. "
                "Set ALLYWATCH_KAFKA_SASL_USERNAME and ALLYWATCH_KAFKA_SASL_PASSWORD."
            )
        if self.ssl_keyfile and not self.ssl_certfile:
            raise AllywatchError("a key alone says nothing. Set ALLYWATCH_KAFKA_SSL_CERTFILE too.")
        return self

    @property
    def servers(self) -> list[str]:
        """The bootstrap servers as a list."""
        return [part.strip() for part in self.bootstrap.split(",") if part.strip()]

    @property
    def uses_tls(self) -> bool:
        """Whether connections are encrypted."""
        return self.security_protocol.endswith("SSL")

    @property
    def uses_sasl(self) -> bool:
        """Whether connections are authenticated by SASL."""
        return self.security_protocol.startswith("SASL")

    def _sasl(self, prefix: str) -> dict[str, Any]:
        if not self.uses_sasl:
            return {}
        password = self.sasl_password.get_secret_value() if self.sasl_password else None
        return {
            "sasl_mechanism": self.sasl_mechanism,
            f"{prefix}username": self.sasl_username,
            f"{prefix}password": password,
        }

    def ssl_context(self) -> Any:
        """An `ssl.SSLContext` for these settings, or None without TLS.

        Raises:
            AllywatchError: A file cannot be used.
        """
        if not self.uses_tls:
            return None
        import ssl

        cafile = self.ssl_cafile and str(self.ssl_cafile)
        with _usable("SSL_CAFILE", self.ssl_cafile):
            context = ssl.create_default_context(cafile=cafile)
        context.check_hostname = self.ssl_check_hostname
        if self.ssl_certfile:
            keyfile = self.ssl_keyfile or self.ssl_certfile
            password = self.ssl_keyfile_password.get_secret_value() if self.ssl_keyfile_password else ""
            with _usable("SSL_CERTFILE", self.ssl_certfile, "SSL_KEYFILE", "SSL_KEYFILE_PASSWORD"):
                # Without a password OpenSSL would ask for one at the terminal.
                context.load_cert_chain(str(self.ssl_certfile), str(keyfile), password)
        return context

    def for_aiokafka(self) -> dict[str, Any]:
        """Keyword arguments for aiokafka's clients."""
        return {
            "bootstrap_servers": self.servers,
            "security_protocol": self.security_protocol,
            "ssl_context": self.ssl_context(),
            **self._sasl("sasl_plain_"),
        }

    def for_kafka_python(self) -> dict[str, Any]:
        """Keyword arguments for kafka-python's clients."""
        return self.for_aiokafka()

    def for_faust(self) -> dict[str, Any]:
        """Keyword arguments for `faust.App`: broker and broker_credentials."""
        import faust
        from faust.types.auth import AuthProtocol

        out: dict[str, Any] = {"broker": [f"kafka://{server}" for server in self.servers]}
        if self.uses_sasl:
            password = self.sasl_password.get_secret_value() if self.sasl_password else None
            credentials = faust.SASLCredentials(
                username=self.sasl_username,
                password=password,
                mechanism=self.sasl_mechanism,
                ssl_context=self.ssl_context(),
            )
            if not self.uses_tls:
                credentials.protocol = AuthProtocol.SASL_PLAINTEXT
            out["broker_credentials"] = credentials
        elif self.uses_tls:
            out["broker_credentials"] = faust.SSLCredentials(context=self.ssl_context())
        return out


@contextmanager
def _usable(variable: str, file: Path | None, *others: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:  # ssl.SSLError is one
        why = getattr(exc, "reason", None) or exc.strerror or "not PEM"
        names = " and ".join(f"ALLYWATCH_KAFKA_{name}" for name in (variable, *others))
        raise AllywatchError(f"cannot use {file} for TLS: {why}. Correct {names}.") from None


class WorkerSettings(_Environment):
    """What every worker shares (`ALLYWATCH_*`)."""

    model_config = SettingsConfigDict(env_prefix="ALLYWATCH_", frozen=True)

    app_id: str = Field(default="allywatch", description="Prefix of groups and transactional ids.")
    metrics_host: str = Field(default="127.0.0.1", description="Where /metrics, /live and /ready listen.")
    metrics_port: int | None = Field(
        default=None, description="Port of the same; none: the worker's default. 0: any."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"
    dead_letter_limit: int = Field(
        default=100, ge=1, description="Unexpected failures in a minute that stop the worker."
    )
