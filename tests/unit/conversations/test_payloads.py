"""Every provider's webhook becomes mails, chat lines and form answers, whatever it holds, and at least one."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posthus.conversations.parsed import ParsedChat, ParsedMail
from posthus.conversations.payloads.payload import MOST_MESSAGES, Found
from posthus.conversations.payloads.read import READERS, read_webhook
from posthus.intake.providers.table import PRESETS
from posthus.intake.samples import Letter, sample

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
LETTER = Letter(
    "key1", "Hvornår kommer tagstenene?", AT, "Levering af tag", "Åse Øst", "aase@kunde.example.com"
)
MAILS = ("mailgun", "postmark", "sendgrid", "ses")
FORM = {"content-type": "application/x-www-form-urlencoded"}


def read(provider: str, body: object, headers: dict[str, str] | None = None) -> tuple[Found, ...]:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return read_webhook(provider, headers or {}, raw, None)


def one_chat(provider: str, body: object, headers: dict[str, str] | None = None) -> ParsedChat:
    (found,) = read(provider, body, headers)
    assert isinstance(found, ParsedChat)
    return found


@pytest.mark.parametrize("provider", sorted(PRESETS))
def test_what_a_customer_wrote_is_found_at_every_provider(provider: str) -> None:
    delivery = sample(provider, LETTER)
    (found,) = read_webhook(provider, delivery.headers, delivery.body, None)
    assert LETTER.text in found.text
    assert found.defects == ()
    if isinstance(found, ParsedMail):
        assert provider in MAILS
        assert found.from_ is not None
        assert (found.from_.name, found.from_.address) == (LETTER.name, LETTER.email)
        assert found.subject == LETTER.subject
        assert found.message_id.startswith("key1@")
    else:
        assert found.conversation_key
        assert found.direction == "in"
        if provider not in ("twilio", "meta", "slack", "hubspot", "github", "e-conomic"):
            assert found.from_address == LETTER.email
        if provider not in ("trengo", "twilio", "e-conomic"):
            assert found.sent_at is not None
            assert abs((found.sent_at - AT).total_seconds()) < 1


def test_there_is_a_reader_or_the_mapping_for_every_provider() -> None:
    assert set(PRESETS) - set(READERS) == {
        "generic",
        "generic-token",
        "basic-auth",
        "standard-webhooks",
        "wotnot",
    }


def test_postmarks_raw_mail_and_its_parsed_form_say_the_same(shared_data: Path) -> None:
    folder = shared_data / "webhooks/postmark"
    (raw,) = read("postmark", (folder / "postmark-inbound-test-payload-with-raw.json").read_bytes())
    (built,) = read("postmark", (folder / "postmark-inbound-test-payload.json").read_bytes())
    for mail in (raw, built):
        assert isinstance(mail, ParsedMail)
        assert mail.subject == "Test subject"
        assert "test text body" in mail.text
        assert mail.from_ is not None
        assert mail.from_.address == "support@postmarkapp.com"
    assert isinstance(built, ParsedMail)
    assert built.html is not None
    assert [one.address for one in built.cc] == ["firstcc@postmarkapp.com", "secondCc@postmarkapp.com"]
    assert {one.name for one in built.attachments} == {"test.txt"}


def test_a_composed_mail_keeps_its_files_its_threading_and_its_page() -> None:
    body = {
        "From": "Kunde <kunde@example.com>",
        "Subject": "Re: Tag",
        "TextBody": "Se billedet",
        "HtmlBody": "<p>Se <img src='cid:pic@x'></p>",
        "MessageID": "not-used",
        "Headers": [
            {"Name": "Message-ID", "Value": "<two@example.com>"},
            {"Name": "References", "Value": "<one@example.com>"},
            {"Name": "Content-Type", "Value": "text/evil"},
            {"Name": "X-Injected\r\nBcc", "Value": "x"},
        ],
        "Attachments": [
            {"Name": "æble.png", "ContentType": "image/png", "ContentID": "cid:pic@x", "Content": b64encode(b"PNG").decode()},
            {"Name": 'a"\r\nb.txt', "ContentType": "no type\r\nX: y", "Content": "%%%"},
        ],
    }  # fmt: skip
    (mail,) = read("postmark", body)
    assert isinstance(mail, ParsedMail)
    assert mail.message_id == "two@example.com"
    assert mail.reference_ids == ("two@example.com", "one@example.com")
    assert mail.text == "Se billedet"
    assert mail.html is not None
    assert next((one.name, one.content) for one in mail.attachments) == ("æble.png", b"PNG")
    assert len(mail.attachments) == 2


def multipart(fields: dict[str, str], files: dict[str, bytes]) -> tuple[dict[str, str], bytes]:
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--B\r\nContent-Disposition: form-data; name="attachment{at}"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n".encode()
        + content
        + b"\r\n"
        for at, (name, content) in enumerate(files.items(), 1)
    ]
    return {"content-type": "multipart/form-data; boundary=B"}, b"".join(parts) + b"--B--\r\n"


@pytest.mark.parametrize("provider", ["sendgrid", "mailgun"])
def test_mail_in_a_multipart_form_keeps_its_files(provider: str) -> None:
    fields = {"from": "Kunde <k@example.com>", "subject": "Tilbud", "text": "Æ", "body-plain": "Æ"}
    headers, body = multipart(fields, {"tilbud.pdf": b"%PDF \xff\x00"})
    (mail,) = read_webhook(provider, headers, body, None)
    assert isinstance(mail, ParsedMail)
    assert (mail.subject, mail.text.strip()) == ("Tilbud", "Æ")
    assert [(one.name, one.content) for one in mail.attachments] == [("tilbud.pdf", b"%PDF \xff\x00")]


@pytest.mark.parametrize(("provider", "field"), [("sendgrid", "email"), ("mailgun", "body-mime")])
def test_raw_mail_in_a_form_goes_the_way_of_every_mail(provider: str, field: str) -> None:
    raw = "From: a@example.com\r\nMessage-ID: <m@x.example>\r\nSubject: Hej\r\n\r\nBrødtekst\r\n"
    headers, body = multipart({field: raw, "from": "other@example.com"}, {})
    (mail,) = read_webhook(provider, headers, body, None)
    assert isinstance(mail, ParsedMail)
    assert (mail.message_id, mail.subject, mail.text.strip()) == ("m@x.example", "Hej", "Brødtekst")


def test_amazons_encoded_mail_and_one_kept_elsewhere() -> None:
    raw = b"From: a@example.com\r\nMessage-ID: <m@x.example>\r\nSubject: Hej\r\n\r\nTekst \xe6\r\n"
    received: dict[str, object] = {"notificationType": "Received", "mail": {"messageId": "1"}}
    encoded = {**received, "content": b64encode(raw).decode(), "receipt": {"action": {"encoding": "BASE64"}}}
    (mail,) = read("ses", {"TopicArn": "t", "Message": json.dumps(encoded)})
    assert isinstance(mail, ParsedMail)
    assert mail.text.strip() == "Tekst æ"
    away = {
        **received,
        "mail": {"source": "a@example.com", "headers": [{"name": "Subject", "value": "Fjernt"}]},
        "receipt": {"action": {"bucketName": "post", "objectKey": "k1"}},
    }
    (mail,) = read("ses", {"TopicArn": "t", "Message": json.dumps(away)})
    assert isinstance(mail, ParsedMail)
    assert mail.subject == "Fjernt"
    assert "k1" in mail.text


def test_sendgrids_list_tells_each_failure_and_counts_the_rest() -> None:
    events = [
        {"event": "bounce", "email": "a@example.com", "reason": "550 no such user", "sg_event_id": "1"},
        {"event": "delivered", "email": "b@example.com"},
        {"event": "delivered", "email": "c@example.com"},
        {"event": "open", "email": "c@example.com"},
    ]
    bounce, counted = read("sendgrid", events)
    assert isinstance(bounce, ParsedChat)
    assert isinstance(counted, ParsedChat)
    assert (bounce.from_address, bounce.automatic) == ("a@example.com", True)
    assert "550 no such user" in bounce.text
    assert counted.text == "delivered: 2\nopen: 1"


def test_whatsapp_lines_are_split_and_named() -> None:
    value = {
        "metadata": {"phone_number_id": "9"},
        "contacts": [{"wa_id": "4511111111", "profile": {"name": "Bo"}}],
        "messages": [
            {
                "from": "4511111111",
                "id": "a",
                "timestamp": "1772616600",
                "type": "text",
                "text": {"body": "Hej"},
            },
            {"from": "4511111111", "id": "b", "type": "image", "image": {"caption": "Taget", "id": "i"}},
            {"from": "4522222222", "id": "c", "type": "audio", "audio": {"id": "x1"}},
        ],
        "statuses": [
            {"id": "d", "status": "failed", "recipient_id": "4511111111", "errors": [{"title": "No"}]}
        ],
    }
    found = read("meta", {"entry": [{"changes": [{"field": "messages", "value": value}]}]})
    chats = [one for one in found if isinstance(one, ParsedChat)]
    assert [(one.from_name, one.text) for one in chats] == [
        ("Bo", "Hej"), ("Bo", "Taget"), ("", "[audio]\nx1"), ("", "[failed]\nNo"),
    ]  # fmt: skip
    assert len({one.conversation_key for one in chats}) == 2
    assert [one.direction for one in chats] == ["in", "in", "in", "out"]


def test_an_agents_answer_goes_out_and_into_the_same_conversation() -> None:
    asked = one_chat(
        "trengo",
        urlencode({"ticket_id": "7", "message": "Hej", "contact_email": "k@example.com"}).encode(),
        FORM,
    )
    answer = one_chat(
        "trengo",
        urlencode({"ticket_id": "7", "message": "Goddag", "user_id": "1", "user_name": "Ida"}).encode(),
        FORM,
    )
    assert asked.conversation_key == answer.conversation_key
    assert (asked.direction, answer.direction, answer.from_name) == ("in", "out", "Ida")


def test_intercoms_newest_part_is_shown_as_text() -> None:
    part = {
        "id": "2",
        "body": "<p>Hej <b>Bo</b></p>",
        "author": {"type": "admin", "name": "Ida"},
        "created_at": 1772616600,
    }
    item = {
        "id": "55",
        "source": {"body": "<p>Start</p>"},
        "conversation_parts": {"conversation_parts": [part]},
    }
    line = one_chat("intercom", {"topic": "conversation.admin.replied", "data": {"item": item}})
    assert (line.text.strip(), line.direction, line.conversation_key) == ("Hej Bo", "out", "55")


def test_every_github_example_has_its_conversation(shared_data: Path) -> None:
    described = json.loads((shared_data / "webhooks/github/payloads.json").read_text())
    seen = 0
    for kind in described:
        for example in kind["examples"]:
            (found,) = read("github", example, {"x-github-event": kind["name"]})
            assert isinstance(found, ParsedChat)
            assert found.conversation_key
            assert found.text
            seen += 1
    assert seen > 5


def test_an_event_that_nobody_wrote_is_told_and_marked() -> None:
    told = one_chat(
        "zendesk", {"type": "zen:event-type:ticket.status_changed", "detail": {"id": "9"}, "event": {}}
    )
    assert told.automatic
    assert told.conversation_key == "ticket:9"
    assert "status_changed" in told.text


def test_a_triggers_own_json_is_read_by_its_names_of_fields() -> None:
    chat = one_chat("zendesk", {"ticket_id": "9", "message": "Hej", "email": "k@example.com"})
    assert (chat.text, chat.from_address, chat.conversation_key) == ("Hej", "k@example.com", "9")


def test_a_sources_own_mapping_wins_over_the_providers_reader() -> None:
    (found,) = read_webhook("stripe", {}, b'{"a":{"b":"Hej"},"type":"x"}', {"text": "a.b"})
    assert found.text == "Hej"


def test_a_body_with_very_many_messages_is_bounded_and_says_so() -> None:
    found = read(
        "hubspot", [{"eventId": n, "subscriptionType": "contact.creation"} for n in range(MOST_MESSAGES + 5)]
    )
    assert len(found) <= MOST_MESSAGES + 1


KEYS = sorted(
    {
        "type", "event", "events", "data", "item", "object", "entry", "changes", "value", "messages", "statuses", "from",
        "text", "body", "author", "contacts", "conversation_parts", "source", "detail", "comment", "form_response",
        "answers", "definition", "fields", "field", "id", "hidden", "line_items", "billing", "customer", "email",
        "RawEmail", "From", "Headers", "Attachments", "Name", "Value", "Message", "content", "headers", "message",
        "event-data", "amount", "currency", "messaging", "sender", "attachments", "payload", "issue", "NumMedia",
        "MessageSid", "conversation", "event_fqn", "errors", "ticket_id", "TopicArn", "notificationType", "ts",
    }
)  # fmt: skip
SCALAR = (
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False)
    | st.text(max_size=8) | st.sampled_from(["\0", "<p>x</p>", "<", "1e400", "a@b", "٣", "[" * 50])
)  # fmt: skip
JSON = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=25,
)


@settings(max_examples=1_500, deadline=None)
@given(
    provider=st.sampled_from(sorted([*READERS, "generic", "wotnot", "unheard-of"])),
    body=JSON.map(orjson.dumps) | st.binary(max_size=120),
    headers=st.dictionaries(
        st.sampled_from(["content-type", "x-github-event", "x-shopify-topic"]),
        st.sampled_from(
            ["multipart/form-data; boundary=B", "multipart/form-data", "application/json", ";;=", "issues"]
        ),
    ),
)
def test_no_body_makes_a_reader_raise_or_lose_the_event(
    provider: str, body: bytes, headers: dict[str, str]
) -> None:
    found = read_webhook(provider, headers, body, None)
    assert found
    for one in found:
        for text in (one.text, one.subject):
            assert "\x00" not in text
            text.encode()


@settings(max_examples=300, deadline=None)
@given(provider=st.sampled_from(sorted(READERS)), data=st.data())
def test_a_sample_with_a_piece_replaced_is_still_read(provider: str, data: st.DataObject) -> None:
    delivery = sample(provider, LETTER)
    if delivery.body[:1] not in (b"{", b"["):
        cut = data.draw(st.integers(0, len(delivery.body)))
        assert read_webhook(provider, delivery.headers, delivery.body[:cut], None)
        return
    whole = json.loads(delivery.body)
    place = whole
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = data.draw(JSON)
            break
        place = place[key]
    assert read_webhook(provider, delivery.headers, orjson.dumps(whole), None)
