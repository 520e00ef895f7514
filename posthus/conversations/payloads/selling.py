"""Shops, forms and the rest: Shopify, WooCommerce, Stripe, Typeform, HubSpot, GitHub, e-conomic."""

from collections.abc import Iterable
from dataclasses import replace

from posthus.conversations.chats import as_text, at, first_text
from posthus.conversations.payloads.payload import Found, Payload, chat, lines, objects, told

# Currencies of Stripe's without a hundredth: its amounts are whole there.
_WHOLE = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)


def shopify(payload: Payload) -> Iterable[Found]:
    """Orders and customers; a draft order and a checkout look the same."""
    topic = payload.headers.get("x-shopify-topic", "")
    order = payload.content
    customer = at(order, "customer") if at(order, "line_items") is not None else order
    address = at(order, "billing_address") or at(order, "default_address") or at(customer, "default_address")
    name = as_text(at(order, "name")) or as_text(at(order, "order_number"))
    email = first_text(order, ("email",), ("contact_email",)) or as_text(at(customer, "email"))
    if at(order, "line_items") is None and not email:
        yield told(
            payload, f"Shopify: {topic or 'event'}", f"shopify:{topic.partition('/')[0]}:{payload.text('id')}"
        )
        return
    items = [
        f"{as_text(at(one, 'quantity')) or '1'} × {first_text(one, ('name',), ('title',))}  {as_text(at(one, 'price'))}"
        for one in objects(at(order, "line_items"))
    ]
    total = f"{as_text(at(order, 'total_price'))} {as_text(at(order, 'currency'))}".strip()
    number = payload.text("order_id") or payload.text("id")
    yield chat("form", {
        "conversation_key": f"order:{number}" if items else f"customer:{number}",
        "subject": f"{name} {topic}".strip() or "Shopify",
        "text": lines(("", as_text(at(order, "note"))), ("", "\n".join(items)), ("", total), ("", topic)),
        "from_name": _full_name(address) or _full_name(customer),
        "from_email": email,
        "from_phone": as_text(at(order, "phone")) or as_text(at(address, "phone")),
        "from_id": as_text(at(customer, "id")),
        "company": as_text(at(address, "company")),
        "sent_at": payload.text("updated_at") or payload.text("created_at"),
    }, automatic=not as_text(at(order, "note")))  # fmt: skip


def woocommerce(payload: Payload) -> Iterable[Found]:
    """Orders and customers; products and coupons are told."""
    topic = payload.headers.get("x-wc-webhook-topic", "")
    order = payload.content
    billing = at(order, "billing")
    email = as_text(at(billing, "email")) or payload.text("email")
    if not email:
        yield told(
            payload,
            f"WooCommerce: {topic or 'ping'}",
            f"woocommerce:{topic.partition('.')[0]}:{payload.text('id')}",
        )
        return
    items = [
        f"{as_text(at(one, 'quantity')) or '1'} × {as_text(at(one, 'name'))}  {as_text(at(one, 'total'))}"
        for one in objects(at(order, "line_items"))
    ]
    number = payload.text("number") or payload.text("id")
    note = payload.text("customer_note")
    total = f"{payload.text('total')} {payload.text('currency')}".strip()
    yield chat("form", {
        "conversation_key": f"order:{payload.text('id')}" if items else f"customer:{payload.text('id')}",
        "subject": f"#{number} {payload.text('status')}".strip(),
        "text": lines(("", note), ("", "\n".join(items)), ("", total), ("", topic)),
        "from_name": _full_name(billing) or _full_name(order),
        "from_email": email,
        "from_phone": as_text(at(billing, "phone")),
        "company": as_text(at(billing, "company")),
        "sent_at": payload.text("date_modified_gmt") or payload.text("date_created_gmt"),
    }, automatic=not note)  # fmt: skip


def _full_name(person: object) -> str:
    return f"{as_text(at(person, 'first_name'))} {as_text(at(person, 'last_name'))}".strip() or as_text(
        at(person, "name")
    )


def stripe(payload: Payload) -> Iterable[Found]:
    """What happened to a payment, an invoice or a subscription, and whose it is."""
    kind, thing = payload.text("type") or "event", at(payload.content, "data", "object")
    person = at(thing, "customer_details") or at(thing, "billing_details")
    amount = first_text(thing, ("amount_total",), ("amount_due",), ("amount",))
    currency = as_text(at(thing, "currency"))
    customer = as_text(at(thing, "customer"))
    identifier = as_text(at(thing, "id"))
    if amount.isdigit() and currency:
        amount = f"{int(amount) / (1 if currency in _WHOLE else 100):.2f} {currency.upper()}"
    yield chat("form", {
        "conversation_key": customer or identifier or f"stripe:{kind}",
        "message_key": payload.text("id"),
        "subject": first_text(thing, ("description",)) or kind,
        "text": lines(
            ("", kind), ("", amount), ("status", as_text(at(thing, "status"))),
            ("", first_text(thing, ("description",), ("failure_message",), ("last_payment_error", "message"))),
            ("number", as_text(at(thing, "number"))), ("id", identifier),
        ),
        "from_name": as_text(at(person, "name")) or first_text(thing, ("customer_name",), ("name",)),
        "from_email": as_text(at(person, "email")) or first_text(thing, ("customer_email",), ("receipt_email",), ("email",)),
        "from_phone": as_text(at(person, "phone")) or first_text(thing, ("customer_phone",), ("phone",)),
        "from_id": customer or (identifier if as_text(at(thing, "object")) == "customer" else ""),
        "sent_at": payload.text("created"),
    }, automatic=True)  # fmt: skip


def typeform(payload: Payload) -> Iterable[Found]:
    """The answers to a form, each under its question."""
    response = at(payload.content, "form_response")
    if response is None:
        yield told(payload, "Typeform", "typeform")
        return
    titles = {
        as_text(at(one, "id")): as_text(at(one, "title"))
        for one in objects(at(response, "definition", "fields"))
    }
    found = (
        {name: as_text(value) for name, value in hidden.items()}
        if isinstance(hidden := at(response, "hidden"), dict)
        else {}
    )
    written = []
    for answer in objects(at(response, "answers")):
        kind = as_text(at(answer, "type"))
        value = at(answer, kind) if kind else None
        text = first_text(value, ("label",), ("other",)) if isinstance(value, dict) else ""
        text = text or as_text(at(value, "labels") or value)
        if isinstance(value, bool):
            text = "✓" if value else "–"
        place = first_text(answer, ("field", "ref"), ("field", "id"))
        written.append((titles.get(as_text(at(answer, "field", "id")), place), text))
        found.setdefault({"phone_number": "phone"}.get(kind, kind), text)
        found.setdefault(place, text)
    names = " ".join(found.get(name, "") for name in ("first_name", "last_name")).strip()
    yield chat("form", {
        "conversation_key": as_text(at(response, "token")),
        "message_key": payload.text("event_id"),
        "subject": as_text(at(response, "definition", "title")),
        "text": lines(*written),
        "from_name": found.get("name", "") or names,
        "from_email": found.get("email", ""),
        "from_phone": found.get("phone", ""),
        "company": found.get("company", ""),
        "sent_at": as_text(at(response, "submitted_at")),
    })  # fmt: skip


def hubspot(payload: Payload) -> Iterable[Found]:
    """One line for each thing that changed; HubSpot sends no texts, only what they belong to."""
    events = objects(payload.content if isinstance(payload.content, list) else [payload.content])
    for event in events:
        kind, number = as_text(at(event, "subscriptionType")) or "event", as_text(at(event, "objectId"))
        yield chat("form", {
            "conversation_key": f"{kind.partition('.')[0]}:{number}",
            "message_key": as_text(at(event, "eventId")),
            "subject": f"HubSpot {kind.partition('.')[0]} {number}",
            "text": lines(
                ("", kind), (as_text(at(event, "propertyName")), as_text(at(event, "propertyValue"))),
                ("", as_text(at(event, "messageType"))), ("objectId", number),
            ),
            "sent_at": as_text(at(event, "occurredAt")),
        }, automatic=True)  # fmt: skip


def github(payload: Payload) -> Iterable[Found]:
    """Issues, discussions and pull requests with their comments; every other event is told."""
    kind, action = payload.headers.get("x-github-event", ""), payload.text("action")
    about = (
        at(payload.content, "issue")
        or at(payload.content, "discussion")
        or at(payload.content, "pull_request")
    )
    said = at(payload.content, "comment") or at(payload.content, "review") or about
    repository = payload.text("repository", "full_name")
    author = at(said, "user") or at(payload.content, "sender")
    if about is None:
        text = payload.text("zen") if kind == "ping" else ""
        key = f"github:{repository or kind}"
        if text:
            yield chat(
                "form", {"conversation_key": key, "subject": "GitHub ping", "text": text}, automatic=True
            )
        else:
            event = told(payload, f"GitHub: {kind or 'event'} {action}".strip(), key)
            yield replace(
                event,
                from_name=as_text(at(author, "login")),
                from_external_id=as_text(at(author, "id")) or None,
            )
        return
    spoken = action in ("created", "opened", "submitted", "edited", "answered", "")
    body = as_text(at(said, "body"))
    address = f"{repository}#{as_text(at(about, 'number'))}"
    yield chat("chat", {
        "conversation_key": address,
        "message_key": f"{first_text(said, ('node_id',), ('id',))}:{action}",
        "subject": f"{as_text(at(about, 'title'))} ({address})",
        "text": body if spoken and body else lines(("", f"{kind} {action}"), ("", as_text(at(about, "title")))),
        "from_name": as_text(at(author, "login")),
        "from_id": as_text(at(author, "id")),
        "sent_at": first_text(said, ("updated_at",), ("submitted_at",), ("created_at",)),
        "direction": "out" if as_text(at(author, "type")) == "Bot" else "in",
    }, automatic=not (spoken and body))  # fmt: skip


def e_conomic(payload: Payload) -> Iterable[Found]:
    """Only numbers come: which customer, order or invoice changed."""
    fields = payload.content if isinstance(payload.content, dict) else {}
    written = [(str(name), as_text(value)) for name, value in fields.items()]
    number = next((value for _, value in written if value), "")
    text = lines(*written) or "e-conomic"
    yield chat(
        "form",
        {"conversation_key": f"e-conomic:{number}", "subject": f"e-conomic {number}".strip(), "text": text},
        automatic=True,
    )
