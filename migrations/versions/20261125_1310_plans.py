"""Plans: who works with whom in a call, in versions."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1310"
down_revision = "20261125_0900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cohort_plan",
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "running",
                "completed",
                "infeasible",
                "failed",
                "cancelled",
                "timed_out",
                "published",
                "withdrawn",
                "superseded",
                name="planstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "objective",
            sa.Enum("total", "fair", name="objective", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("solver", sa.String(length=60), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("pairs_total", sa.Integer(), nullable=False),
        sa.Column("pairs_done", sa.Integer(), nullable=False),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["base_id"], ["cohort_plan.id"], name=op.f("fk_cohort_plan_base_id_cohort_plan")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_cohort_plan_call_id_call")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_cohort_plan_program_id_program")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"],
            ["user_account.id"],
            name=op.f("fk_cohort_plan_requested_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["recommendation_run.id"],
            name=op.f("fk_cohort_plan_run_id_recommendation_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_plan")),
        sa.UniqueConstraint("program_id", "number", name=op.f("uq_cohort_plan_program_id_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_cohort_plan_public_id")),
    )
    with op.batch_alter_table("cohort_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cohort_plan_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohort_plan_program_id"), ["program_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cohort_plan_run_id"), ["run_id"], unique=False)
        batch_op.create_index(
            "uq_cohort_plan_published",
            ["call_id"],
            unique=True,
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.create_index(
            "uq_cohort_plan_under_way",
            ["call_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('requested', 'running')"),
            postgresql_where=sa.text("state IN ('requested', 'running')"),
        )

    op.create_table(
        "plan_challenge",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("filled", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("attainment", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_plan_challenge_challenge_id_challenge"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["cohort_plan.id"],
            name=op.f("fk_plan_challenge_plan_id_cohort_plan"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_id", "challenge_id", name=op.f("pk_plan_challenge")),
    )
    op.create_table(
        "plan_pair",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("planned", "reserve", name="role", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("band", sa.String(length=12), nullable=False),
        sa.Column(
            "cause",
            sa.Enum("locked", "pinned", "accepted", name="cause", native_enum=False, length=32),
            nullable=True,
        ),
        sa.CheckConstraint("position >= 1", name=op.f("ck_plan_pair_position")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_plan_pair_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["cohort_plan.id"],
            name=op.f("fk_plan_pair_plan_id_cohort_plan"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_plan_pair_team_id_team")),
        sa.PrimaryKeyConstraint("plan_id", "challenge_id", "team_id", name=op.f("pk_plan_pair")),
    )
    with op.batch_alter_table("plan_pair", schema=None) as batch_op:
        batch_op.create_index("ix_plan_pair_team", ["plan_id", "team_id"], unique=False)

    op.create_table(
        "plan_team",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("is_stated", sa.Boolean(), nullable=False),
        sa.Column("load", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["cohort_plan.id"],
            name=op.f("fk_plan_team_plan_id_cohort_plan"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_plan_team_team_id_team")),
        sa.PrimaryKeyConstraint("plan_id", "team_id", name=op.f("pk_plan_team")),
    )
    op.create_table(
        "plan_wish",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("lock", "exclude", name="wishkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"], ["user_account.id"], name=op.f("fk_plan_wish_by_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_plan_wish_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["cohort_plan.id"],
            name=op.f("fk_plan_wish_plan_id_cohort_plan"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_plan_wish_team_id_team")),
        sa.PrimaryKeyConstraint("plan_id", "challenge_id", "team_id", name=op.f("pk_plan_wish")),
    )


def downgrade() -> None:
    op.drop_table("plan_wish")
    op.drop_table("plan_team")
    with op.batch_alter_table("plan_pair", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_pair_team")

    op.drop_table("plan_pair")
    op.drop_table("plan_challenge")
    with op.batch_alter_table("cohort_plan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cohort_plan_under_way",
            sqlite_where=sa.text("state IN ('requested', 'running')"),
            postgresql_where=sa.text("state IN ('requested', 'running')"),
        )
        batch_op.drop_index(
            "uq_cohort_plan_published",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        )
        batch_op.drop_index(batch_op.f("ix_cohort_plan_run_id"))
        batch_op.drop_index(batch_op.f("ix_cohort_plan_program_id"))
        batch_op.drop_index(batch_op.f("ix_cohort_plan_call_id"))

    op.drop_table("cohort_plan")
