"""Style sheets and scripts: joined in order, named by content, kept for ever."""

import gzip
from pathlib import Path

import pytest
from flask import Flask

from matchmaker.kernel import resources
from matchmaker.web import assets
from matchmaker.web.assets import Asset, Assets, lean_css

FILES = {
    "css/tokens.css": "/* first */\n@layer a, b;\n",
    "css/base.css": "p {\n  margin: 0;\n}\n",
    "css/layout.css": ".wide { margin: 0 }\n",
    "css/print.css": ".last { margin: 0 }\n",
    "css/components/menu.css": ".menu { margin: 0 }\n",
    "css/components/button.css": ".button { margin: 0 }\n",
    "vendor/library.js": "var library;",
    "js/b.js": "var b;",
    "js/a.js": "var a;",
    "icons.svg": "<svg></svg>",
    "notes.txt": "not for the web",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def body(built: Assets, name: str) -> str:
    found = built.find(built.url_name(name))
    assert found is not None
    return found[0].body.decode()


def test_sheets_are_joined_in_the_order_of_their_layers(folder):
    assert body(Assets(folder), "app.css") == (
        "@layer a, b;\np {\nmargin: 0;\n}\n.wide { margin: 0 }\n.button { margin: 0 }\n"
        ".menu { margin: 0 }\n.last { margin: 0 }"
    )


def test_scripts_of_others_come_before_ours(folder):
    assert body(Assets(folder), "app.js") == "var library;\n;\nvar a;\n;\nvar b;"


def test_only_kinds_that_pages_need_are_served(folder):
    with pytest.raises(KeyError):
        Assets(folder).url_name("notes.txt")


def test_the_name_changes_with_the_content_and_only_with_it(folder):
    before = Assets(folder).url_name("icons.svg")

    assert Assets(folder).url_name("icons.svg") == before
    (folder / "icons.svg").write_text("<svg><g/></svg>")
    assert Assets(folder).url_name("icons.svg") != before


def test_a_change_is_seen_at_once_only_while_watching(folder):
    watching, still = Assets(folder, watch=True), Assets(folder)
    before = watching.url_name("app.js")

    (folder / "js/c.js").write_text("var c;")

    assert body(watching, "app.js") == "var library;\n;\nvar a;\n;\nvar b;\n;\nvar c;"
    assert still.url_name("app.js") == before


def test_comments_and_indentation_are_not_sent():
    assert lean_css("/* a\n b */\np {\n\n  margin: 0; /* c */\n}\n") == "p {\nmargin: 0;\n}"


@pytest.fixture
def client(folder, monkeypatch):
    monkeypatch.setattr(resources, "folder", lambda _name: folder)
    app = Flask(__name__, static_folder=None)
    assets.init_app(app)
    return app.test_client()


def url_of(client, name: str) -> str:
    with client.application.test_request_context():
        return assets.asset_url(name)


def test_a_browser_may_keep_an_asset_for_a_year(client):
    answer = client.get(url_of(client, "app.css"))

    assert answer.status_code == 200
    assert answer.content_type == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in answer.headers


def test_an_asset_is_sent_compressed_to_whoever_takes_it(client):
    url = url_of(client, "app.js")

    answer = client.get(url, headers={"Accept-Encoding": "gzip, br"})
    refusing = client.get(url, headers={"Accept-Encoding": "gzip;q=0"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == refusing.data == client.get(url).data


def test_a_page_from_before_an_update_gets_todays_sheet_but_not_for_ever(client):
    answer = client.get("/assets/app-000000000000.css")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "name", ["app.css", "other-000000000000.css", "notes-000000000000.txt", "..%2Fconfig.py"]
)
def test_what_is_no_asset_is_not_found(client, name):
    assert client.get(f"/assets/{name}").status_code == 404


def test_style_and_script_of_the_product_stay_within_sixty_kilobytes():
    built = Assets(resources.folder("static"))
    packed = 0
    for name in ("app.css", "app.js"):
        found = built.find(built.url_name(name))
        assert found is not None
        packed += len(found[0].packed)

    assert 10_000 < packed <= 60_000


def test_every_asset_knows_its_kind():
    assert Asset.of("favicon.svg", b"<svg/>").kind == "image/svg+xml; charset=utf-8"
