"""How Posthus is doing, and the jobs that kept failing."""

from fastapi import APIRouter, Response

from posthus.api.answers import Answered
from posthus.api.conversations import Number, Paged
from posthus.api.problems import Refusal
from posthus.api.shapes import Buried, BuriedDetail, BuriedEdit, Operations, Page
from posthus.api.visits import Operator, Reader

router = APIRouter(prefix="/api/v1", route_class=Answered, tags=["operations"])


@router.get("/operations")
def read_operations(visit: Reader) -> Operations:
    """Rates, backlog, processes, promises and the bottleneck, now."""
    with visit.desk.database.transaction() as connection:
        return visit.desk.parts.operations(connection, visit.caller.workspace_id)


@router.get("/buried")
def list_buried(visit: Reader, paging: Paged) -> Page[Buried]:
    """Jobs that kept failing, newest first."""
    raise Refusal(501, "Not there yet.")


@router.get("/buried/{id}")
def read_buried(visit: Operator, number: Number) -> BuriedDetail:
    """One such job, with the payload it carries."""
    raise Refusal(501, "Not there yet.")


@router.post("/buried/{id}/replay", status_code=204)
def replay_buried(visit: Operator, number: Number) -> Response:
    """Try the job again."""
    raise Refusal(501, "Not there yet.")


@router.put("/buried/{id}", status_code=204)
def edit_buried(visit: Operator, number: Number, edit: BuriedEdit) -> Response:
    """Correct the payload and try again."""
    raise Refusal(501, "Not there yet.")


@router.delete("/buried/{id}", status_code=204)
def drop_buried(visit: Operator, number: Number) -> Response:
    """Give the job up; the original event stays."""
    raise Refusal(501, "Not there yet.")
