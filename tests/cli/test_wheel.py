"""The wheel carries everything: installed into an empty environment, the demo loads from it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), "."],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=180,
    )
    return next(out.glob("*.whl"))


def test_the_wheel_holds_what_the_product_reads(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())

    wanted = {
        f"matchmaker/_bundle/{file.relative_to(ROOT).as_posix()}"
        for folder in ("templates", "static", "migrations", "data")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert wanted - held == set()
    assert "matchmaker/translations/zh_Hant_TW/LC_MESSAGES/messages.mo" in held


@pytest.mark.slow
def test_the_demo_loads_from_an_installed_wheel(wheel, tmp_path):
    if not os.environ.get("MATCHMAKER_NEEDS_ALL"):
        pytest.skip("installing every dependency anew takes a minute: set MATCHMAKER_NEEDS_ALL")
    place = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True, timeout=120)
    pip = [str(place / "bin" / "pip"), "--disable-pip-version-check", "--quiet"]
    locked = ["install", "--require-hashes", "-r", str(ROOT / "requirements.lock")]
    for step in (locked, ["install", "--no-deps", str(wheel)], ["check"]):
        subprocess.run([*pip, *step], check=True, timeout=400)
    home = tmp_path / "instance"
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "DATABASE", "MATCHMAKER"))
    }

    done = subprocess.run(
        [str(place / "bin" / "matchmaker"), "demo", "--no-serve"],
        env=clean | {"MATCHMAKER_HOME": str(home)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "owner-lead@" in done.stdout
    assert (home / "matchmaker.db").exists()
