"""One worker process of the import benchmark: files and links until its input ends."""

import sys
import threading

from posthus.app.stages import make_stages
from posthus.database.pool import Database
from posthus.queue.worker import Worker

if __name__ == "__main__":
    stop = threading.Event()
    with Database(sys.argv[1]) as database:
        stages = [stage for stage in make_stages(None) if stage.name in ("file", "link")]
        working = threading.Thread(target=Worker(database, stages).run, args=(stop,))
        working.start()
        print("ready", flush=True)
        sys.stdin.read()
        stop.set()
        working.join()
