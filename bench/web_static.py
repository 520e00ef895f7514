"""What granian loads beside the client: a folder of files, served by Posthus' own code for assets."""

import os
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from posthus.api.assets import Assets


def folder() -> ASGIApp:
    """The folder that POSTHUS_BENCH_FOLDER names."""
    assets = Assets(Path(os.environ["POSTHUS_BENCH_FOLDER"]), "http://127.0.0.1")

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await assets(scope, receive, send)

    return application
