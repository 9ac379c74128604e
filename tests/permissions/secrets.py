"""Words that only some may read, each in one hidden place of the world."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

from matchmaker.challenges import service as challenges
from matchmaker.kernel.i18n import Lang
from matchmaker.kernel.localized import Localized
from matchmaker.matching import candidacies
from matchmaker.matching.candidacies import Refused
from matchmaker.matching.lifecycle import DismissReason, Side
from matchmaker.matching.policy import Pair
from matchmaker.notifications import outbox
from matchmaker.notifications.outbox import Recipient
from matchmaker.proposals import attaching
from matchmaker.proposals import service as proposals
from matchmaker.proposals.attaching import Upload
from matchmaker.proposals.models import Proposal
from tests.factories.challenges import complete_content
from tests.factories.proposals import full_content, hand_in
from tests.factories.proposals import make_team as plain_team
from tests.factories.world import World

SHARED = "menagerie"
OWNER = {"owner_lead", "owner_member"}
TEAM = {"team_lead", "team_member"}
READS_ALL = {"pm", "auditor"}
READS_REASONS = READS_ALL | {"admin"}  # in the audit log
LOOKS_AFTER_TEAMS = {"pm", "pm_other", "admin", "auditor"}


@dataclass(frozen=True)
class Secret:
    """One hidden place. A search for what all of them share must not bring ``mark`` to others."""

    word: str
    what: str
    knowers: frozenset[str]
    others: frozenset[str] = frozenset()  # who may know as well, but has no page for it

    @property
    def mark(self) -> str:
        """What stands in the hidden text only."""
        return f"{self.word}mark"

    @property
    def text(self) -> str:
        """The hidden text."""
        return f"{SHARED} {self.mark}"


def secret(word: str, what: str, *groups: set[str]) -> Secret:
    """A hidden place and who may know it."""
    return Secret(word, what, frozenset().union(*groups))


SECRETS = (
    secret("quokka", "the title of a draft challenge", OWNER, READS_ALL),
    secret("wombat", "what the office asks an owner to change", OWNER, READS_REASONS),
    secret("bilby", "why an owner asks to withdraw a challenge", OWNER, READS_REASONS),
    secret("okapi", "the confidential part of a public challenge", {"owner_lead"}, READS_ALL),
    secret("axolotl", "the title of a draft proposal", TEAM),
    secret("dugong", "a file of a draft proposal", TEAM),
    secret("narwhal", "the title of a proposal handed in before closing", TEAM, READS_ALL),
    secret("tapir", "the wishes of a team", TEAM, LOOKS_AFTER_TEAMS),
    secret("kakapo", "somebody in a team", TEAM, LOOKS_AFTER_TEAMS),
    secret("pangolin", "the profile of an unlisted team", LOOKS_AFTER_TEAMS),
    secret("ocelot", "why the owner put a team aside", OWNER, READS_REASONS),
    replace(
        secret("civet", "why a team put a challenge aside", READS_REASONS),
        others=frozenset({"team_other"}),
    ),
    secret("serval", "why the office put a pair aside", READS_REASONS),
    secret("marmot", "the name of a call in preparation", {"pm", "admin", "auditor"}),
    secret("lemur", "the text of a mail of the programme", {"pm", "admin"}),
    secret("gecko", "the text of a mail with a secret link", set()),
    secret("ibex", "somebody's address", {"pm", "admin"}),
)
OF = {each.word: each for each in SECRETS}


def plant(world: World) -> None:
    """Put every secret into its place, by the verbs of the rooms."""
    _in_challenges(world)
    _in_proposals(world)
    _in_teams(world)
    _in_matching(world)
    world.draft_call.name = Localized(en=OF["marmot"].text)
    world.account.email = f"{SHARED}@{OF['ibex'].mark}.example.org"
    for word, dies in (("lemur", None), ("gecko", world.now)):
        outbox.add(
            world.session, "test", "About the programme", OF[word].text, unique_key=word,
            to=Recipient("somebody@example.org", Lang.EN), now=world.now, dies_at=dies,
            program_id=world.program.id,
        )  # fmt: skip
    world.session.commit()


def _in_challenges(world: World) -> None:
    lead, pm = world.actor("owner_lead"), world.actor("pm")
    session, now = world.session, world.now

    def begin(title: str):  # type: ignore[no-untyped-def]
        return challenges.create(
            session, world.call, world.organization, complete_content(title), actor=lead, now=now
        )

    begin(OF["quokka"].text)
    returned = begin("Sent back")
    challenges.submit(session, returned, accept_terms=True, actor=lead, now=now)
    challenges.request_changes(session, returned, OF["wombat"].text, actor=pm, now=now)
    world.challenge.confidential = Localized(en=OF["okapi"].text)
    challenges.ask_withdrawal(session, world.challenge, OF["bilby"].text, actor=lead, now=now)
    session.commit()


def _in_proposals(world: World) -> None:
    lead = world.actor("team_lead")

    def entitle(proposal: Proposal, word: str) -> None:
        answer = full_content(proposal.challenge, world.team).answer
        proposals.save(
            world.session, proposal, replace(answer, title=Localized(en=OF[word].text)),
            version=proposal.edition("answer"), actor=lead, now=world.now,
        )  # fmt: skip

    proposals.return_to_draft(world.session, world.proposal, actor=lead, now=world.now)
    entitle(world.proposal, "narwhal")
    hand_in(world.stage, world.proposal)
    entitle(world.draft_proposal, "axolotl")
    attaching.attach(
        world.session, world.draft_proposal,
        Upload(io.BytesIO(b"name,value\n"), f"{SHARED} {OF['dugong'].mark}.csv"),
        world.store, actor=lead, now=world.now,
    )  # fmt: skip
    world.session.commit()


def _in_teams(world: World) -> None:
    world.team.wishes = Localized(en=OF["tapir"].text)
    world.member.name = OF["kakapo"].text
    plain_team(
        world.people, is_listed=False, technologies=["defect_detection"],
        website=f"https://{SHARED}.example.org/{OF['pangolin'].mark}",
    )  # fmt: skip
    world.session.commit()


def _in_matching(world: World) -> None:
    world.put_up("run_published")
    pair = Pair(world.matched, world.other_team)
    for role, side, word in (
        ("owner_lead", Side.OWNER, "ocelot"),
        ("team_other", Side.TEAM, "civet"),
        ("pm", Side.PM, "serval"),
    ):
        candidacies.dismiss(
            world.session, pair, Refused(DismissReason.OTHER, OF[word].text), side=side,
            version=None, actor=world.actor(role), now=world.now,
        )  # fmt: skip
    world.session.commit()
