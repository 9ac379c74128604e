"""What roles are called, for sentences of every room."""

from matchmaker.kernel.actor import Role
from matchmaker.kernel.i18n import msg

ROLES = {
    Role.OWNER_LEAD: msg("Owner lead"),
    Role.OWNER_MEMBER: msg("Owner member"),
    Role.TEAM_LEAD: msg("Team lead"),
    Role.TEAM_MEMBER: msg("Team member"),
    Role.PM: msg("Programme manager"),
    Role.REVIEWER: msg("Reviewer"),
    Role.REVIEW_CHAIR: msg("Review chair"),
    Role.FINANCE: msg("Finance"),
    Role.COORDINATOR: msg("Association coordinator"),
    Role.MENTOR: msg("Mentor"),
    Role.INVESTOR: msg("Investor"),
    Role.AUDITOR: msg("Auditor"),
    Role.ADMIN: msg("Administrator"),
}
