"""A real Postfix (Debian's) on free loopback ports that delivers everything over LMTP."""

import os
import shutil
import smtplib
import subprocess
from pathlib import Path

from tests.running import free_port

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = example.com
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
smtpd_recipient_restrictions = permit_mynetworks, reject
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
alias_maps =
alias_database =
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
"""


def find_postfix() -> str | None:
    """The program, where it is installed and may be started."""
    found = shutil.which("postfix") or shutil.which("postfix", path="/usr/sbin")
    return found if os.geteuid() == 0 else None


class Postfix:
    """Takes mail for example.com and delivers it to the LMTP port."""

    def __init__(self, folder: Path, lmtp: int) -> None:
        program = find_postfix()
        assert program is not None
        self.folder, self.port = folder, free_port()
        self._command = [program, "-c", str(folder / "etc")]
        for name in ("etc", "queue", "data"):
            (folder / name).mkdir(parents=True)
        shutil.chown(folder / "data", "postfix", "postfix")
        (folder / "etc" / "main.cf").write_text(_MAIN.format(folder=folder, lmtp=lmtp))
        (folder / "etc" / "master.cf").write_text(_MASTER.format(port=self.port))
        self._run("start")

    def stop(self) -> None:
        """End it."""
        self._run("stop")

    def send(self, recipients: list[str], mail: bytes) -> dict[str, tuple[int, bytes]]:
        """Hand a mail to it; what it refuses."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as client:
            return client.sendmail("kunde@example.net", recipients, mail)

    def _run(self, word: str) -> None:
        told = subprocess.run([*self._command, word], capture_output=True, text=True, check=False)
        log = self.folder / "log"
        assert told.returncode == 0, told.stderr + (log.read_text() if log.exists() else "")
