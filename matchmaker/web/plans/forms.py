"""Forms of plans: the numbers, a reason."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from matchmaker.challenges.models import Challenge
from matchmaker.plans.numbers import MOST_CHALLENGES, MOST_TEAMS
from matchmaker.web.forms import Form, Line, Paragraph, Whole, required

SPARE = 3  # empty rows for teams


class PlanForm(Form):
    """What a plan has to keep; the numbers of single challenges and teams are added to it."""

    run = SelectField(_l("Scores of"), validators=[required()])
    objective = RadioField(_l("What the plan makes as good as it can"), validators=[required()])
    places = RadioField(_l("How many teams a challenge gets"), validators=[required()])
    least = Whole(_l("At least"), high=MOST_TEAMS, needed=True)
    most = Whole(_l("At most"), low=1, high=MOST_TEAMS)
    capacity = Whole(
        _l("Challenges for a team that does not say how many it can take on"),
        high=MOST_CHALLENGES,
        needed=True,
    )


class ReasonForm(Form):
    """Why something is done."""

    reason = Paragraph(_l("Reason"), most=1_000, needed=True)


def plan_form(challenges: Sequence[Challenge], teams: int) -> PlanForm:
    """The form with two numbers for each challenge and room for so many teams."""
    fields: dict[str, object] = {}
    for challenge in challenges:
        name = challenge.ref or challenge.public_id
        fields[f"least_{challenge.id}"] = Whole(
            _l("%(challenge)s: at least", challenge=name), high=MOST_TEAMS
        )
        fields[f"most_{challenge.id}"] = Whole(
            _l("%(challenge)s: at most", challenge=name), high=MOST_TEAMS
        )
    for number in range(teams + SPARE):
        fields[f"team_{number}"] = Line(_l("Team"), most=16)
        fields[f"room_{number}"] = Whole(_l("Challenges at most"), high=MOST_CHALLENGES)
    return type("FullPlanForm", (PlanForm,), fields)()
