"""`posthus search`: names on the command line become numbers, hits become lines."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import click
from psycopg import Connection

from posthus.app.meaning import Served, Shelf, make_reranker
from posthus.app.settings import Settings
from posthus.app.workspaces import the_company, the_contact, the_source, the_workspace
from posthus.database.pool import Database
from posthus.jobs import CompanyId, ContactId
from posthus.search.explaining import Explanation, explain
from posthus.search.request import Hit, Meaning, Mode, SearchRequest
from posthus.search.reranking import reranked, widened
from posthus.search.search import search


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What was asked on the command line."""

    text: str
    limit: int
    mode: Mode
    named: Mapping[str, str]
    since: datetime | None
    until: datetime | None

    @classmethod
    def read(cls, text: str, options: Mapping[str, str | int | None]) -> "SearchOptions":
        """From the options; raises BadParameter for a day that is none."""
        mode: Mode = "hybrid"
        if options["mode"] in ("words", "meaning"):
            mode = "words" if options["mode"] == "words" else "meaning"
        return cls(
            text=text,
            limit=int(options["limit"] or 10),
            mode=mode,
            named={
                name: str(options[name])
                for name in ("company", "contact", "source")
                if options[name] is not None
            },
            since=_day(options["since"], "--since"),
            until=_day(options["until"], "--until"),
        )


def search_lines(
    settings: Settings, database: Database, options: SearchOptions
) -> Iterator[dict[str, object]]:
    """The hits, best first, as `--json` shows them."""
    with _asked(settings, database, options) as (request, meaning):
        reranker = make_reranker(settings)
        found = search(database.transaction, widened(reranker, request), meaning)
        result = reranked(reranker, request, found)
        if reranker is not None:
            reranker.close()
    for hit in result.hits:
        yield _line(hit)


def explained_search(settings: Settings, database: Database, options: SearchOptions) -> Explanation:
    """Why the search finds what it does."""
    with _asked(settings, database, options) as (request, meaning):
        return explain(database.transaction, request, meaning)


def explanation_lines(told: Explanation) -> Iterator[str]:
    """The explanation for people: words, rankings, steps, and each hit's places."""
    yield f"plan      {told.plan}"
    for word in told.words:
        counted = "very many" if word.common else str(word.messages)
        meant = ", not found as typed" if word.meant else ""
        yield f"word      {word.said}: {counted} messages, weight {word.weight:.2f}{meant} ({', '.join(word.forms)})"
    for ranking in told.rankings:
        yield f"ranking   {ranking.name}: {ranking.candidates} messages, weight {ranking.weight:g}"
    for step in told.steps:
        found = "" if step.found is None else f", {step.found} found"
        yield f"step      {step.name}: {step.milliseconds:.1f} ms{found}"
    yield f"in all    {told.milliseconds:.1f} ms"
    for hit in told.hits:
        places = ", ".join(f"{name} {place}" for name, place in hit.places.items())
        likeness = "" if hit.likeness is None else f", likeness {hit.likeness:.2f}"
        yield f"hit       {hit.subject} ({places}{likeness}; has {', '.join(hit.words) or 'no word'})"


@contextmanager
def _asked(
    settings: Settings, database: Database, options: SearchOptions
) -> Iterator[tuple[SearchRequest, Meaning | None]]:
    """The request, and the model where it is asked by meaning; the model goes when the block ends."""
    with database.transaction() as connection:
        request = _request(connection, options)
    shelf = Shelf(settings)
    try:
        yield request, None if options.mode == "words" else Served(database, shelf)()
    finally:
        shelf.close()


def _request(connection: Connection, options: SearchOptions) -> SearchRequest:
    workspace_id, named = the_workspace(connection), options.named
    company = (
        CompanyId(the_company(connection, workspace_id, named["company"])) if "company" in named else None
    )
    contact = (
        ContactId(the_contact(connection, workspace_id, named["contact"])) if "contact" in named else None
    )
    source = the_source(connection, workspace_id, named["source"]) if "source" in named else None
    return SearchRequest(
        workspace_id=workspace_id,
        text=options.text,
        mode=options.mode,
        company=company,
        contact=contact,
        source=source,
        since=options.since,
        until=options.until,
        limit=options.limit,
    )


def _line(hit: Hit) -> dict[str, object]:
    sender = f"{hit.from_name} <{hit.from_address}>" if hit.from_name else hit.from_address
    return {
        "message_id": hit.external_id or str(hit.message_id),
        "conversation": hit.conversation_id,
        "subject": hit.subject,
        "from": sender,
        "date": hit.sent_at.isoformat(),
        "snippet": hit.snippet,
        "score": round(hit.score, 6),
        "why": hit.why,
    }


def _day(text: str | int | None, option: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise click.BadParameter(f"{text} is not a day such as 2026-01-31", param_hint=option) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
