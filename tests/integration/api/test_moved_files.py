"""Files that lie in an object store: opened like any other, and what is told while the store is away."""

import threading
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from posthus.api.application import create_application
from posthus.api.parts import ApiParts
from posthus.originals.moving import Rule, tend_objects
from posthus.originals.objects import NO_OBJECTS, Folder, Objects
from tests.integration.api.conftest import House, bearer, visit
from tests.integration.api.office import Office


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "files")


def reading(parts: ApiParts, house: House, objects: Objects) -> httpx.Client:
    client = visit(create_application(replace(parts, objects=objects)))
    client.headers.update(bearer(house.keys["read"]))
    return client


def test_a_moved_file_is_opened_like_any_other_and_a_store_that_is_away_is_no_error_of_ours(
    parts: ApiParts, house: House, folder: Folder
) -> None:
    office = Office(parts.database, house)
    letter = office.mail("Tilbud", page='<p>Se <img src="cid:pixel@kunde"></p>')
    [message] = office.put(letter)
    assert tend_objects(parts.database, folder, Rule(1, after=0.0), threading.Event()).moved == 3
    with reading(parts, house, folder) as client:
        (conversation,) = client.get("/api/v1/conversations").json()["items"]
        (shown,) = client.get(f"/api/v1/conversations/{conversation['id']}/messages").json()["items"]
        quote = next(one for one in shown["attachments"] if one["name"].endswith(".pdf"))
        assert client.get(f"/api/v1/attachments/{quote['id']}").content == b"%PDF-1.7 tilbud"
        assert client.get(f"/api/v1/messages/{message}/raw").content == letter.raw
        assert "data:image/png" in client.get(f"/api/v1/messages/{message}/html").text
    with reading(parts, house, NO_OBJECTS) as client:
        away = client.get(f"/api/v1/attachments/{quote['id']}")
        assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
        assert "store of large files" in away.json()["detail"]
        assert "?inline=1" in client.get(f"/api/v1/messages/{message}/html").text  # its picture lies there
