"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "matchmaker"
ROOMS = [
    "kernel", "taxonomy", "audit", "accounts", "organizations", "programs", "challenges",
    "teams", "proposals", "matching", "supplements", "plans", "learning", "showcase",
    "notifications", "transfer", "recommender", "benchmark",
]  # fmt: skip


def sources(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (PACKAGE / folder).rglob("*.py"))


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def tops(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(file)}


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_know_no_web_framework(room):
    guilty = {
        file.relative_to(ROOT).as_posix(): sorted(tops(file) & {"flask", "wtforms", "flask_login"})
        for file in sources(room)
        if tops(file) & {"flask", "wtforms", "flask_login", "flask_wtf", "flask_babel"}
    }
    assert guilty == {}


def test_the_web_door_knows_no_sqlalchemy():
    assert [f.name for f in sources("web", "api") if "sqlalchemy" in tops(f)] == []


def test_libraries_know_nothing_of_ours():
    guilty = {}
    for library in ("recommender", "benchmark"):
        for file in sources(library):
            foreign = {
                name
                for name in imported(file)
                if name.startswith("matchmaker.")
                and not name.startswith((f"matchmaker.{library}", "matchmaker.__version__"))
            } | (tops(file) & {"flask", "sqlalchemy", "wtforms"})
            if foreign:
                guilty[file.name] = sorted(foreign)
    assert guilty == {}


def test_only_rooms_that_compute_import_the_recommender():
    allowed = (
        "matching", "supplements", "plans", "learning", "recommender", "cli", "demo", "benchmark",
    )  # fmt: skip
    guilty = [
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if file.relative_to(PACKAGE).parts[0] not in allowed
        and any(name.startswith("matchmaker.recommender") for name in imported(file))
    ]
    assert guilty == []


def test_only_doors_commit():
    commit = re.compile(r"\.commit\(\)")
    guilty = [
        file.relative_to(PACKAGE).as_posix()
        for file in sources(*ROOMS)
        if file.name != "database.py" and commit.search(file.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_inside_a_room_imports_point_down():
    order = ["lifecycle", "events", "models", "policy", "queries", "service"]
    guilty = []
    for room in ROOMS:
        for position, part in enumerate(order):
            file = PACKAGE / room / f"{part}.py"
            if not file.exists():
                continue
            above = {f"matchmaker.{room}.{name}" for name in order[position + 1 :]}
            if part == "lifecycle":
                above -= {f"matchmaker.{room}.events"}
            guilty += [f"{room}/{part} imports {name}" for name in sorted(imported(file) & above)]
    assert guilty == []


def test_nothing_is_imported_inside_a_function():
    guilty = []
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                guilty += [
                    f"{file.relative_to(PACKAGE).as_posix()}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                ]
    assert guilty == []


def test_there_is_no_drawer_for_odds_and_ends():
    odd = {"utils", "helpers", "common", "misc", "util"}
    assert [p.as_posix() for p in PACKAGE.rglob("*") if p.stem in odd] == []


def test_templates_hold_no_inline_style_script_or_handler():
    pattern = re.compile(r'\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+="', re.IGNORECASE)
    guilty = [
        f"{file.relative_to(ROOT).as_posix()}: {match.group()}"
        for file in (ROOT / "templates").rglob("*.html")
        for match in [pattern.search(file.read_text(encoding="utf-8"))]
        if match
    ]
    assert guilty == []


def test_templates_mark_text_as_safe_nowhere():
    guilty = [
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "templates").rglob("*.html")
        if re.search(r"\|\s*safe\b", file.read_text(encoding="utf-8"))
    ]
    assert guilty == []


def test_every_data_file_has_a_line_on_its_origin():
    listed = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    files = [
        file.relative_to(ROOT / "data").as_posix()
        for file in (ROOT / "data").rglob("*")
        if file.is_file() and file.name != "README.md"
    ]
    assert [name for name in files if f"`{name}`" not in listed] == []


def tracked_files() -> list[Path]:
    """Files of the project itself: not caches, environments or data of an instance."""
    own = ["matchmaker", "templates", "static", "migrations", "data", "tests", ".ci"]
    found = [file for folder in own for file in (ROOT / folder).rglob("*")]
    found += [file for file in ROOT.glob("*") if not file.name.startswith(".git")]
    return [file for file in found if file.is_file() and "__pycache__" not in file.parts]


def test_the_project_names_no_machine_and_no_registry():
    pattern = re.compile(r"/(?:work|root|tmp)/[a-z]|pypi\.org|registry\.npmjs|files\.pythonhosted")
    guilty = []
    for file in tracked_files():
        if file.name == "test_house.py":
            continue
        if file.suffix in {".py", ".md", ".toml", ".html", ".css", ".js", ".lock", ".cfg", ""}:
            match = pattern.search(file.read_text(encoding="utf-8", errors="ignore"))
            if match:
                guilty.append(f"{file.relative_to(ROOT)}: {match.group()}")
    assert guilty == []
