"""Numbers in an address, whatever somebody typed there."""

from flask import request

MOST = 2**31 - 1  # what every database takes


def whole(name: str, default: int = 0) -> int:
    """A whole number of the query string between 0 and what a column holds."""
    return min(max(request.args.get(name, default, type=int), 0), MOST)


def maybe(name: str) -> int | None:
    """The same, None where nothing was asked for."""
    return whole(name) if request.args.get(name, type=int) is not None else None
