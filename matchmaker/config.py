"""Settings: all have a default that works on a laptop; the environment changes them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _home() -> Path:
    """Where the embedded database, its key and uploads live by default."""
    checkout = Path(__file__).parent.parent
    base = checkout if (checkout / "pyproject.toml").exists() else Path.cwd()
    return base / "instance"


class Settings(BaseSettings):
    """What can be set from outside, each by a variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_prefix="", extra="ignore")

    instance_dir: Path = Field(default_factory=_home, validation_alias="MATCHMAKER_HOME")
    database_url: str = ""
    jobs_url: str = ""
    environment: Literal["laptop", "production", "test"] = Field(
        "laptop", validation_alias="MATCHMAKER_ENV"
    )
    secret_key: SecretStr = SecretStr("")
    site_url: str = "http://127.0.0.1:5000"
    allowed_hosts: str = ""
    trusted_proxies: int = 0
    smtp_url: str = ""
    mail_from: str = "Matchmaker <matchmaker@localhost>"
    limits_url: str = "memory://"
    limits_on: bool = True
    measure: bool = Field(False, validation_alias="MATCHMAKER_MEASURE")
    password_cost: Literal["full", "low"] = "full"  # noqa: S105 - a level, not a secret
    password_min_length: int = 15
    staff_second_factor: Literal["required", "optional"] = "required"
    default_lang: Literal["zh_TW", "en"] = "zh_TW"
    demo: bool = False

    @property
    def database(self) -> str:
        """The database address; the embedded one unless DATABASE_URL says otherwise."""
        url = self.database_url or f"sqlite:///{self.instance_dir / 'matchmaker.db'}"
        return url.replace("postgresql://", "postgresql+psycopg://").replace(
            "postgres://", "postgresql+psycopg://"
        )

    @property
    def uploads(self) -> Path:
        """The folder that uploaded files lie in."""
        return self.instance_dir / "uploads"

    @property
    def hosts(self) -> list[str]:
        """Host names that requests may be addressed to; empty allows this machine only."""
        return [host.strip() for host in self.allowed_hosts.split(",") if host.strip()]

    def key(self) -> str:
        """The secret that signs cookies; on a laptop made once and kept beside the database.

        Raises:
            ValueError: in production without a key of at least 32 characters.
        """
        given = self.secret_key.get_secret_value()
        if self.environment == "production":
            if len(given) < 32 or not self.hosts or self.site_url.startswith("http://127."):
                raise ValueError(
                    "production needs SECRET_KEY (32 characters or more), SITE_URL "
                    "and ALLOWED_HOSTS"
                )
            return given
        return given or _kept_key(self.instance_dir / "secret.key")


def _kept_key(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text()
