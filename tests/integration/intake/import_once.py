"""Run by a test: imports a path and says after every batch how far it is."""

import sys
from pathlib import Path

from posthus.database.pool import Database
from posthus.intake.importer import import_paths
from posthus.jobs import SourceId

if __name__ == "__main__":
    url, source_id, path = sys.argv[1:]
    with Database(url) as database:
        import_paths(
            database,
            SourceId(int(source_id)),
            [Path(path)],
            lambda progress: print(progress.position, flush=True),
        )
