"""What runs rest on, and teams computed beside a run after they changed."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1440"
down_revision = "20261125_1410"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_statistics",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["recommendation_run.id"],
            name=op.f("fk_run_statistics_run_id_recommendation_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_statistics")),
    )
    op.create_table(
        "supplement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "done",
                "failed",
                name="supplementstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_version", sa.Integer(), nullable=False),
        sa.Column("team_version", sa.Integer(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["recommendation_run.id"],
            name=op.f("fk_supplement_run_id_recommendation_run"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_supplement_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplement")),
        sa.UniqueConstraint("run_id", "team_id", name=op.f("uq_supplement_run_id_team_id")),
    )
    op.create_index(op.f("ix_supplement_team_id"), "supplement", ["team_id"])
    op.create_table(
        "supplement_pair",
        sa.Column("supplement_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("challenge_version", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("band", sa.String(length=12), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("team_rank", sa.Integer(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("counter", sa.JSON(), nullable=False),
        sa.Column("is_explained", sa.Boolean(), nullable=False),
        sa.Column("held_back", sa.String(length=40), nullable=True),
        sa.Column("score_before", sa.Double(), nullable=True),
        sa.Column("rank_before", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_supplement_pair_challenge_id_challenge"),
        ),
        sa.ForeignKeyConstraint(
            ["supplement_id"],
            ["supplement.id"],
            name=op.f("fk_supplement_pair_supplement_id_supplement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplement_id", "challenge_id", name=op.f("pk_supplement_pair")),
    )
    op.create_index("ix_supplement_pair_challenge", "supplement_pair", ["challenge_id", "place"])


def downgrade() -> None:
    op.drop_table("supplement_pair")
    op.drop_table("supplement")
    op.drop_table("run_statistics")
