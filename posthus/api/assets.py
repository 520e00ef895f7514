"""The built web client as static files: precompressed, immutable where the name has a hash, else revalidated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from posthus.api.answers import accepted_codings, has_it
from posthus.api.problems import problem

# In the order of what is smallest for these files: brotli 11 beats zstd 19 by 5-7 %.
CODINGS: Mapping[str, str] = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}
HASHED_FOLDER = "assets/"
_IMMUTABLE = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/manifest+json"}
# Where the client reads which path it is served under.
_BASE_UNSAID = 'name="posthus-base" content=""'
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Posthus</title>
<body style="font: 1rem/1.5 system-ui; max-width: 36rem; margin: 4rem auto; padding: 0 1rem">
<h1>Posthus is running</h1>
<p>The web client is not built in this checkout. Build it with <code>make setup</code> and reload this page.
The API answers at <a href="/api/v1/openapi.json">/api/v1</a> all the same.</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in every coding it was built in; `""` is the plain one."""

    bodies: Mapping[str, bytes]
    headers: Mapping[str, str]
    tag: str


class Assets:
    """An ASGI application: files of `folder`, and index.html for every route of the client."""

    def __init__(self, folder: Path | None, public_url: str, cdn_url: str | None = None) -> None:
        self._folder = folder
        self._cdn = (cdn_url or "").rstrip("/")
        self._path = urlsplit(public_url).path.rstrip("/")
        self._files: Mapping[str, Asset] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer any request that no other route took."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        response = self.answer(request.method, request.url.path, request.headers)
        await response(scope, receive, send)

    def answer(self, method: str, path: str, headers: Mapping[str, str]) -> Response:
        """The file at `path`; index.html for a client route; 404 for a missing file or API address."""
        if path.startswith(("/api/", "/in/")):
            return problem(404, "There is nothing at this address; see /api/v1/openapi.json.")
        if method not in {"GET", "HEAD"}:
            return problem(405, "This address is only read.", {"Allow": "GET, HEAD"})
        if not self._files:
            self._files = self._read()
        name = path.removeprefix("/")
        asset = self._files.get(name)
        if asset is None and ("." in name.rpartition("/")[2] or name.startswith(HASHED_FOLDER)):
            return problem(404, "There is no such file.")
        asset = asset or self._files.get("index.html")
        if asset is None:
            return Response(_NOT_BUILT, 200, {"Cache-Control": "no-store"}, "text/html")
        return _send(asset, method, headers)

    def _read(self) -> dict[str, Asset]:
        if self._folder is None or not (self._folder / "index.html").is_file():
            return {}
        found: dict[str, Asset] = {}
        for path in self._folder.rglob("*"):
            if path.is_file() and path.suffix not in CODINGS.values():
                name = path.relative_to(self._folder).as_posix()
                found[name] = self._index(path) if name == "index.html" else _file(path, name)
        return found

    def _index(self, path: Path) -> Asset:
        base = self._cdn or self._path
        text = path.read_text(encoding="utf-8")
        for written in ('"./', '"/'):
            text = text.replace(f"{written}{HASHED_FOLDER}", f'"{base}/{HASHED_FOLDER}')
        text = text.replace('"./', f'"{self._path}/')
        text = text.replace(_BASE_UNSAID, f'{_BASE_UNSAID[:-1]}{escape(self._path, quote=True)}"')
        body = text.encode()
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Cache-Control": "no-cache",
            "Content-Security-Policy": content_policy(self._cdn),
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        return Asset({"": body}, headers, sha256(body).hexdigest()[:32])


def content_policy(cdn_url: str) -> str:
    """The Content-Security-Policy of the client; style is inline because its accessible widgets set it so."""
    parts = urlsplit(cdn_url)
    cdn = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    rules: Iterable[str] = (
        "default-src 'none'",
        f"script-src 'self'{cdn}",
        f"style-src 'self' 'unsafe-inline'{cdn}",
        f"img-src 'self' data: blob:{cdn}",
        f"font-src 'self' data:{cdn}",
        f"connect-src 'self'{cdn}",
        "frame-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
    return "; ".join(rules)


def _file(path: Path, name: str) -> Asset:
    bodies = {"": path.read_bytes()}
    for coding, suffix in CODINGS.items():
        packed = path.with_name(path.name + suffix)
        if packed.is_file():
            bodies[coding] = packed.read_bytes()
    kind = _TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    headers = {
        "Content-Type": kind,
        "Cache-Control": _IMMUTABLE if name.startswith(HASHED_FOLDER) else "no-cache",
        # Assets may come from a CDN, and modules and fonts are then fetched across origins.
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Asset(bodies, headers, sha256(bodies[""]).hexdigest()[:32])


def _send(asset: Asset, method: str, headers: Mapping[str, str]) -> Response:
    accepted = accepted_codings(headers.get("accept-encoding", ""))
    coding = next((one for one in CODINGS if one in accepted and one in asset.bodies), "")
    tag = f'"{asset.tag}-{coding}"' if coding else f'"{asset.tag}"'
    sent = {**asset.headers, "ETag": tag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if has_it(headers.get("if-none-match", ""), asset.tag):
        del sent["Content-Type"]
        return Response(status_code=304, headers=sent)
    if coding:
        sent["Content-Encoding"] = coding
    body = asset.bodies[coding]
    sent["Content-Length"] = str(len(body))
    return Response(b"" if method == "HEAD" else body, headers=sent)
