"""Compiles the catalogues into the wheel, so that an installation needs no tools."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatch calls it before it collects files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write ``messages.mo`` beside every ``messages.po``."""
        for source in Path(self.root, "matchmaker", "translations").rglob("messages.po"):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as binary:
                write_mo(binary, read_po(text, locale="zh_Hant_TW"))
