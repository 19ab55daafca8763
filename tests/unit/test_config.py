"""Settings: what is wrong is told in one line that names the variable."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from allywatch.config import KafkaSettings, WorkerSettings
from allywatch.errors import AllywatchError
from secured import KEY_PASSWORD, Certificates


def test_a_value_that_cannot_be_names_its_variable_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALLYWATCH_KAFKA_SECURITY_PROTOCOL", "TLS")
    with pytest.raises(AllywatchError, match=r"^ALLYWATCH_KAFKA_SECURITY_PROTOCOL: .*'SASL_SSL'.*variable.$"):
        KafkaSettings()


def test_every_kind_of_settings_does_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLYWATCH_METRICS_PORT", "many")
    with pytest.raises(AllywatchError, match=r"^ALLYWATCH_METRICS_PORT: .* integer"):
        WorkerSettings()


def test_a_password_is_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLYWATCH_KAFKA_SASL_PASSWORD", "secret")
    monkeypatch.setenv("ALLYWATCH_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    with pytest.raises(AllywatchError, match="ALLYWATCH_KAFKA_SASL_USERNAME") as error:
        KafkaSettings()
    assert "secret" not in str(error.value)


def test_a_key_without_its_certificate_is_an_error() -> None:
    with pytest.raises(AllywatchError, match="ALLYWATCH_KAFKA_SSL_CERTFILE"):
        KafkaSettings(ssl_keyfile=Path("key.pem"))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


def test_a_missing_authority_names_the_file_and_the_variable(tmp_path: Path) -> None:
    kafka = KafkaSettings(security_protocol="SSL", ssl_cafile=tmp_path / "ca.pem")
    with pytest.raises(AllywatchError, match=r"ca\.pem.*No such file.*ALLYWATCH_KAFKA_SSL_CAFILE"):
        kafka.ssl_context()


def test_an_authority_that_is_no_certificate_names_the_file_and_the_variable(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate")
    kafka = KafkaSettings(security_protocol="SSL", ssl_cafile=tmp_path / "ca.pem")
    with pytest.raises(AllywatchError, match=r"ca\.pem.*ALLYWATCH_KAFKA_SSL_CAFILE"):
        kafka.ssl_context()


@pytest.mark.parametrize("password", [None, SecretStr("wrong")])
def test_a_locked_key_is_an_error_and_never_a_question_at_the_terminal(
    certificates: Certificates, password: SecretStr | None
) -> None:
    kafka = KafkaSettings(
        security_protocol="SSL",
        ssl_certfile=certificates.client,
        ssl_keyfile=certificates.client_key,
        ssl_keyfile_password=password,
    )
    with pytest.raises(AllywatchError, match="ALLYWATCH_KAFKA_SSL_KEYFILE_PASSWORD"):
        kafka.ssl_context()


def test_a_locked_key_opens_with_its_password(certificates: Certificates) -> None:
    kafka = KafkaSettings(
        security_protocol="SSL",
        ssl_certfile=certificates.client,
        ssl_keyfile=certificates.client_key,
        ssl_keyfile_password=SecretStr(KEY_PASSWORD),
    )
    assert kafka.ssl_context() is not None


@pytest.mark.parametrize("protocol", ["SSL", "SASL_SSL"])
def test_every_library_is_given_a_context_that_checks_the_host(
    certificates: Certificates, protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLYWATCH_KAFKA_SECURITY_PROTOCOL", protocol)
    kafka = KafkaSettings(
        ssl_cafile=certificates.ca, sasl_username="desk", sasl_password=SecretStr("correct horse")
    )
    credentials = kafka.for_faust()["broker_credentials"]
    contexts = [kafka.for_aiokafka()["ssl_context"], kafka.for_kafka_python()["ssl_context"]]
    contexts.append(getattr(credentials, "context", None) or credentials.ssl_context)
    assert credentials.protocol.value == protocol
    assert all(context.check_hostname for context in contexts)
