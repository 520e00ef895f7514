"""Install the Debian packages that only tests and benchmarks need (a browser, a pooler, mail servers), where we may; say so where not."""

import os
import shutil
import subprocess
import sys

WANTED = {
    "chromium": "chromium",
    "pgbouncer": "pgbouncer",
    "dovecot": "dovecot-imapd",
    "postfix": "postfix",
    "nginx": "nginx-light",
    "haproxy": "haproxy",
    "redis-server": "redis-server",
    "wrk": "wrk",
}


def main() -> int:
    """Install what is missing; missing is an error only where POSTHUS_REQUIRE_SYSTEM is set."""
    missing = [package for program, package in WANTED.items() if not _found(program)]
    if not missing:
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        subprocess.run(install, check=False, env=environment, stdout=subprocess.DEVNULL)
        missing = [package for program, package in WANTED.items() if not _found(program)]
    if missing:
        print(f"not installed: {', '.join(missing)}; the tests that need them are skipped", file=sys.stderr)
    return 1 if missing and os.environ.get("POSTHUS_REQUIRE_SYSTEM") else 0


def _found(program: str) -> bool:
    return bool(shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/bin"))


if __name__ == "__main__":
    sys.exit(main())
