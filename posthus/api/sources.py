"""Where things come from: made, changed, rotated and tried out."""

from fastapi import APIRouter, Response

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.problems import Refusal
from posthus.api.shapes import NewSource, Page, Sent, Source, SourceChange, SourceSecret
from posthus.api.visits import Reader, SourceKeeper

router = APIRouter(prefix="/api/v1/sources", route_class=Answered, tags=["sources"])


@router.get("")
def list_sources(visit: Reader, paging: Paged) -> Page[Source]:
    """Every source, with the proof that nothing is missing; who may not manage them sees no addresses in."""
    raise Refusal(501, "Not there yet.")


@router.post("", response_model=SourceSecret, status_code=201)
def add_source(visit: SourceKeeper, new: NewSource) -> Response:
    """A new source; its secret is shown this once."""
    raise Refusal(501, "Not there yet.")


@router.patch("/{id}", response_model=Source)
def change_source(visit: SourceKeeper, number: Number, change: SourceChange) -> Response:
    """Rename a source, switch it on or off, or map its fields."""
    raise Refusal(501, "Not there yet.")


@router.post("/{id}/rotate", response_model=SourceSecret)
def rotate_secret(visit: SourceKeeper, number: Number) -> Response:
    """A new secret; the old one is refused from now on."""
    raise Refusal(501, "Not there yet.")


@router.post("/{id}/test", response_model=Sent)
def send_test(visit: SourceKeeper, number: Number) -> Response:
    """Put a test event in through the real intake."""
    raise Refusal(501, "Not there yet.")
