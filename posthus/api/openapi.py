"""The OpenAPI document without a database: `python -m posthus.api.openapi > openapi.json`."""

import sys

import orjson

from posthus.api.application import describe


def openapi_document() -> bytes:
    """The document as JSON, the same bytes for the same routes."""
    return orjson.dumps(describe().openapi(), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(openapi_document())
