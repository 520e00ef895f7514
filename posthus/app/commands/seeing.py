"""Commands that look: status, wait, search, doctor, bench."""

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from time import monotonic, sleep

import click
import orjson
import psycopg

from posthus.app.connect import reach
from posthus.app.keys import keyring_of
from posthus.app.meaning import model_finding
from posthus.app.objects import object_finding, store_status
from posthus.app.searching import SearchOptions, explained_search, explanation_lines, search_lines
from posthus.app.settings import Settings
from posthus.app.spools import spool_here
from posthus.database.pool import Database
from posthus.embedding.generations import Progress, progress
from posthus.embedding.index import IndexState, index_states
from posthus.embedding.use import ModelUse, used
from posthus.operations.doctor import examine, table_sizes
from posthus.operations.status import SourceCounts, complete, source_counts, stage_status
from posthus.queue.reading import pending

MARKS = {"fine": "ok", "warning": "!", "broken": "BROKEN"}
FILING = ("file", "link")


def source_line(source: SourceCounts) -> dict[str, object]:
    """One source as `--json` shows it."""
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "provider": source.provider,
        "address": source.address,
        "enabled": source.enabled,
        "received": source.stored,
        "stored": source.stored,
        "filed": source.filed,
        "messages": source.messages,
        "indexed": source.indexed,
        "buried": source.buried,
        "last_event": source.last_event_at,
        "complete": source.complete,
    }


def index_line(index: IndexState) -> str:
    """An approximate index in words."""
    told = {
        "ready": f"{index.present:,} vectors, {index.bytes / 1e6:,.0f} MB, built in {index.seconds or 0:,.0f} s",
        "failed": f"{index.error}; it is tried again",
    }.get(index.state, f"{100 * index.done:.0f} % done")
    return f"vector index of {index.workspace}, {index.model}: {index.state}, {told}"


def change_line(change: Progress) -> str:
    """How far the next model is, in words."""
    left = change.messages - change.renewed
    time = f", some {change.seconds / change.renewed * left / 60:,.0f} minutes left" if change.renewed else ""
    return (
        f"{change.model} is made ready beside {change.serving}, which serves: {change.renewed:,} of"
        f" {change.messages:,} messages{time}"
    )


def use_line(use: ModelUse) -> str:
    """What a model was asked for, in words."""
    return (
        f"{use.model}, last 30 days: {use.requests:,} requests, {use.texts:,} texts, {use.tokens:,} tokens,"
        f" {use.refused:,} refused"
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_obj
def status(settings: Settings, *, as_json: bool) -> None:
    """Show per source what was received, filed and indexed, and per stage what waits."""
    spool = spool_here(settings)
    try:
        with reach(settings) as database:
            store = store_status(settings, database)
            with database.transaction() as connection:
                sources, stages = source_counts(connection), stage_status(connection)
                indexes, use, change = index_states(connection), used(connection), progress(connection)
    except psycopg.OperationalError as error:
        raise click.ClickException(f"the database is away: {error}; {spool.sentence}") from None
    whole = complete(sources, stages) and not spool.bytes
    if as_json:
        lines = {"sources": [source_line(one) for one in sources], "stages": stages}
        vectors = {"indexes": indexes, "models": use, "change": [change] if change else []}
        disks = {"spool": spool, "objects": store}
        click.echo(orjson.dumps({**lines, **vectors, **disks, "complete": whole}))
        return
    click.echo(
        f"{'source':<24}{'received':>10}{'stored':>10}{'filed':>10}{'messages':>10}{'indexed':>10}{'buried':>8}"
    )
    for one in sources:
        numbers = (one.stored, one.stored, one.filed, one.messages, one.indexed)
        click.echo(
            f"{one.name[:23]:<24}" + "".join(f"{number:>10}" for number in numbers) + f"{one.buried:>8}"
        )
    click.echo(
        f"\n{'stage':<10}{'in/s':>8}{'out/s':>8}{'backlog':>10}{'oldest s':>10}{'workers':>9}{'retrying':>10}{'buried':>8}"
    )
    for stage in stages:
        click.echo(
            f"{stage.stage:<10}{stage.in_rate:>8.1f}{stage.out_rate:>8.1f}{stage.backlog:>10}{stage.oldest_seconds:>10.0f}"
            f"{stage.workers:>9}{stage.retrying:>10}{stage.buried:>8}"
        )
    changes = [change_line(change)] if change else []
    sentences = [store.sentence] if store else []
    sentences += [spool.sentence] if spool.bytes or spool.set_aside_bytes else []
    for line in (*changes, *map(index_line, indexes), *map(use_line, use), *sentences):
        click.echo(f"\n{line}")
    click.echo("\ncomplete" if whole else "\nnot complete: something waits or is missing")


@click.command()
@click.option("--stage", type=click.Choice(["filed", "indexed"]), default="indexed", show_default=True)
@click.option("--timeout", type=float, default=3600.0, show_default=True, help="Seconds to wait at most.")
@click.pass_obj
def wait(settings: Settings, stage: str, timeout: float) -> None:
    """Return when nothing is pending; exit code 1 when the time is over first."""
    deadline = monotonic() + timeout
    with reach(settings) as database:
        while (left := _pending(database, stage)) > 0:
            if monotonic() > deadline:
                raise click.ClickException(f"{left} still pending after {timeout:g} seconds")
            sleep(0.2)


def _pending(database: Database, stage: str) -> int:
    with database.transaction() as connection:
        return pending(connection, None if stage == "indexed" else FILING)


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[explain] QUERY")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--company", help="Number or name of a company.")
@click.option("--contact", help="Number, name or address of a contact.")
@click.option("--source", help="Number or name of a source.")
@click.option("--since", metavar="DATE", help="Sent on this day or later.")
@click.option("--until", metavar="DATE", help="Sent before this day.")
@click.option(
    "--mode", type=click.Choice(["hybrid", "words", "meaning"]), default="hybrid", show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="One JSON line per hit; one object for explain.")
@click.pass_obj
def search(
    settings: Settings, /, words: tuple[str, ...], *, as_json: bool, **options: str | int | None
) -> None:
    """Find messages by words and by meaning, best first.

    QUERY takes "phrases", words that must not be there (-word, after --), and filters: from:, to:, company:,
    contact:, source:, subject:, tag:, has:file, is:open, before:, after:; in Danish fra:, til:, firma:, kontakt:,
    kilde:, emne:, har:fil, er:åben, før:, efter:. `posthus search explain QUERY` tells why it finds what it does.
    """
    explained = words[0] == "explain" and len(words) > 1
    asked = SearchOptions.read(" ".join(words[1:] if explained else words), options)
    with reach(settings) as database:
        if explained:
            told = explained_search(settings, database, asked)
            click.echo(orjson.dumps(asdict(told)) if as_json else "\n".join(explanation_lines(told)))
            return
        for line in search_lines(settings, database, asked):
            if as_json:
                click.echo(orjson.dumps(line))
            else:
                click.echo(
                    f"{line['date']}  {line['from']}  {line['subject']}  ({line['why']})\n    {line['snippet']}"
                )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Check database, indexes, versions, workers and sources, and say what to fix; exit code 1 when broken."""
    with reach(context.obj) as database:
        findings = [
            *examine(database, keyring_of(context.obj)),
            spool_here(context.obj).finding(),
            model_finding(context.obj),
            object_finding(context.obj, database),
        ]
        with database.transaction() as connection:
            sizes = table_sizes(connection)
    if as_json:
        click.echo(
            orjson.dumps(
                {"findings": [asdict(one) for one in findings], "tables": [asdict(one) for one in sizes]}
            )
        )
    else:
        for one in findings:
            click.echo(
                f"{MARKS[one.state]:<8}{one.subject:<42}{one.detail}"
                + (f"\n{'':8}-> {one.advice}" if one.advice else "")
            )
        click.echo("\nlargest tables")
        for size in sizes:
            click.echo(f"{size.bytes / 1e6:>10.1f} MB  {size.name}")
    if any(one.state == "broken" for one in findings):
        context.exit(1)


@click.command()
@click.argument("names", nargs=-1)
@click.option(
    "--faults", is_flag=True, help="With intake: kill and cut everything while 200,000 events come in."
)
@click.option("--size", type=click.IntRange(1_000), help="With search: how many chunks (100,000).")
@click.pass_context
def bench(context: click.Context, names: tuple[str, ...], *, faults: bool, size: int | None) -> None:
    """Run benchmarks from a checkout: all, or those named."""
    if faults and names != ("intake",):
        raise click.UsageError("--faults is for: posthus bench intake --faults")
    root = Path(__file__).parents[3]
    if not (root / "bench" / "__main__.py").exists():
        raise click.ClickException(
            "benchmarks are run from a checkout of Posthus, not from an installed package"
        )
    asked = ("intake_faults",) if faults else (*names, *([] if size is None else [f"--size={size}"]))
    context.exit(subprocess.run([sys.executable, "-m", "bench", *asked], cwd=root, check=False).returncode)


COMMANDS = (status, wait, search, doctor, bench)
