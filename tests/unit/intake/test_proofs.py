"""Signatures: what the providers' own code signs is taken, and whatever differs by a letter is refused."""

import hmac
import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pytest
import stripe
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sendgrid.helpers.eventwebhook import EventWebhook
from slack_sdk.signature import Clock, SignatureVerifier
from standardwebhooks import Webhook
from twilio.request_validator import RequestValidator

from posthus.intake.providers.delivery import Delivery, form_fields
from posthus.intake.providers.hmacs import Hmac, key_of
from posthus.intake.providers.proofs import BasicAuthorization, Mailgun, Token
from posthus.intake.providers.table import PRESETS

NOW = 1_764_000_000.0
URL = "https://crm.example.dk/in/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
BODY = '{"id":"1","text":"rødgrød"}'.encode()
FORM = urlencode({"MessageSid": "SM1", "From": "+4512345678", "Body": "Hej æøå"}).encode()
SIGNING = sorted(name for name, preset in PRESETS.items() if name not in ("sendgrid", "ses"))

# Made once: a test that draws from a secret must meet the same one each time.
SECRETS = {name: PRESETS[name].proof.new_secret() or "" for name in SIGNING}


def plain(name: str) -> Delivery:
    """A delivery of a provider before it is signed."""
    form = name in ("twilio", "mailgun")
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    return Delivery({"content-type": kind}, FORM if form else BODY, urls=(URL,))


def signed(name: str, secret: str) -> Delivery:
    delivery = PRESETS[name].proof.sign(plain(name), secret, NOW)
    assert delivery is not None
    return delivery


def fits(name: str, delivery: Delivery, secret: str, now: float = NOW) -> bool:
    return PRESETS[name].proof.refusal(delivery, secret, now) is None


@pytest.mark.parametrize("name", SIGNING)
def test_what_a_provider_signs_is_taken(name: str) -> None:
    secret = PRESETS[name].proof.new_secret()
    assert secret is not None
    assert PRESETS[name].proof.problem(secret) is None
    assert fits(name, signed(name, secret), secret)


@pytest.mark.parametrize("name", SIGNING)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_differs_by_a_letter_is_refused(name: str, data: st.DataObject) -> None:
    preset = PRESETS[name]
    secret = SECRETS[name]
    delivery = signed(name, secret)
    proving = [header for header in delivery.headers if header not in plain(name).headers]
    timed = getattr(preset.proof, "tolerance", 0) or name in ("standard-webhooks", "hubspot")
    kinds = ["secret", "later"] if timed else ["secret"]
    kinds += [f"header:{header}" for header in proving] + [f"without:{header}" for header in proving]
    if not isinstance(preset.proof, Token | BasicAuthorization | Mailgun):
        kinds.append("body")
    what, _, header = data.draw(st.sampled_from(kinds)).partition(":")
    now = NOW
    if what == "secret":
        before = secret
        secret = changed(data, secret, "0123456789abcdefghijklmnopqrstuvwxyz")
        # The last letter of a base64 text has bits that mean nothing.
        assume(key_of("whsec", secret) != key_of("whsec", before) or name != "standard-webhooks")
    elif what == "later":
        now += data.draw(st.sampled_from([-1, 1])) * data.draw(st.integers(86_401, 10**9))
    elif what == "body":
        place, bit = data.draw(st.integers(0, len(delivery.body) - 1)), data.draw(st.integers(0, 7))
        flipped = bytearray(delivery.body)
        flipped[place] ^= 1 << bit
        fields = form_fields(delivery)
        delivery = replace(delivery, body=bytes(flipped))
        assume(not fields or form_fields(delivery) != fields)  # %2B and %2b say the same
    elif what == "header":
        value = changed(data, delivery.headers[header], "".join(map(chr, range(33, 127))))
        delivery = replace(delivery, headers={**delivery.headers, header: value})
    else:
        left = {key: value for key, value in delivery.headers.items() if key != header}
        delivery = replace(delivery, headers=left)
    assert not fits(name, delivery, secret, now), (what, header)


def changed(data: st.DataObject, text: str, letters: str) -> str:
    """The text with one letter replaced by another."""
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from([each for each in letters if each != text[place]]))
    return text[:place] + letter + text[place + 1 :]


@settings(max_examples=60, deadline=None)
@given(
    place=st.integers(0, 10_000),
    letter=st.sampled_from("0123456789abcdef"),
    field=st.sampled_from(["timestamp", "token", "signature"]),
)
def test_mailguns_fields_are_all_signed(place: int, letter: str, field: str) -> None:
    fields = {"timestamp": str(int(NOW)), "token": "a" * 50, "subject": "Hej"}
    content = (fields["timestamp"] + fields["token"]).encode()
    fields["signature"] = hmac.new(b"key", content, "sha256").hexdigest()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert fits("mailgun", Delivery(kind, urlencode(fields).encode()), "key")
    value = fields[field]
    place %= len(value)
    fields[field] = value[:place] + letter + value[place + 1 :]
    if fields[field] != value:
        assert not fits("mailgun", Delivery(kind, urlencode(fields).encode()), "key")


def test_mailgun_signs_multipart_and_json_bodies_as_well() -> None:
    fields = {"timestamp": str(int(NOW)), "token": "b" * 50}
    fields["signature"] = hmac.new(b"key", "".join(fields.values()).encode(), "sha256").hexdigest()
    parts = "".join(
        f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    multipart = Delivery({"content-type": "multipart/form-data; boundary=X"}, f"{parts}--X--\r\n".encode())
    assert fits("mailgun", multipart, "key")
    assert not fits("mailgun", multipart, "kex")
    assert fits("mailgun", Delivery({}, json.dumps({"signature": fields, "event-data": {}}).encode()), "key")


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


@given(text=TEXT, identifier=st.text("abcdefgh0123", min_size=1, max_size=30))
def test_standard_webhooks_own_library_agrees(text: str, identifier: str) -> None:
    preset = PRESETS["standard-webhooks"]
    secret = preset.proof.new_secret()
    assert secret is not None
    body = json.dumps({"text": text})
    from datetime import UTC, datetime

    when = datetime.now(UTC)
    theirs = Webhook(secret).sign(identifier, when, body)
    headers = {
        "webhook-id": identifier,
        "webhook-timestamp": str(int(when.timestamp())),
        "webhook-signature": f"v1a,AAAA {theirs}",
    }
    assert preset.proof.refusal(Delivery(headers, body.encode()), secret, when.timestamp()) is None
    ours = preset.proof.sign(Delivery({}, body.encode()), secret, when.timestamp())
    assert ours is not None
    Webhook(secret).verify(body, dict(ours.headers))


def test_a_public_key_verifies_v1a_and_nothing_else_does() -> None:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    secret = f"whpk_{b64encode(public).decode()}"
    stamp = str(int(NOW))
    signature = b64encode(private.sign(b"msg_1." + stamp.encode() + b"." + BODY)).decode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,AAAA v1a,{signature}",
    }
    assert fits("standard-webhooks", Delivery(headers, BODY), secret)
    assert not fits("standard-webhooks", Delivery(headers, BODY + b" "), secret)
    assert not fits("standard-webhooks", Delivery({**headers, "webhook-id": "msg_2"}, BODY), secret)
    assert not fits("standard-webhooks", Delivery(headers, BODY), secret, NOW + 301)
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert not fits("standard-webhooks", Delivery(headers, BODY), f"whpk_{b64encode(stranger).decode()}")
    assert PRESETS["standard-webhooks"].proof.problem("whpk_AAAA") is not None


@given(text=TEXT)
def test_stripes_own_library_agrees(text: str) -> None:
    body = json.dumps({"id": "evt_1", "text": text})
    delivery = PRESETS["stripe"].proof.sign(Delivery({}, body.encode()), "whsec_x", NOW)
    assert delivery is not None
    verify = stripe.WebhookSignature.verify_header
    assert verify(body, delivery.headers["stripe-signature"], "whsec_x", None)
    with pytest.raises(stripe.SignatureVerificationError):
        verify(body + " ", delivery.headers["stripe-signature"], "whsec_x", None)


class StoppedClock(Clock):
    def now(self) -> float:
        return NOW


@given(text=TEXT)
def test_slacks_own_library_agrees(text: str) -> None:
    delivery = PRESETS["slack"].proof.sign(Delivery({}, text.encode()), "s" * 32, NOW)
    assert delivery is not None
    assert SignatureVerifier("s" * 32, StoppedClock()).is_valid_request(text, dict(delivery.headers))


@given(fields=st.dictionaries(TEXT, TEXT, max_size=6))
def test_twilios_own_library_agrees(fields: dict[str, str]) -> None:
    validator = RequestValidator("token")
    kind = {"content-type": "application/x-www-form-urlencoded"}
    given_signature = validator.compute_signature(URL, fields)
    headers = {**kind, "x-twilio-signature": given_signature}
    delivery = Delivery(headers, urlencode(fields).encode(), urls=("http://elsewhere/x", URL))
    assert fits("twilio", delivery, "token")
    assert not fits("twilio", replace(delivery, urls=(URL + "b",)), "token")
    ours = PRESETS["twilio"].proof.sign(Delivery(kind, urlencode(fields).encode(), urls=(URL,)), "token", NOW)
    assert ours is not None
    assert validator.validate(URL, fields, ours.headers["x-twilio-signature"])


def test_twilios_json_is_signed_by_its_hash() -> None:
    query = f"bodySHA256={sha256(BODY).hexdigest()}"
    url = f"{URL}?{query}"
    signature = RequestValidator("token").compute_signature(url, {})
    delivery = Delivery({"x-twilio-signature": signature}, BODY, urls=(url,), query=query)
    assert fits("twilio", delivery, "token")
    assert not fits("twilio", replace(delivery, body=BODY + b" "), "token")


@settings(deadline=None)
@given(body=st.binary(max_size=200))
def test_sendgrids_own_library_agrees(body: bytes) -> None:
    private = generate_private_key(SECP256R1())
    public = b64encode(
        private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ).decode()
    stamp = "1764000000"
    signature = b64encode(private.sign(stamp.encode() + body, ECDSA(SHA256()))).decode()
    proof = PRESETS["sendgrid"].proof
    headers = {
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": stamp,
    }
    assert proof.problem(public) is None
    assert proof.refusal(Delivery(headers, body), public, NOW) is None
    assert proof.refusal(Delivery(headers, body + b"x"), public, NOW) is not None
    assert proof.refusal(
        Delivery({**headers, "x-twilio-email-event-webhook-timestamp": "1"}, body), public, NOW
    )
    text = body.decode("latin-1")
    if text.isascii():
        library = EventWebhook(public)
        assert library.verify_signature(text, signature, stamp, library.convert_public_key_to_ecdsa(public))


def test_the_saved_vectors_fit_and_are_refused_with_another_secret(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "webhooks/signature-vectors.json").read_text())
    meta = vectors["meta_whatsapp"]
    known = {
        "stripe": ("stripe", {"stripe-signature": vectors["stripe"]["Stripe-Signature"]}, NOW),
        "slack": ("slack", lowered(vectors["slack"]), 1_531_420_618),
        "shopify": ("shopify", lowered(vectors["shopify"]), NOW),
        "woocommerce": ("woocommerce", lowered(vectors["woocommerce"]), NOW),
        "typeform": ("typeform", lowered(vectors["typeform"]), NOW),
        "trengo": ("trengo", lowered(vectors["trengo"]), 1_569_508_124),
        "intercom": ("intercom", lowered(vectors["intercom"]), NOW),
        "meta_whatsapp": ("meta", lowered(meta), NOW),
        "hubspot_v3": ("hubspot", lowered(vectors["hubspot_v3"]), NOW),
        "zendesk": ("zendesk", lowered(vectors["zendesk"]), 1_764_000_000),
    }
    for label, (name, headers, now) in known.items():
        vector = vectors[label]
        delivery = Delivery(headers, vector["body"].encode(), urls=(vector.get("uri", ""),))
        assert fits(name, delivery, vector["secret"], now), label
        assert not fits(name, delivery, vector["secret"] + "x", now), label
    mailgun = vectors["mailgun"]
    form = urlencode({each: mailgun[each] for each in ("timestamp", "token", "signature")}).encode()
    assert fits("mailgun", Delivery({"content-type": "application/x-www-form-urlencoded"}, form), "key")


def lowered(vector: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in vector.items() if name[0] == "X" or "Signature" in name}


def test_githubs_own_vector(shared_data: Path) -> None:
    vector = json.loads((shared_data / "webhooks/github/vectors.json").read_text())[0]
    headers = {"x-hub-signature-256": vector["signature"]}
    assert fits("github", Delivery(headers, vector["payload"].encode()), vector["secret"])


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_hubspots_old_hashes_are_taken_for_json_alone(version: str) -> None:
    signed_content = BODY if version == "v1" else f"POST{URL}".encode() + BODY
    headers = {
        "x-hubspot-signature": sha256(b"client" + signed_content).hexdigest(),
        "x-hubspot-signature-version": version,
    }
    delivery = Delivery(headers, BODY, urls=(URL,))
    assert fits("hubspot", delivery, "client")
    assert not fits("hubspot", replace(delivery, body=BODY + b" "), "client")
    newest = {
        **headers,
        "x-hubspot-signature-v3": "AAAA",
        "x-hubspot-request-timestamp": str(int(NOW * 1000)),
    }
    assert not fits("hubspot", replace(delivery, headers=newest), "client")
    garbage = b"no json"
    headers["x-hubspot-signature"] = sha256(b"client" + garbage).hexdigest()
    headers["x-hubspot-signature-version"] = "v1"
    assert not fits("hubspot", Delivery(headers, garbage), "client")


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery({"x-token": "t"}, b"{}"),
        Delivery({"authorization": "Bearer t"}, b"{}"),
        Delivery({"authorization": f"Basic {b64encode(b'user:t').decode()}"}, b"{}"),
        Delivery({}, b"{}", query="a=1&token=t"),
        Delivery({}, b'{"token":"t"}'),
    ],
)
def test_a_token_may_come_in_many_places(delivery: Delivery) -> None:
    assert fits("generic-token", delivery, "t")
    assert not fits("generic-token", delivery, "u")
    assert not fits("generic-token", Delivery({}, b"{}"), "t")


def test_two_times_in_one_header_are_no_time() -> None:
    stripe_header = signed("stripe", "s").headers["stripe-signature"]
    doubled = Delivery({"stripe-signature": f"t=1,{stripe_header}"}, BODY)
    assert not fits("stripe", doubled, "s")


HEADER = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(PRESETS)),
    headers=st.dictionaries(
        st.sampled_from(
            sorted(
                {
                    "content-type", "authorization", "x-twilio-signature", "webhook-id", "webhook-timestamp",
                    "x-hubspot-signature", "x-twilio-email-event-webhook-signature", "x-token",
                    "x-twilio-email-event-webhook-timestamp", "x-slack-request-timestamp",
                }
                | {header for one in PRESETS.values() if isinstance(one.proof, Hmac) for header in one.proof.headers}
            )
        ),
        HEADER
        | st.sampled_from(
            ["v1,", "t=1,v1=", "1;2", "Basic !", "sha256=", "multipart/form-data; boundary=X", "٣"]
        ),
        max_size=6,
    ),
    body=st.binary(max_size=200) | st.sampled_from([b"{", b"[" * 3000, b'{"signature":1}', b'{"TopicArn":"a"}']),
    secret=HEADER,
    query=HEADER,
)  # fmt: skip
def test_nothing_a_stranger_sends_makes_a_proof_raise(
    name: str, headers: dict[str, str], body: bytes, secret: str, query: str
) -> None:
    delivery = Delivery(headers, body, urls=(URL, "", "http://[", "x:99999999"), query=query)
    refused = PRESETS[name].proof.refusal(delivery, f"{secret}key", NOW)
    assert refused is not None
    assert refused.detail
