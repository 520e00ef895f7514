"""A real IMAP server (Debian's dovecot-imapd) on free loopback ports, for mailboxes of tests and benchmarks."""

import os
import pwd
import shutil
import socket
import subprocess
from pathlib import Path
from time import monotonic, sleep

from imapclient import IMAPClient

from bench.serving import free_port

PASSWORD = "hemmeligt"
_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
auth_mechanisms = {mechanisms}
disable_plaintext_auth = no
ssl = {ssl}
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 0
first_valid_uid = 1
maildir_very_dirty_syncs = no
namespace inbox {{
  inbox = yes
  mailbox Archive {{
    auto = create
    special_use = \\Archive
  }}
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Trash {{
    auto = create
    special_use = \\Trash
  }}
}}
passdb {{
  {passdb}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service imap {{
  process_limit = 400
}}
{more}
"""
_STATIC = f"driver = static\n  args = password={PASSWORD}"


def find_dovecot() -> str | None:
    """The program, where it is installed."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")


class Dovecot:
    """The server; mailboxes come to be when somebody signs in. `certificate` is (certificate, key)."""

    def __init__(
        self,
        folder: Path,
        *,
        certificate: tuple[Path, Path] | None = None,
        passdb: str = _STATIC,
        mechanisms: str = "plain login",
        more: str = "",
    ) -> None:
        program = find_dovecot()
        assert program is not None
        self.folder = folder
        self.port, self.tls_port = free_port(), free_port()
        user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        entry = pwd.getpwnam(user)
        for name in ("mail", "home", "state", "run"):
            (folder / name).mkdir(parents=True)
            (folder / name).chmod(0o755)
            os.chown(folder / name, entry.pw_uid, entry.pw_gid)
        if certificate is not None:
            more += f"\nssl_cert = <{certificate[0]}\nssl_key = <{certificate[1]}\n"
        config = folder / "dovecot.conf"
        group = subprocess.run(["id", "-gn", user], check=True, capture_output=True, text=True).stdout.strip()
        config.write_text(
            _CONFIG.format(
                folder=folder, user=user, group=group, port=self.port, tls_port=self.tls_port,
                ssl="yes" if certificate else "no", passdb=passdb, mechanisms=mechanisms, more=more,
            )
        )  # fmt: skip
        self._command = [program, "-F", "-c", str(config)]
        self.start()

    def start(self) -> None:
        """Run it, and wait until it takes connections."""
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        deadline = monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            except OSError:
                assert monotonic() < deadline, (self.folder / "log").read_text()
                assert self._process.poll() is None, (self.folder / "log").read_text()
                sleep(0.02)

    def stop(self) -> None:
        """End it and every session."""
        self._process.terminate()
        self._process.wait(30)

    def client(self, user: str) -> IMAPClient:
        """Somebody else who has the mailbox open, writing."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=30)
        client.login(user, PASSWORD)
        return client
