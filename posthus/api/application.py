"""The API as one ASGI application: routes, problems, health, and the web client behind them."""

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse

from posthus.api import (
    account,
    board,
    bulk,
    conversations,
    imports,
    knowing,
    live,
    mailboxes,
    messages,
    notes,
    operating,
    people,
    privacy,
    quarantine,
    regroup,
    searching,
    sessions,
    settings,
    source_details,
    sources,
    tags,
    team,
    timeline,
    views,
)
from posthus.api.access import SQL
from posthus.api.assets import Assets
from posthus.api.parts import ApiParts
from posthus.api.problems import UNAVAILABLE, answer_with_problems, problem
from posthus.api.shapes.shape import Problem
from posthus.api.visits import Desk

VERSION = "1"
_ROUTERS = (
    sessions.router,
    account.router,
    team.router,
    settings.router,
    people.router,
    knowing.router,
    privacy.router,
    conversations.router,
    regroup.router,
    messages.router,
    views.router,
    tags.router,
    bulk.router,
    notes.router,
    timeline.router,
    board.router,
    searching.router,
    sources.router,
    mailboxes.router,
    imports.router,
    source_details.router,
    quarantine.router,
    operating.router,
    live.router,
)


def create_application(parts: ApiParts) -> FastAPI:
    """Everything a browser or an integrator asks; close `parts.feed` to end the live streams at shutdown."""
    application = describe()
    application.state.desk = Desk(parts)
    application.add_route("/healthz", _alive)
    application.add_route("/readyz", _ready)
    application.add_route("/metrics", _metrics)
    settings = parts.settings
    application.router.default = Assets(settings.web, settings.public_url, settings.cdn_url)
    return application


def describe() -> FastAPI:
    """The routes without anything behind them: enough for the OpenAPI document."""
    application = FastAPI(
        title="Posthus",
        version=VERSION,
        summary="Every customer conversation, received, sorted and found again.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_name_of,
        responses={"default": {"model": Problem, "description": "What went wrong, and what to do"}},
    )
    answer_with_problems(application)
    for router in _ROUTERS:
        application.include_router(router)
    return application


def _name_of(route: APIRoute) -> str:
    return route.name


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


async def _ready(request: Request) -> Response:
    desk: Desk = request.app.state.desk

    def look() -> None:
        with desk.database.transaction() as connection:
            connection.execute(SQL["alive"])
        desk.parts.feed.hold()

    try:
        await run_in_threadpool(look)
    except UNAVAILABLE:
        return problem(503, "The database cannot be reached.", {"Retry-After": "2"})
    return JSONResponse({"ready": True}, headers={"Cache-Control": "no-store"})


async def _metrics(request: Request) -> Response:
    desk: Desk = request.app.state.desk
    text = await run_in_threadpool(desk.parts.metrics)
    return PlainTextResponse(
        text + desk.metrics(), headers={"Cache-Control": "no-store"}, media_type="text/plain; version=0.0.4"
    )
