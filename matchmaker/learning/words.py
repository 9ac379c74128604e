"""Ranking models in words: why one is not used, what it rests on, what it cannot know."""

from matchmaker.kernel.i18n import msg

REASONS = {
    "few_decisions": msg("Fewer than 200 decisions: too little to tell a taste from chance."),
    "few_challenges": msg("Fewer than ten later challenges on which it could be measured."),
    "not_better_than_text": msg("On later challenges it is not surely better than the text alone."),
    "not_better_than_default": msg(
        "On later challenges it is not surely better than the measured weights."
    ),
    "concentrates": msg(
        "It would give clearly more of the first places to the few teams that have most of them."
    ),
}
MATCHERS = {
    "text": msg("Text alone"),
    "default": msg("Measured weights"),
    "model": msg("This model"),
}
GRADES = {
    "put_aside": msg("Put aside or declined"),
    "ignored": msg("Shown, but nobody decided"),
    "invited": msg("Wished for, pinned or invited"),
    "interested": msg("Interested"),
    "proposed": msg("Proposal handed in"),
    "selected": msg("Selected"),
    "poc_passed": msg("PoC passed"),
    "pob": msg("PoB reached"),
}
LEFT_OUT = {
    "not_about_fit": msg("Declined for lack of room, or a conflict of interest"),
    "unranked": msg("Not among the first ten that a run showed"),
    "gone": msg("The challenge or the team can no longer be read"),
}
RETIRED = msg("It was taken out of use.")
LIMITS = (
    msg(
        "It knows what people here decided, not what is right: a habit of the deciders becomes a "
        "weight."
    ),
    msg(
        "People decide more often about what stands at the top. Only the first ten of a list are "
        "compared; beyond that the lean towards the top is not corrected, and it speaks for the "
        "weights in use."
    ),
    msg(
        "It only weighs the named parts. How often a team was shown, invited or chosen is no part "
        "and cannot be learnt."
    ),
    msg(
        "What became of a proposal later counts once it is known; until then a proposal is the "
        "highest step."
    ),
    msg(
        "It fits one version of the method. When the method changes, it is taken out of use and "
        "has to be trained again."
    ),
)
