"""A message's safe HTML, its original, and the files that came with it."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from posthus.api.answers import Answered
from posthus.api.conversations import Number
from posthus.api.problems import Refusal
from posthus.api.visits import Reader

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["messages"])
Identifier = Annotated[UUID, Path(alias="id")]
Images = Annotated[bool, Query(description="whether images from other servers are let through")]


@router.get("/messages/{id}/html", response_class=Response, responses={200: {"content": {"text/html": {}}}})
def read_html(visit: Reader, identifier: Identifier, images: Images = False) -> Response:  # noqa: FBT002
    """The sanitised HTML, for a sandboxed frame."""
    raise Refusal(501, "Not there yet.")


@router.get(
    "/messages/{id}/raw",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def read_raw(
    visit: Reader, identifier: Identifier, as_: Annotated[Literal["text"] | None, Query(alias="as")] = None
) -> Response:
    """What was received, byte for byte; `as=text` shows it instead of saving it."""
    raise Refusal(501, "Not there yet.")


@router.get(
    "/attachments/{id}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def read_attachment(visit: Reader, number: Number, inline: bool = False) -> Response:  # noqa: FBT001, FBT002
    """A file that came with a message; `inline=1` shows images and PDFs instead of saving them."""
    raise Refusal(501, "Not there yet.")
