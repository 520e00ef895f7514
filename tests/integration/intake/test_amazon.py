"""Amazon SNS by a real TLS server: certificates from its hosts alone, and no way to send us anywhere else."""

import json
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from posthus.intake.answers import Answer, Head
from posthus.intake.deliveries import Surroundings
from posthus.intake.http import WebhookIntake
from posthus.intake.outbound import MOST_BYTES, Outbound, OutboundError, is_public
from posthus.intake.providers.sns import AMAZON, signed_text
from posthus.intake.servers import IntakeApp
from posthus.intake.sources import NewSource, Source
from posthus.jobs import WorkspaceId
from tests.keys import KEYRING

HOST = "sns.eu-west-1.amazonaws.com"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
CERTIFICATE = f"https://{HOST}/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
CONFIRM = f"https://{HOST}/?Action=ConfirmSubscription&Token=abc"


def certificate(key: RSAPrivateKey, name: str) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, SHA256())
    )


@dataclass
class Amazon:
    """A TLS server that answers as Amazon would, and whoever asks it."""

    key: RSAPrivateKey
    outbound: Outbound
    asked: list[str] = field(default_factory=list)
    answers: dict[str, tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)

    def signed(self, kind: str = "Notification", version: str = "2", **more: str) -> bytes:
        """A message of the topic, signed."""
        fields = {
            "Type": kind,
            "MessageId": "m1",
            "TopicArn": TOPIC,
            "Message": '{"notificationType":"Received"}',
            "Timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "SignatureVersion": version,
            "SigningCertURL": CERTIFICATE,
            **more,
        }
        algorithm = SHA256() if version == "2" else SHA1()
        fields["Signature"] = b64encode(self.key.sign(signed_text(fields), PKCS1v15(), algorithm)).decode()
        return json.dumps(fields).encode()


class Server(ThreadingHTTPServer):
    amazon: Amazon


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.amazon.asked.append(self.path)
        status, body, headers = self.server.amazon.answers.get(self.path, (404, b"", {}))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        pass


@pytest.fixture(scope="module")
def keys() -> tuple[RSAPrivateKey, RSAPrivateKey]:
    return generate_private_key(65537, 2048), generate_private_key(65537, 2048)


@pytest.fixture
def amazon(tmp_path: Path, keys: tuple[RSAPrivateKey, RSAPrivateKey]) -> Iterator[Amazon]:
    serving, signing = keys
    shown = certificate(serving, HOST)
    file = tmp_path / "server.pem"
    private = serving.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + shown.public_bytes(Encoding.PEM))
    pem = certificate(signing, "sns").public_bytes(Encoding.PEM)

    server = Server(("127.0.0.1", 0), Handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    trusting = ssl.create_default_context(cadata=shown.public_bytes(Encoding.PEM).decode())
    port = server.server_address[1]
    outbound = Outbound(
        resolve=lambda _: ["127.0.0.1"],
        permitted=lambda _: True,
        connect=lambda address, seconds: socket.create_connection((address, port), seconds),
        context=trusting,
    )
    made = server.amazon = Amazon(signing, outbound)
    made.answers[CERTIFICATE.removeprefix(f"https://{HOST}")] = (200, pem, {})
    made.answers[CONFIRM.removeprefix(f"https://{HOST}")] = (200, b"<ok/>", {})
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def source(make_source: Callable[[NewSource], Source], workspace_id: WorkspaceId) -> Source:
    return make_source(NewSource(workspace_id, "webhook", "Mail", provider="ses", secret=TOPIC))


def sent(url: str, amazon: Amazon, source: Source, *sent_bodies: bytes) -> list[Answer]:
    import asyncio

    async def main() -> list[Answer]:
        app = IntakeApp(url, around=Surroundings(KEYRING, outbound=amazon.outbound))
        intake: WebhookIntake = await app.start()
        answers = []
        for body in sent_bodies:

            async def read(_limit: int, body: bytes = body) -> bytes | None:
                return body

            answers.append(
                await intake.answer(Head("POST", f"/in/{source.token}", "", {}, len(body), ""), read)
            )
        await app.stop()
        return answers

    return asyncio.run(main())


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_signed_message_is_stored_and_the_certificate_fetched_once(
    database_url: str, amazon: Amazon, source: Source, version: str, count: Callable[[str], int]
) -> None:
    answers = sent(
        database_url,
        amazon,
        source,
        amazon.signed(version=version),
        amazon.signed(version=version, MessageId="m2"),
    )
    assert [one.status for one in answers] == [200, 200]
    assert count("event") == 2
    assert len(amazon.asked) == 1


def test_whatever_is_changed_or_comes_from_elsewhere_is_not_believed(
    database_url: str, amazon: Amazon, source: Source, count: Callable[[str], int]
) -> None:
    whole = json.loads(amazon.signed())
    changed = [json.dumps({**whole, name: value}).encode() for name, value in (
        ("Message", "{}"), ("MessageId", "m9"), ("Signature", "AAAA"), ("SignatureVersion", "1"),
        ("SignatureVersion", "3"), ("Type", "SubscriptionConfirmation"),
    )]  # fmt: skip
    others = [
        amazon.signed(TopicArn="arn:aws:sns:eu-west-1:999999999999:mail"),
        amazon.signed(SigningCertURL="https://sns.evil.example/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"),
        amazon.signed(SigningCertURL=CERTIFICATE.replace("https", "http")),
        amazon.signed(SigningCertURL=f"https://{HOST}.evil.example/SimpleNotificationService-0123456789abcdef.pem"),
        amazon.signed(SigningCertURL=f"https://{HOST}@evil.example/SimpleNotificationService-0123456789abcdef.pem"),
        amazon.signed(Timestamp="2020-01-01T00:00:00Z"),
        b"no json",
    ]  # fmt: skip
    answers = sent(database_url, amazon, source, *changed, *others)
    assert {one.status for one in answers} == {
        503
    }  # Amazon sends again, and nothing is lost by a wrong setting
    assert count("event") == 0
    assert all(path.startswith("/SimpleNotificationService") for path in amazon.asked)


def test_a_subscription_is_confirmed_by_a_visit_to_amazon_alone(
    database_url: str, amazon: Amazon, source: Source, count: Callable[[str], int]
) -> None:
    (confirmed,) = sent(
        database_url,
        amazon,
        source,
        amazon.signed("SubscriptionConfirmation", SubscribeURL=CONFIRM, Token="abc"),
    )
    assert (confirmed.status, amazon.asked[-1]) == (200, "/?Action=ConfirmSubscription&Token=abc")
    before = len(amazon.asked)
    elsewhere = amazon.signed(
        "SubscriptionConfirmation", SubscribeURL="https://internal.example/x", Token="abc"
    )
    amazon.answers["/?gone"] = (500, b"", {})
    failing = amazon.signed("SubscriptionConfirmation", SubscribeURL=f"https://{HOST}/?gone", Token="abc")
    assert [one.status for one in sent(database_url, amazon, source, elsewhere, failing)] == [503, 503]
    assert amazon.asked[before:] == [CERTIFICATE.removeprefix(f"https://{HOST}"), "/?gone"]
    assert count("event") == 0


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((302, b"", {"Location": "https://127.0.0.1/"}), "answered 302"),
        ((200, b"x" * (MOST_BYTES + 1), {}), "more than"),
        ((500, b"", {}), "answered 500"),
    ],
)
def test_no_redirect_and_no_flood_is_followed(
    amazon: Amazon, answer: tuple[int, bytes, dict[str, str]], says: str
) -> None:
    amazon.answers["/x"] = answer
    with pytest.raises(OutboundError, match=says):
        amazon.outbound.fetch(f"https://{HOST}/x", AMAZON)
    assert len(amazon.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/", "https://evil.example/", "https://sns.eu-west-1.amazonaws.com.evil.example/",
        "https://user@sns.eu-west-1.amazonaws.com/", "https://sns.eu-west-1.amazonaws.com:8080/",
        "https://sns.eu-west-1.amazonaws.com:x/", "https://127.0.0.1/", "file:///etc/passwd", "", "https://[::1]/",
    ],
)  # fmt: skip
def test_no_other_address_is_asked(amazon: Amazon, url: str) -> None:
    with pytest.raises(OutboundError, match="not one of the provider's"):
        amazon.outbound.fetch(url, AMAZON)
    assert amazon.asked == []


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "::1", "fd00::1", "0.0.0.0", "x"]
)
def test_a_name_that_leads_inside_is_not_followed(amazon: Amazon, address: str) -> None:
    assert not is_public(address)
    inside = Outbound(resolve=lambda _: ["93.184.216.34", address], connect=amazon.outbound.connect)
    with pytest.raises(OutboundError, match="public address"):
        inside.fetch(f"https://{HOST}/x", AMAZON)
    assert amazon.asked == []


def test_a_server_with_another_name_is_not_believed(amazon: Amazon) -> None:
    with pytest.raises(OutboundError, match="did not answer"):
        amazon.outbound.fetch("https://sns.us-east-1.amazonaws.com/x", AMAZON)
    assert is_public("93.184.216.34")
    assert amazon.asked == []
