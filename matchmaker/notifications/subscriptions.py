"""Who is told when something happens: importing this module makes every listener listen."""

from matchmaker.notifications import about_accounts as _about_accounts  # noqa: F401
from matchmaker.notifications import about_challenges as _about_challenges  # noqa: F401
from matchmaker.notifications import about_matching as _about_matching  # noqa: F401
from matchmaker.notifications import about_proposals as _about_proposals  # noqa: F401
