"""What would raise a pair of a run, and what a team could add to its profile."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1410"
down_revision = "20261125_1340"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pair_steps",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_pair_steps_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["recommendation_run.id"],
            name=op.f("fk_pair_steps_run_id_recommendation_run"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_pair_steps_team_id_team")),
        sa.PrimaryKeyConstraint("run_id", "challenge_id", "team_id", name=op.f("pk_pair_steps")),
    )
    op.create_table(
        "team_advice",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("team_version", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("challenges", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["team.id"],
            name=op.f("fk_team_advice_team_id_team"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_team_advice")),
    )


def downgrade() -> None:
    op.drop_table("team_advice")
    op.drop_table("pair_steps")
