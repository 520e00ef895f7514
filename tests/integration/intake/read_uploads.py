"""Run by a test: reads what was sent in, and says after every batch how far it is."""

import sys
import threading

from posthus.database.pool import Database
from posthus.intake.import_service import ImportService

if __name__ == "__main__":
    with Database(sys.argv[1]) as database:
        ImportService(
            database, lease=0.5, pause=0.05, progress=lambda progress: print(progress.position, flush=True)
        ).run(threading.Event())
