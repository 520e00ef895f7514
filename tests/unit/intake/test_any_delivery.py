"""Whatever comes to a source's address: its proof neither fails nor believes it, and it can be stored as it came."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posthus.intake.admission import Moment, doubt, event_of
from posthus.intake.inbox import _described, _json
from posthus.intake.providers.delivery import Delivery, Refusal
from posthus.intake.providers.table import PRESETS
from posthus.intake.secrets import Sealed
from posthus.intake.sources import Settings, Source
from posthus.jobs import SourceId, WorkspaceId
from posthus.originals.packing import Packed

NOW = 1_764_000_000.0
# What is sent beside that which proves something, and decides how it is read.
BESIDE = ("authorization", "content-type", "idempotency-key", "x-amz-sns-message-type")
STAMPS = [
    "1764000000",
    "1764000000000",
    "2025-11-24T16:00:00Z",
    "٣٤",
    "-1",
    "1e9",
    "nan",
    "9" * 5_000,
    "0x1",
    "",
]
PIECES = [
    "t=1764000000,v1=", "v1,", "v1=", "v0=", "v1a,", "sha256=", "sha1=", "Basic ", "Bearer ", ";", ",", "=", "AAAA", "%", "\0",
    "multipart/form-data; boundary=B", "application/x-www-form-urlencoded", "application/json", b64encode(b"a:b").decode(),
    "\udcff", "é", "{}", *STAMPS,
]  # fmt: skip
VALUES = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=4).map("".join)
BODIES = st.one_of(
    st.binary(max_size=80),
    st.lists(
        st.sampled_from(
            [
                b"--B\r\n", b"--B--", b'Content-Disposition: form-data; name="token"\r\n\r\n', b"&", b"=", b"timestamp=",
                b"signature=", b"token=", b"{", b"}", b'"', b'"Type":"Notification"', b'"SigningCertURL":"https://x"', b"[",
                b"[" * 2_000, b'"token":', b'"id":', b"1", b"null", b"\xff", b"\0", b"\r\n", b"%", b",",
            ]
        ),
        max_size=12,
    ).map(b"".join),
)  # fmt: skip
SECRETS = st.sampled_from(["whsec_", "whpk_AAAA", "zz", "arn:aws:sns", "\udcff"])
QUERIES = st.lists(
    st.sampled_from(["token=", "bodySHA256=", "&", "=", "%ff", "%", "a", ";", "é", "\0"]), max_size=5
)


def proving(name: str) -> list[str]:
    """The headers that prove a delivery of the provider, or tell its time or its id."""
    proof = getattr(PRESETS[name].proof, "symmetric", PRESETS[name].proof)
    found = [
        *getattr(proof, "headers", ()),
        getattr(proof, "timestamp_header", ""),
        getattr(proof, "id_header", ""),
    ]
    found += {
        "hubspot": ["x-hubspot-signature-v3", "x-hubspot-request-timestamp", "x-hubspot-signature"],
        "sendgrid": ["x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp"],
        "twilio": ["x-twilio-signature"],
    }.get(name, [])
    return [each for each in found if each]


@pytest.mark.parametrize("name", sorted(PRESETS))
@settings(max_examples=100)
@given(data=st.data(), body=BODIES, query=QUERIES.map("".join))
def test_no_delivery_makes_a_proof_fail_or_believe(
    name: str, data: st.DataObject, body: bytes, query: str
) -> None:
    preset = PRESETS[name]
    headers = data.draw(st.dictionaries(st.sampled_from(BESIDE), VALUES, max_size=2))
    for each in proving(name):
        headers[each] = data.draw(st.sampled_from(STAMPS) if "timestamp" in each else VALUES)
    other = data.draw(st.none() | st.text(max_size=12) | SECRETS)
    secret = other if other is not None else (preset.proof.new_secret() or "theirs")
    source = Source(
        SourceId(1),
        WorkspaceId(1),
        "webhook",
        name,
        "Shop",
        "t" * 32,
        None,
        Sealed("sealed"),
        Settings(),
        enabled=True,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    delivery = Delivery(headers, body, "POST", ("https://crm.example.dk/in/x", "http://x/in/x"), query)
    refused = doubt((source, preset.proof), delivery, (secret,), NOW)
    assert refused is None or isinstance(refused, Refusal)
    if other is None:
        assert refused is not None, "a fresh secret is proved by nothing that was made without it"
    preset.proof.problem(secret)
    event = event_of(source, delivery, Moment(NOW, "192.0.2.1"), refused)
    assert _json(_described([event], {event.event_id: Packed(0, event.body)})[0])
    assert len(event.key) == 32
