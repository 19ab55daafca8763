"""A real broker with TLS and SASL: its authorities, certificates and users are made for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import SecretStr

from allywatch.broker.local import LOOPBACK, LocalBroker
from allywatch.broker.ports import free_ports
from allywatch.config import KafkaSettings

USER, PASSWORD = "desk", "correct horse"
KEY_PASSWORD = "battery staple"
_JAAS = "org.apache.kafka.common.security.{0} required"


@dataclass
class Certificates:
    """PEM files in a folder: the broker's (right and under another name), a client's, and two authorities."""

    folder: Path
    ours: trustme.CA = field(default_factory=trustme.CA)
    others: trustme.CA = field(default_factory=trustme.CA)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ca = self._authority("ca.pem", self.ours)
        self.other_ca = self._authority("other-ca.pem", self.others)
        self.broker = self._keystore("broker.pem", self.ours.issue_cert(LOOPBACK))
        self.misnamed = self._keystore("misnamed.pem", self.ours.issue_cert("another.example"))
        self.client, self.client_key = self._pair("client", self.ours.issue_cert("desk@newsroom.example"))
        self.stranger, self.stranger_key = self._pair("stranger", self.others.issue_cert("x@other.example"))

    def _authority(self, name: str, authority: trustme.CA) -> Path:
        path = self.folder / name
        authority.cert_pem.write_to_path(str(path))
        return path

    def _keystore(self, name: str, leaf: trustme.LeafCert) -> Path:
        """Key and chain in one file, as Kafka takes them: PKCS 8 alone."""
        path = self.folder / name
        path.write_bytes(_pkcs8(leaf) + b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        return path

    def _pair(self, name: str, leaf: trustme.LeafCert) -> tuple[Path, Path]:
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        key.write_bytes(_pkcs8(leaf, KEY_PASSWORD))
        return certificate, key


def _pkcs8(leaf: trustme.LeafCert, password: str = "") -> bytes:
    key = load_pem_private_key(leaf.private_key_pem.bytes(), None)
    encryption = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


class SecuredBroker:
    """One broker with a listener for each way in; the plain one is for itself, and for comparison.

    `ssl` wants a certificate of the client, `misnamed` shows one of another host, `sasl_ssl` and
    `sasl_plaintext` want the user by PLAIN or SCRAM; of SCRAM-SHA-256 only the latter knows.
    """

    def __init__(self, folder: Path) -> None:
        self.certificates = Certificates(folder / "certificates")
        names = ("ssl", "misnamed", "sasl_ssl", "sasl_plaintext")
        self._ports = dict(zip(names, free_ports(LOOPBACK, len(names)), strict=True))
        self.local = LocalBroker(folder / "kafka", settings=self._properties())

    def address(self, listener: str) -> str:
        return f"{LOOPBACK}:{self._ports[listener]}"

    @property
    def plain(self) -> KafkaSettings:
        return KafkaSettings(bootstrap=self.local.bootstrap)

    @property
    def tls(self) -> KafkaSettings:
        """TLS, each side with a certificate."""
        return KafkaSettings(
            bootstrap=self.address("ssl"),
            security_protocol="SSL",
            ssl_cafile=self.certificates.ca,
            ssl_certfile=self.certificates.client,
            ssl_keyfile=self.certificates.client_key,
            ssl_keyfile_password=SecretStr(KEY_PASSWORD),
        )

    @property
    def sasl(self) -> KafkaSettings:
        """A password over TLS."""
        return KafkaSettings(
            bootstrap=self.address("sasl_ssl"),
            security_protocol="SASL_SSL",
            ssl_cafile=self.certificates.ca,
            sasl_username=USER,
            sasl_password=SecretStr(PASSWORD),
        )

    def start(self) -> "SecuredBroker":
        from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

        from allywatch.kafkaadmin import admin_client

        self.local.start()
        with admin_client(self.plain) as client:
            for mechanism in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
                upsertion = UserScramCredentialUpsertion(USER, mechanism, PASSWORD.encode())
                client.alter_user_scram_credentials([upsertion])  # one user a request: Kafka refuses two
        return self

    def _properties(self) -> Mapping[str, str]:
        listeners = {name.upper(): port for name, port in self._ports.items()}
        where = "".join(f",{name}://${{host}}:{port}" for name, port in listeners.items())
        protocols = {name: "SSL" if name == "MISNAMED" else name for name in listeners}
        kinds = "".join(f",{name}:{protocol}" for name, protocol in protocols.items())
        plain = _JAAS.format("plain.PlainLoginModule") + f' user_{USER}="{PASSWORD}";'
        properties = {
            "listeners": "PLAINTEXT://${host}:${port},CONTROLLER://${host}:${controller_port}" + where,
            "advertised.listeners": "PLAINTEXT://${host}:${port}" + where,
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT" + kinds,
            "ssl.keystore.type": "PEM",
            "ssl.truststore.type": "PEM",
            "ssl.keystore.location": str(self.certificates.broker),
            "ssl.truststore.location": str(self.certificates.ca),
            "listener.name.ssl.ssl.client.auth": "required",
            "listener.name.misnamed.ssl.keystore.type": "PEM",
            "listener.name.misnamed.ssl.keystore.location": str(self.certificates.misnamed),
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            "listener.name.sasl_plaintext.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        }
        for name in ("sasl_ssl", "sasl_plaintext"):
            prefix, login = f"listener.name.{name}", _JAAS.format("scram.ScramLoginModule")
            properties[f"{prefix}.plain.sasl.jaas.config"] = plain
            for mechanism in ("scram-sha-256", "scram-sha-512"):
                properties[f"{prefix}.{mechanism}.sasl.jaas.config"] = f"{login};"
        return properties


def environment(kafka: KafkaSettings) -> dict[str, str]:
    """The variables that say the same."""
    values = {name: getattr(kafka, name) for name in KafkaSettings.model_fields}
    return {
        f"ALLYWATCH_KAFKA_{name.upper()}": str(
            value.get_secret_value() if isinstance(value, SecretStr) else value
        )
        for name, value in values.items()
        if value is not None
    }
