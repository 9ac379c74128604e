"""The record: searched, exported, and its chain of hashes checked."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import login_required

from matchmaker.audit import queries, service
from matchmaker.audit.models import AuditEntry
from matchmaker.audit.policy import readable_programs
from matchmaker.audit.queries import Filter
from matchmaker.kernel.database import Database
from matchmaker.kernel.formats import TAIPEI, parse_day
from matchmaker.kernel.permissions import can, require
from matchmaker.kernel.tabular.writing import guarded
from matchmaker.web import door
from matchmaker.web.audit import words

bp = Blueprint("audit", __name__, url_prefix="/audit")
COLUMNS = (
    "id", "at", "actor_name", "roles", "address", "action", "object_kind", "object_name",
    "before", "after", "reason", "hash",
)  # fmt: skip
BOM = "\ufeff"  # lets Excel in Taiwan read UTF-8
AT_ONCE = 200
YEARS = range(1912, 9999)


@bp.get("")
@login_required
def index() -> str:
    """The record, newest first."""
    actor = door.actor()
    require(actor, "audit_log.view", None)
    asked = _asked()
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    page = queries.newest(door.db(), _filter(asked), before_id=request.args.get("before", type=int))
    return render_template(
        "audit/index.html",
        page=page,
        asked=asked,
        kept=kept,
        kinds=queries.kinds(door.db(), readable_programs(actor)),
        kind_word=words.kind_word,
        action_word=words.action_word,
        roles_words=words.roles_words,
        actor_word=words.actor_word,
        may_check=bool(can(actor, "audit_log.check", None)),
        export=url_for(".export", **kept),
    )


@bp.get("/record.csv")
@login_required
def export() -> Response:
    """The record as a table, exactly the rows of the page, however many."""
    actor = door.actor()
    require(actor, "audit_log.view", None)
    asked, wanted = _asked(), _filter(_asked())
    database = door.database()
    door.db().rollback()  # the rows are read in a session of their own, however long that takes
    with database.transaction() as own:
        service.record(
            own, "audit_log.export", actor=actor, now=door.now(), kind="audit_log",
            after={name: value for name, value in asked.items() if value},
        )  # fmt: skip
    name = f"audit-{door.now().astimezone(TAIPEI):%Y%m%d-%H%M}.csv"
    return Response(
        _lines(database, wanted),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get("/check")
@login_required
def check() -> str:
    """Whether every entry still fits the one before it."""
    require(door.actor(), "audit_log.check", None)
    report = service.check_chain(door.db())
    return render_template("audit/check.html", report=report)


def _asked() -> dict[str, str]:
    names = ("action", "actor", "kind", "thing", "since", "until")
    asked = {name: request.args.get(name, "").strip()[:100] for name in names}
    for name in ("since", "until"):
        day = _day(asked[name])
        asked[name] = day.date().isoformat() if day else ""
    return asked


def _filter(asked: dict[str, str]) -> Filter:
    """What was asked for, within what the reader may read."""
    until = _day(asked["until"])
    return Filter(
        programs=readable_programs(door.actor()),
        action=asked["action"],
        actor=asked["actor"],
        kind=asked["kind"],
        thing=asked["thing"],
        since=_day(asked["since"]),
        until=until + timedelta(days=1) if until else None,
    )


def _day(text: str) -> datetime | None:
    """The first instant of a day in Taipei; None when it is no day, or far from all others."""
    try:
        day = parse_day(text)
    except ValueError:
        return None
    return datetime.combine(day, time(), TAIPEI) if day.year in YEARS else None


def _lines(database: Database, wanted: Filter) -> Iterator[str]:
    """The table piece by piece, formula characters neutralised."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow(COLUMNS)
    with database.reading() as session:
        for number, entry in enumerate(queries.everything(session, wanted), 1):
            writer.writerow([guarded(_cell(entry, column)) for column in COLUMNS])
            if number % AT_ONCE == 0:
                yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cell(entry: AuditEntry, column: str) -> Any:
    value = getattr(entry, column)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else value
