"""The demo as a person starts it: one loaded instance for all tests that look at it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 400  # seconds; loading takes half a minute where nothing else is going on


def environment(home: Path) -> dict[str, str]:
    """A laptop's, with its files in this folder."""
    return os.environ | {
        "MATCHMAKER_HOME": str(home),
        "MATCHMAKER_ENV": "laptop",
        "DATABASE_URL": "",
        "JOBS_URL": "",
        "LIMITS_ON": "false",
        "PYTHONUNBUFFERED": "1",
    }


def run(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """``matchmaker demo --no-serve`` in this folder."""
    return subprocess.run(
        [sys.executable, "-m", "matchmaker", "demo", "--no-serve", *options],
        cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=PATIENCE,
        check=False,
    )  # fmt: skip


def load(home: Path) -> Path:
    """Load the demo into a folder; what it printed lies in ``demo.out`` beside its accounts."""
    done = run(home, "--accounts-json", str(home / "accounts.json"))
    assert done.returncode == 0, done.stderr
    (home / "demo.out").write_text(done.stdout, encoding="utf-8")
    return home
