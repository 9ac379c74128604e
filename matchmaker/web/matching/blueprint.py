"""The one blueprint that all pages of matching belong to."""

from flask import Blueprint

from matchmaker.web.matching.showing import combined

bp = Blueprint("matching", __name__)
bp.add_app_template_filter(combined, "combined")
