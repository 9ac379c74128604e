"""Pages of cohort plans: list, form, one plan in four views, comparison, invitations, files."""
