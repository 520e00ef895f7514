"""What granian loads for the benchmark of the API: the API itself, over a database that is there already."""

import os

from fastapi import FastAPI

from posthus.api.application import create_application
from posthus.api.parts import ApiParts, ApiSettings
from posthus.app.api_parts import read_operations, read_source_numbers
from posthus.cache.feed import Feed
from posthus.database.pool import Database


def api() -> FastAPI:
    """The real thing, without a model and without the web client."""
    database = Database(os.environ["POSTHUS_BENCH_DATABASE"], connections=12)
    database.open()
    return create_application(
        ApiParts(
            database=database,
            feed=Feed(database),
            operations=read_operations,
            source_numbers=read_source_numbers,
            settings=ApiSettings(public_url="http://127.0.0.1", requests_a_minute=1_000_000),
        )
    )
