"""A delivery is let in only with the signature its provider would have made, over exactly these bytes."""

import base64
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from posthus.intake.presets import PRESETS, PROVIDERS, Scheme
from posthus.intake.verify import SecretError, idempotency_key, refusal, secret_bytes, sign

NOW = 1_764_000_000.0
WHSEC = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = b'{"type":"message","text":"Hej, hvorn\xc3\xa5r kommer pakken?"}'


def scheme_of(name: str) -> Scheme:
    scheme = PRESETS[name].scheme
    assert scheme is not None
    return scheme


def signed(name: str, body: bytes = BODY) -> tuple[bytes, dict[str, str]]:
    """A key and the headers of a delivery that the provider signed just now."""
    scheme = scheme_of(name)
    key = secret_bytes(scheme, WHSEC if scheme.key_form == "whsec" else "a secret")
    headers = {}
    if scheme.id_header and scheme.timestamp_header:
        headers = {scheme.id_header: "msg_1", scheme.timestamp_header: str(int(NOW))}
    headers[scheme.signature_headers[0]] = sign(scheme, key, headers, body)
    return key, headers


SIGNING = [name for name, preset in PRESETS.items() if preset.scheme is not None]


@pytest.mark.parametrize("name", SIGNING)
def test_what_the_provider_signed_is_let_in(name: str) -> None:
    key, headers = signed(name)
    assert refusal(scheme_of(name), key, headers, BODY, NOW) is None


@pytest.mark.parametrize("name", SIGNING)
@given(data=st.data())
def test_any_flipped_bit_is_refused(name: str, data: st.DataObject) -> None:
    key, headers = signed(name)
    mutable = ["body", "key", *(each for each in headers)]
    where = data.draw(st.sampled_from(mutable))
    text = {"body": BODY, "key": key}.get(where) or headers[where].encode()
    place = data.draw(st.integers(0, len(text) - 1))
    bit = data.draw(st.integers(0, 7))
    flipped = text[:place] + bytes([text[place] ^ (1 << bit)]) + text[place + 1 :]
    body = flipped if where == "body" else BODY
    key = flipped if where == "key" else key
    changed = headers if where in ("body", "key") else headers | {where: flipped.decode("latin-1")}
    assert refusal(scheme_of(name), key, changed, body, NOW) is not None


@pytest.mark.parametrize("name", SIGNING)
def test_a_missing_header_is_refused(name: str) -> None:
    key, headers = signed(name)
    for missing in headers:
        rest = {each: value for each, value in headers.items() if each != missing}
        assert refusal(scheme_of(name), key, rest, BODY, NOW) is not None


def test_an_old_or_early_standard_webhook_is_refused() -> None:
    key, headers = signed("standard-webhooks")
    scheme = scheme_of("standard-webhooks")
    assert refusal(scheme, key, headers, BODY, NOW + 300) is None
    assert "old" in (refusal(scheme, key, headers, BODY, NOW + 301) or "")
    assert "ahead" in (refusal(scheme, key, headers, BODY, NOW - 301) or "")


def test_one_of_several_standard_signatures_is_enough() -> None:
    key, headers = signed("standard-webhooks")
    headers["webhook-signature"] = "v1a,abc v1,AAAA " + headers["webhook-signature"]
    assert refusal(scheme_of("standard-webhooks"), key, headers, BODY, NOW) is None


@given(body=st.binary(max_size=300).map(lambda raw: raw.hex().encode()), identifier=st.uuids())
def test_the_sdk_and_we_agree_on_standard_webhooks(body: bytes, identifier: object) -> None:
    now = datetime.now(UTC)
    webhook = Webhook(WHSEC)
    headers = {
        "webhook-id": f"msg_{identifier}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": webhook.sign(f"msg_{identifier}", now, body.decode()),
    }
    scheme = scheme_of("standard-webhooks")
    key = secret_bytes(scheme, WHSEC)
    assert refusal(scheme, key, headers, body, now.timestamp()) is None
    assert sign(scheme, key, headers, body) == headers["webhook-signature"]
    with pytest.raises(WebhookVerificationError):
        webhook.verify(b'"x"' + body, headers)
    assert refusal(scheme, key, headers, b'"x"' + body, now.timestamp()) is not None


def test_githubs_own_vector(shared_data: Path) -> None:
    vector = json.loads((shared_data / "webhooks/github/vectors.json").read_text())[0]
    body, secret, signature = vector["payload"].encode(), vector["secret"].encode(), vector["signature"]
    scheme = scheme_of("github")
    assert refusal(scheme, secret, {"x-hub-signature-256": signature}, body, NOW) is None
    assert refusal(scheme, secret + b"1", {"x-hub-signature-256": signature}, body, NOW) is not None


def test_the_same_construction_fits_metas_vector(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "webhooks/signature-vectors.json").read_text())
    meta = vectors["meta_whatsapp"]
    headers = {"x-hub-signature-256": meta["X-Hub-Signature-256"]}
    key, body = meta["secret"].encode(), meta["body"].encode()
    assert refusal(scheme_of("github"), key, headers, body, NOW) is None


def test_every_github_payload_signs_and_verifies(shared_data: Path) -> None:
    payloads = json.loads((shared_data / "webhooks/github/payloads.json").read_text())
    for payload in payloads:
        body = json.dumps(payload).encode()
        header = "sha256=" + hmac.new(b"s", body, "sha256").hexdigest()
        assert refusal(scheme_of("github"), b"s", {"x-hub-signature-256": header}, body, NOW) is None


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_ not base64", "plain secret!"])
def test_a_standard_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(SecretError):
        secret_bytes(scheme_of("standard-webhooks"), secret)


def test_a_repetition_has_the_same_key_and_nothing_else_has() -> None:
    github, generic = PRESETS["github"], PRESETS["generic"]
    assert idempotency_key(github, {"x-github-delivery": "1"}, b"a") == idempotency_key(
        github, {"x-github-delivery": "1"}, b"b"
    )
    assert idempotency_key(github, {"x-github-delivery": "1"}, b"a") != idempotency_key(
        github, {"x-github-delivery": "2"}, b"a"
    )
    assert idempotency_key(generic, {}, b"a") == idempotency_key(generic, {}, b"a")
    assert idempotency_key(generic, {}, b"a") != idempotency_key(generic, {}, b"b")
    assert idempotency_key(generic, {"idempotency-key": "1"}, b"a") != idempotency_key(generic, {}, b"a")


def test_every_preset_is_a_known_provider() -> None:
    assert set(PRESETS) <= set(PROVIDERS)
