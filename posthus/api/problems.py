"""Every error as `application/problem+json` (RFC 9457), with a detail that says what to do."""

import logging
import traceback
from collections.abc import Mapping
from http.client import responses

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from posthus.api.shapes.shape import Problem
from posthus.cache.feed import FeedUnreachableError
from posthus.originals.objects import ObjectsAwayError
from posthus.telemetry import log

UNAVAILABLE = (psycopg.OperationalError, PoolTimeout, FeedUnreachableError, ObjectsAwayError)
_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not take this method; see /api/v1/openapi.json.",
    413: "The request is too large.",
}


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault
    """The request is answered with this status; `detail` tells the caller what to do."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})


def not_found(what: str) -> Refusal:
    """Nothing of that number is in the caller's workspace."""
    return Refusal(404, f"There is no such {what} in this workspace.")


def sentence(error: Exception) -> str:
    """What one of ours says, as a sentence."""
    return f"{str(error)[:1].upper()}{str(error)[1:]}."


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The response of one problem; never stored by anybody."""
    body = Problem(title=responses.get(status, "Client Closed Request"), status=status, detail=detail)
    return Response(
        body.model_dump_json(),
        status,
        {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})},
        "application/problem+json",
    )


def answer_error(error: Exception) -> Response:
    """The problem that stands for an error; what went wrong inside is logged and never told."""
    if isinstance(error, Refusal):
        return problem(error.status, error.detail, error.headers)
    if isinstance(error, RequestValidationError):
        return problem(422, _fields(error))
    if isinstance(error, HTTPException):
        return problem(error.status_code, _DETAILS.get(error.status_code, str(error.detail)), error.headers)
    if isinstance(error, UNAVAILABLE):
        return _unavailable(error)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        # Remembered callers are let in for a moment after they lost their rights; the database is not so late.
        log("rights_lost", level=logging.WARNING)
        return problem(403, "This account or key has no rights in this workspace any more.")
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    own = [frame for frame in frames if "posthus" in frame.filename]
    inside = f"{own[-1].filename}:{own[-1].lineno}" if own else ""
    log("request_failed", level=logging.ERROR, error=type(error).__name__, place=place, inside=inside)
    return problem(500, "Something went wrong inside Posthus; the host finds it in the log.")


def _unavailable(error: Exception) -> Response:
    if isinstance(error, ObjectsAwayError):
        log("objects_away", level=logging.WARNING, reason=str(error))
        return problem(503, "The store of large files does not answer; try again soon.", {"Retry-After": "5"})
    log("database_unavailable", level=logging.WARNING, error=type(error).__name__)
    return problem(503, "The database cannot be reached; try again soon.", {"Retry-After": "2"})


def _fields(error: RequestValidationError) -> str:
    wrong = []
    for one in error.errors():
        place = ".".join(str(part) for part in one["loc"] if part not in {"body", "query", "path"})
        wrong.append(f"{place or 'the body'}: {one['msg']}")
    return "; ".join(wrong[:10])


def answer_with_problems(application: FastAPI) -> None:
    """Make the application answer each error, its own and Starlette's, as a problem."""

    async def answer(_: Request, error: Exception) -> Response:
        return answer_error(error)

    for kind in (Refusal, RequestValidationError, HTTPException, *UNAVAILABLE, Exception):
        application.add_exception_handler(kind, answer)
