"""A real server with its worker over a demo instance of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.demo import ROOT, environment

PATIENCE = 60.0
STAFF = {"DEMO": "true", "STAFF_SECOND_FACTOR": "optional"}
TAGS = {"zh": "zh-Hant-TW", "en": "en"}


@dataclass(frozen=True)
class Site:
    """Where a server answers, and who can sign in."""

    url: str
    home: Path

    def account(self, role: str) -> tuple[str, str]:
        """Address and passphrase of the demo account of a role."""
        accounts = json.loads((self.home / "accounts.json").read_text(encoding="utf-8"))
        found = next(each for each in accounts if each["role"] == role)
        return found["email"], found["password"]

    @property
    def faults(self) -> list[str]:
        """What server or worker complained about."""
        log = (self.home / "serve.log").read_text(encoding="utf-8", errors="replace")
        return [line for line in log.splitlines() if re.match(r"Traceback|.*\[error", line)]


@contextmanager
def serving(home: Path) -> Iterator[Site]:
    """Serve an instance on a free port, with a worker, until the block ends."""
    log = home / "serve.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "matchmaker", "serve", "--port", "0"],
            cwd=ROOT, env=environment(home) | STAFF, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield Site(_address(log, server), home)
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _address(log: Path, server: subprocess.Popen[bytes]) -> str:
    """What the server says where it answers, as soon as it says so."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        if found := re.search(r"answers at (http://\S+)", log.read_text(encoding="utf-8")):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"The server did not start:\n{log.read_text(encoding='utf-8')}")
