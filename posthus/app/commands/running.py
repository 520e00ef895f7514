"""Commands that run Posthus: up, run, migrate."""

import os
from dataclasses import replace

import click

from posthus import telemetry
from posthus.app.connect import embedded, owned, started
from posthus.app.roles import ROLES, STAGES, run_roles
from posthus.app.settings import Settings, read_address
from posthus.app.supervisor import Child, Supervisor, watch_lifeline
from posthus.app.up import UpOptions, stop_on_signals
from posthus.app.up import up as run_up
from posthus.database.migrate import migrate as apply_migrations
from posthus.database.migrate import pending


@click.command()
@click.option("--data", metavar="DIR", help="Folder of the embedded database.")
@click.option("--http", metavar="HOST:PORT", help="Serve the web client, the API and webhooks here.")
@click.option("--smtp", metavar="HOST:PORT", help="Receive mail here.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Worker processes.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes for the web client, the API and webhooks, on one port; the kernel shares connections out.",
)
@click.option("--sample", is_flag=True, help="Send in the sample workspace, once.")
@click.option("--open", "open_browser", is_flag=True, help="Open the web client when it is ready.")
@click.pass_context
def up(
    context: click.Context,
    /,
    workers: int,
    processes: int,
    *,
    sample: bool,
    open_browser: bool,
    **flags: str | None,
) -> None:
    """Run everything on this machine: database, intake, workers, API and web client.

    The database is an embedded Postgres in --data unless POSTHUS_DATABASE_URL is set.
    SIGTERM or Ctrl-C finishes what has begun and stops.
    """
    settings: Settings = context.obj
    telemetry.start_logging(settings.log)
    run_up(_with_flags(settings, flags), UpOptions(workers, processes, sample, open_browser))


def _with_flags(settings: Settings, flags: dict[str, str | None]) -> Settings:
    if data := flags.get("data"):
        settings = replace(settings, data=type(settings.data)(data))
    if smtp := flags.get("smtp"):
        settings = replace(settings, smtp=read_address(smtp))
    if http := flags.get("http"):
        follows, settings = settings.url_follows, replace(settings, http=read_address(http))
        if follows:
            settings = replace(settings, public_url=f"http://{settings.http}")
    return settings


@click.command()
@click.argument("roles", nargs=-1, required=True, type=click.Choice(ROLES), metavar="ROLE...")
@click.option("--stages", help=f"What a worker does, of {','.join(STAGES)} (default all).")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many of these processes, on one port; the kernel shares connections out.",
)
@click.option("--lifeline", is_flag=True, hidden=True, help="Stop when standard input ends.")
@click.pass_context
def run(
    context: click.Context, roles: tuple[str, ...], stages: str | None, processes: int, *, lifeline: bool
) -> None:
    """Run one or more roles in this process: intake-http, intake-smtp, intake-imap, worker, api,
    operations.

    POSTHUS_DATABASE_URL says which database; roles share nothing else.
    """
    settings: Settings = context.obj
    wanted = tuple(stages.split(",")) if stages else STAGES
    unknown = [stage for stage in wanted if stage not in STAGES]
    if unknown:
        raise click.BadParameter(f"{unknown[0]} is not one of {', '.join(STAGES)}", param_hint="--stages")
    if settings.database_url is None:
        raise click.UsageError("POSTHUS_DATABASE_URL must say which database; posthus up brings its own")
    telemetry.start_logging(settings.log)
    stop = stop_on_signals()
    if lifeline:
        watch_lifeline(stop)
    if processes > 1:
        if "intake-smtp" in roles:
            raise click.UsageError(
                "mail is received by one process for each port; use --processes for others"
            )
        asked = ("run", *roles, "--stages", ",".join(wanted))
        names = (f"{' '.join(roles)} {number}" for number in range(1, processes + 1))
        Supervisor([Child(name, asked) for name in names], os.environ).run(stop)
        return
    run_roles(settings, roles, wanted, stop)


@click.command()
@click.option("--check", is_flag=True, help="Only say what is missing; exit code 1 when something is.")
@click.pass_context
def migrate(context: click.Context, *, check: bool) -> None:
    """Bring the database to this version."""
    settings: Settings = context.obj
    if settings.database_url is None:
        if check:
            raise click.UsageError("POSTHUS_DATABASE_URL must say which database to check")
        with owned(settings.data), started(embedded(settings)):
            click.echo("the embedded database is up to date")
        return
    missing = pending(settings.database_url) if check else apply_migrations(settings.database_url)
    for one in missing:
        click.echo(f"{'missing' if check else 'applied'} {one.version}_{one.name}")
    if not missing:
        click.echo("up to date")
    if check and missing:
        context.exit(1)


COMMANDS = (up, run, migrate)
