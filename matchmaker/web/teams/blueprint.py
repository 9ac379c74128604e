"""The blueprint that all pages of teams belong to, and the words they need."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask_babel import lazy_gettext as _l

from matchmaker.kernel import formats
from matchmaker.kernel.i18n import translate
from matchmaker.teams.gaps import Strength
from matchmaker.teams.models import EvidenceKind, MemberRole, Team
from matchmaker.web import door, languages
from matchmaker.web.forms import Form

bp = Blueprint("teams", __name__)

EVIDENCE = {
    EvidenceKind.SELF: _l("Stated by the team"),
    EvidenceKind.LETTER: _l("Letter of the customer"),
    EvidenceKind.PUBLISHED: _l("Published"),
    EvidenceKind.THIRD_PARTY: _l("Checked by a third party"),
    EvidenceKind.VERIFIED: _l("Verified in this programme"),
}
EVIDENCE_TONES = {
    EvidenceKind.SELF: ("neutral", "user"),
    EvidenceKind.LETTER: ("note", "mail"),
    EvidenceKind.PUBLISHED: ("note", "book-open"),
    EvidenceKind.THIRD_PARTY: ("proof", "badge-check"),
    EvidenceKind.VERIFIED: ("proof", "shield-check"),
}
ROLES = {MemberRole.LEAD: _l("Representative"), MemberRole.MEMBER: _l("Member")}
LANGUAGES = {
    "zh-TW": _l("Mandarin"),
    "en": _l("English"),
    "nan-TW": _l("Taiwanese"),
    "hak-TW": _l("Hakka"),
    "ja": _l("Japanese"),
    "ko": _l("Korean"),
    "vi": _l("Vietnamese"),
    "id": _l("Indonesian"),
    "th": _l("Thai"),
    "ms": _l("Malay"),
    "tl": _l("Tagalog"),
    "my": _l("Burmese"),
    "hi": _l("Hindi"),
    "de": _l("German"),
    "fr": _l("French"),
    "es": _l("Spanish"),
    "nl": _l("Dutch"),
}


@bp.app_template_filter("evidence_word")
def evidence_word(kind: EvidenceKind) -> str:
    """What stands behind a result, in words."""
    return str(EVIDENCE[kind])


@bp.app_template_filter("evidence_tone")
def evidence_tone(kind: EvidenceKind) -> tuple[str, str]:
    """Tone and icon of what stands behind a result."""
    return EVIDENCE_TONES[kind]


@bp.app_template_filter("member_role")
def member_role(role: MemberRole) -> str:
    """A place in a team, in words."""
    return str(ROLES[role])


@bp.app_template_filter("language_name")
def language_name(code: str) -> str:
    """The name of a language; its code where the list does not have it."""
    return str(LANGUAGES.get(code, code))


def gap_links(team: Team, strength: Strength) -> list[dict[str, Any]]:
    """What a profile lacks, each with the section where it is entered."""
    return [
        {
            "text": translate(gap.sentence, languages.current()),
            "url": url_for("teams.edit", key=team.ref, section=gap.section),
        }
        for gap in strength.gaps
    ]


def is_autosave() -> bool:
    """Whether a script saves while somebody is writing."""
    return request.headers.get("X-Requested-With") == "autosave"


def kept(team: Team) -> Response:
    """The answer to a script that saved: the version to save from next time."""
    return jsonify(version=team.version, saved_at=formats.clock_time(door.now()))


def not_kept(form: Form) -> Response:
    """The answer to a script that could not save."""
    answer = jsonify(errors={field.name: list(field.errors) for field in form if field.errors})
    answer.status_code = form.status
    return answer
