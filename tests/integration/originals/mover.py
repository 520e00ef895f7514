"""Moves large files to a folder and back again and again until it is killed."""

import sys
import threading
from pathlib import Path

from posthus.database.pool import Database
from posthus.originals.moving import Rule, tend_objects
from posthus.originals.objects import Folder

if __name__ == "__main__":
    print("ready", flush=True)
    with Database(sys.argv[1], connections=8) as database:
        for turn in range(1_000_000):
            rule = Rule(None if turn % 2 else 1_000, after=0.0)
            tend_objects(database, Folder(Path(sys.argv[2])), rule, threading.Event())
