"""Style sheets, scripts and icons: joined at start-up, named by their content, kept for ever.

Templates say ``asset_url("app.css")``; the answer changes whenever the content does.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from matchmaker.kernel import resources

KEPT_FOR_EVER = "public, max-age=31536000, immutable"
HASH_LENGTH = 12
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
SHEETS_IN_ORDER = ("css/tokens.css", "css/base.css", "css/layout.css")
NAMED = re.compile(r"(?P<stem>.+)-(?P<hash>[0-9a-f]{12})(?P<suffix>\.[a-z]+)")

bp = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Asset:
    """One file as it is sent, plain and compressed."""

    body: bytes
    packed: bytes
    kind: str
    hashed_name: str

    @classmethod
    def of(cls, name: str, body: bytes) -> Asset:
        """The asset called ``name`` with this content."""
        path = Path(name)
        digest = hashlib.sha256(body).hexdigest()[:HASH_LENGTH]
        return cls(
            body=body,
            packed=gzip.compress(body, compresslevel=9, mtime=0),
            kind=KINDS[path.suffix],
            hashed_name=f"{path.stem}-{digest}{path.suffix}",
        )


class Assets:
    """Everything under the static folder that pages link to."""

    def __init__(self, folder: Path, *, watch: bool = False):
        """Read ``folder`` now; with ``watch``, again whenever a file in it changes."""
        self._folder = folder
        self._watch = watch
        self._seen = self._fingerprint()
        self._built = self._build()

    def url_name(self, name: str) -> str:
        """The content-hashed name of an asset such as ``app.css``.

        Raises:
            KeyError: no such asset; a template is wrong.
        """
        return self._current()[name].hashed_name

    def find(self, hashed_name: str) -> tuple[Asset, bool] | None:
        """The asset for a requested name, and whether its hash is today's; None if unknown.

        A page loaded before an update still gets a style sheet, only not for ever.
        """
        parts = NAMED.fullmatch(hashed_name)
        asset = self._current().get(parts["stem"] + parts["suffix"]) if parts else None
        return (asset, asset.hashed_name == hashed_name) if asset else None

    def _current(self) -> dict[str, Asset]:
        if self._watch and (seen := self._fingerprint()) != self._seen:
            self._seen, self._built = seen, self._build()
        return self._built

    def _build(self) -> dict[str, Asset]:
        bodies = {"app.css": self._joined_sheets(), "app.js": self._joined_scripts()}
        for path in sorted(self._folder.glob("*.*")):
            if path.suffix in KINDS:
                bodies[path.name] = path.read_bytes()
        return {name: Asset.of(name, body) for name, body in bodies.items()}

    def _joined_sheets(self) -> bytes:
        components = sorted((self._folder / "css/components").glob("*.css"))
        first = [self._folder / name for name in SHEETS_IN_ORDER]
        sheets = [*first, *components, self._folder / "css/print.css"]
        return "\n".join(lean_css(sheet.read_text("utf-8")) for sheet in sheets).encode()

    def _joined_scripts(self) -> bytes:
        scripts = [
            *sorted((self._folder / "vendor").glob("*.js")),
            *sorted((self._folder / "js").glob("*.js")),
        ]
        return "\n;\n".join(script.read_text("utf-8") for script in scripts).encode()

    def _fingerprint(self) -> tuple[tuple[str, int], ...]:
        files = sorted(path for path in self._folder.rglob("*") if path.is_file())
        return tuple((str(path), path.stat().st_mtime_ns) for path in files)


def lean_css(text: str) -> str:
    """A style sheet without comments, indentation and empty lines."""
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())


def init_app(app: Flask) -> None:
    """Build the assets and let templates ask for their addresses."""
    app.extensions["assets"] = Assets(resources.folder("static"), watch=app.debug)
    app.register_blueprint(bp)
    app.jinja_env.globals["asset_url"] = asset_url


def asset_url(name: str) -> str:
    """The address of an asset, with its content hash."""
    return url_for("assets.file", name=_assets().url_name(name))


@bp.get("/assets/<name>")
def file(name: str) -> Response:
    """One asset; browsers keep it for a year, because its name changes with its content."""
    found = _assets().find(name)
    if found is None:
        abort(404)
    asset, is_current = found
    packed = request.accept_encodings.quality("gzip") > 0
    answer = Response(asset.packed if packed else asset.body, content_type=asset.kind)
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = KEPT_FOR_EVER if is_current else "no-cache"
    return answer


def _assets() -> Assets:
    assets: Assets = current_app.extensions["assets"]
    return assets
