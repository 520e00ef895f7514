"""Run by a test: follows every mailbox of a database until it is killed, telling what it does on stderr."""

import sys
import threading

from posthus.database.pool import Database
from posthus.intake.imap_folder import Reading
from posthus.intake.imap_follow import Following
from posthus.intake.imap_service import ImapService, ImapSettings
from posthus.telemetry import start_logging
from tests.keys import KEYRING

# Short leases, so that whoever comes after a killed one need not wait long.
SETTINGS = ImapSettings(lease=0.5, turn_seconds=0.05, following=Following(Reading(messages=10), turn=20))

if __name__ == "__main__":
    start_logging("json")
    with Database(sys.argv[1]) as database:
        ImapService(database, KEYRING, SETTINGS).run(threading.Event())
