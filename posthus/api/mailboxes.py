"""Mailboxes that are followed over IMAP: made, changed, tried, compared, and how they stand."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, Response
from imapclient.exceptions import IMAPClientError
from psycopg import Connection

from posthus.api.answers import Answered
from posthus.api.conversations import Number
from posthus.api.problems import Refusal, not_found, sentence
from posthus.api.shapes import mailboxes as shapes
from posthus.api.visits import Reader, SourceKeeper
from posthus.intake import imap_mailboxes as intake
from posthus.intake.imap_access import try_access
from posthus.intake.imap_tokens import PROVIDERS
from posthus.intake.imap_trouble import TokenError, trouble_of
from posthus.intake.sources import SourceError
from posthus.jobs import SourceId

router = APIRouter(prefix="/api/v1/mailboxes", route_class=Answered, tags=["mailboxes"])


@router.get("")
def list_mailboxes(visit: Reader) -> shapes.MailboxList:
    """Every mailbox with its folders: what is here, missing, gone from the server or in trouble."""
    with visit.reading() as connection:
        states = intake.mailbox_states(connection, visit.caller.workspace_id)
        folders = intake.folder_states(connection, visit.caller.workspace_id)
    now = datetime.now(UTC)
    return shapes.MailboxList(
        items=[
            _mailbox(state, [_folder(one, now) for one in folders if one.source_id == state.source_id])
            for state in states
        ]
    )


@router.post("", response_model=shapes.MailboxMade, status_code=201)
def add_mailbox(visit: SourceKeeper, new: shapes.NewMailbox) -> Response:
    """A mailbox to follow; what it signs in with is stored sealed and never shown."""

    def add(connection: Connection) -> shapes.MailboxMade:
        keyring, workspace_id = visit.desk.parts.keyring, visit.caller.workspace_id
        try:
            made = intake.add_mailbox(connection, keyring, workspace_id, new.name, _access(new.access))
        except SourceError as error:
            raise _refusal(error) from error
        visit.note(connection, "mailbox_added", f"source:{made}", {"host": new.access.host})
        return shapes.MailboxMade(id=made)

    return visit.writing(add, 201)


@router.put("/{id}", response_model=shapes.MailboxMade)
def change_mailbox(visit: SourceKeeper, number: Number, access: shapes.MailboxAccess) -> Response:
    """Reach it otherwise from now on; secrets that are left empty stay as they are."""

    def change(connection: Connection) -> shapes.MailboxMade:
        which = (visit.caller.workspace_id, SourceId(number))
        if intake.mailbox(connection, *which) is None:
            raise not_found("mailbox")
        try:
            intake.change_mailbox(connection, visit.desk.parts.keyring, which, _access(access))
        except SourceError as error:
            raise _refusal(error) from error
        visit.note(connection, "mailbox_changed", f"source:{number}", {"host": access.host})
        return shapes.MailboxMade(id=number)

    return visit.writing(change)


@router.post("/test")
def try_mailbox(visit: SourceKeeper, access: shapes.MailboxAccess) -> shapes.MailboxTrial:
    """Sign in and count the messages of each folder; nothing is stored or changed."""
    del visit  # that it is permitted is all that is needed
    try:
        found = try_access(_access(access))
    except (IMAPClientError, TokenError, OSError) as error:
        trouble = trouble_of(error, 0)
        return shapes.MailboxTrial(works=False, trouble=trouble.kind, words=trouble.words)
    folders = [shapes.FoundFolder(name=name, messages=messages) for name, messages in found.folders]
    return shapes.MailboxTrial(works=True, folders=folders)


@router.post("/{id}/check", response_model=shapes.MailboxCheck, status_code=202)
def check_mailbox(visit: SourceKeeper, number: Number) -> Response:
    """Have every message number compared with the server's now."""

    def ask(connection: Connection) -> shapes.MailboxCheck:
        if not intake.ask_for_check(connection, visit.caller.workspace_id, SourceId(number)):
            raise not_found("mailbox")
        return shapes.MailboxCheck()

    return visit.writing(ask, 202)


@router.get("/{id}/troubled")
def list_troubled(visit: Reader, number: Number) -> shapes.TroubledMessages:
    """What is on the server and could not be taken in, newest first."""
    with visit.reading() as connection:
        found = intake.troubled_messages(connection, visit.caller.workspace_id, SourceId(number))
    items = [shapes.TroubledMessage.model_validate(one, from_attributes=True) for one in found]
    return shapes.TroubledMessages(items=items)


def _refusal(error: SourceError) -> Refusal:
    return Refusal(422, sentence(error))


def _access(asked: shapes.MailboxAccess) -> intake.Access:
    known = PROVIDERS.get(asked.provider or "")
    token_url = asked.token_url or (known.token_url if known else None)
    return intake.Access(
        host=asked.host or (known.host if known else ""),
        username=asked.username,
        secret=intake.Secret(asked.password, asked.refresh_token, asked.client_secret),
        port=asked.port,
        security=asked.security,
        sign_in="oauth" if token_url else "password",
        token_url=token_url,
        client_id=asked.client_id,
        scope=asked.scope or (known.scope if known else None),
        folders=asked.folders,
    )


def _mailbox(state: intake.MailboxState, folders: Sequence[shapes.MailboxFolder]) -> shapes.Mailbox:
    return shapes.Mailbox(
        id=state.source_id,
        name=state.name,
        host=state.host,
        port=state.port,
        security=state.security,
        username=state.username,
        sign_in=state.sign_in,
        wanted_folders=state.folders,
        enabled=state.enabled,
        state=state.state,
        trouble=state.trouble,
        words=state.words,
        next_at=state.next_at,
        seen_at=state.seen_at,
        tells_news="IDLE" in state.capabilities,
        check_asked=state.check_asked,
        folders=folders,
    )


def _folder(folder: intake.FolderState, now: datetime) -> shapes.MailboxFolder:
    rate = folder.taken / max((now - folder.started_at).total_seconds(), 0.001) if folder.missing else None
    return shapes.MailboxFolder(
        name=folder.name,
        on_server=folder.on_server,
        known=folder.known,
        missing=folder.missing,
        gone=folder.gone,
        troubled=folder.troubled,
        per_second=rate,
        seconds_left=folder.missing / rate if rate else None,
        checked_at=folder.checked_at,
        trouble=folder.trouble,
        is_gone=folder.gone_at is not None,
    )
