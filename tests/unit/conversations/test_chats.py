"""Webhook bodies become chat lines and form answers, whatever they hold."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posthus.conversations.chats import DEFAULT_MAPPING, FIELDS, parse_json_mapping, parse_wotnot
from posthus.conversations.parsed import ParsedChat

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["event", "events", "payload", "text", "email", "data", "user", "q"]), inner
        )
    ),
    max_leaves=12,
)


def form(body: bytes) -> ParsedChat:
    """The form answer of a body without a mapping of its own."""
    return parse_json_mapping(body, DEFAULT_MAPPING)


def check_storable(chat: ParsedChat) -> None:
    """Everything can be written to Postgres as text."""
    for piece in (
        chat.text,
        chat.subject,
        chat.from_name,
        chat.from_address or "",
        chat.conversation_key or "",
    ):
        assert "\x00" not in piece
        piece.encode()


def test_wotnots_own_sample(shared_data: Path) -> None:
    (chat,) = parse_wotnot((shared_data / "webhooks" / "wotnot" / "conversation_create.json").read_bytes())
    assert chat.channel == "chat"
    assert chat.conversation_key == "7f984da9a15b4bceb512ecad8ca461051693283267"
    assert chat.from_external_id == "a569015fa03d41a283ed4c66c4601966"
    assert (chat.from_name, chat.subject) == ("nik", "Visitor - A27187")
    assert chat.sent_at == datetime(2023, 8, 29, 4, 27, 48, 236411, tzinfo=UTC)
    assert chat.text == "https://app.dev.wotnot.io/bot-preview/8Dc98btp4CPu0959442660854eRb8N5u"
    assert (chat.defects, chat.automatic) == ((), True)


def test_a_wotnot_delivery_of_several_events() -> None:
    events = [
        {"event": {"type": "message", "payload": {"external_key": "k", "message": {"id": 7, "text": "Hej"}}}},
        {"event": {"type": "assignee", "payload": {"external_key": "k", "assigned_to": "Bo"}}},
        {"event": "odd"},
    ]
    line, assignee, odd = parse_wotnot(orjson.dumps({"events": events}))
    assert (line.conversation_key, line.message_key, line.text, line.defects) == ("k", "7", "Hej", ())
    assert assignee.defects == ("unknown_event:assignee",)
    assert "no_payload" in odd.defects


@pytest.mark.parametrize(
    "body",
    [
        '{"email":"aase@example.dk","name":"Åse","message":"Hej","company":"Tag ApS","phone":"12345678"}'.encode(),
        b"email=aase%40example.dk&name=%C3%85se&besked=Hej&firma=Tag+ApS&tlf=12345678",
        '{"data":{"contact":1,"text":"Hej"},"user":{"email":"aase@example.dk","name":"Åse","phone":12345678,'
        '"company":"Tag ApS"}}'.encode(),
        '{"from":"Åse <aase@example.dk>","body":"Hej","phone":"12345678","company":{"name":"Tag ApS"}}'.encode(),
    ],
)
def test_common_names_are_understood(body: bytes) -> None:
    chat = form(body)
    assert (chat.from_address, chat.from_name, chat.text) == ("aase@example.dk", "Åse", "Hej")
    assert (chat.from_phone, chat.company_name, chat.defects) == ("12345678", "Tag ApS", ())


def test_an_own_mapping() -> None:
    mapping = {
        "text": "answers[*].a | join('; ', @)",
        "from_email": "who.mail",
        "direction": "d",
        "sent_at": "t",
    }
    body = b'{"answers":[{"a":"ja"},{"a":"nej"}],"who":{"mail":"a@x.dk"},"d":"outgoing","t":1700000000000}'
    chat = parse_json_mapping(body, mapping)
    assert (chat.text, chat.from_address, chat.direction) == ("ja; nej", "a@x.dk", "out")
    assert chat.sent_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_what_cannot_be_mapped_is_shown() -> None:
    chat = parse_json_mapping(b'{"a":1}', {"text": "[[[", "subject": "a"})
    assert chat.text == '{\n  "a": 1\n}'
    assert chat.defects == ("mapping_failed:text", "no_text")
    assert form(b"\xffnot json").defects == ("not_json",)
    assert "unreadable_time" in form(b'{"text":"x","date":"snart"}').defects
    assert set(DEFAULT_MAPPING) == set(FIELDS)


@settings(max_examples=200, deadline=None)
@given(JSON.map(orjson.dumps) | st.binary(max_size=200))
def test_any_body(body: bytes) -> None:
    for chat in (form(body), parse_json_mapping(body, {"text": "a.b", "sent_at": "q"}), *parse_wotnot(body)):
        check_storable(chat)


def test_what_postgres_cannot_store_is_taken_out() -> None:
    chat = form(rb'{"text":"a\u0000b","name":"\u0000","id":"\u00001"}')
    assert (chat.text, chat.from_name, chat.message_key) == ("ab", "", "1")


def test_deep_json_is_no_danger() -> None:
    assert form(b"[" * 100_000).defects
    assert form(b'{"a":' * 900 + b"1" + b"}" * 900).text
