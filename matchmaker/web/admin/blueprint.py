"""The blueprint that all pages of administration share."""

from flask import Blueprint

bp = Blueprint("admin", __name__, url_prefix="/admin")
