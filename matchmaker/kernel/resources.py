"""Where templates, static files, migrations and data lie: beside the package or in its wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent.parent
BUNDLE = PACKAGE / "_bundle"


def folder(name: str) -> Path:
    """The folder ``templates``, ``static``, ``migrations`` or ``data``.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for place in (BUNDLE / name, PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"Matchmaker's folder {name!r} is missing from this installation.")
