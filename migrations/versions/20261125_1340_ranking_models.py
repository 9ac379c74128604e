"""Ranking models, and which of them a run used."""

import sqlalchemy as sa
from alembic import op

revision = "20261125_1340"
down_revision = "20261125_1310"
branch_labels = None
depends_on = None

ACTIVE = sa.text("state = 'active'")
ACTIVE_EVERYWHERE = sa.text("state = 'active' AND program_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "ranking_model",
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "running",
                "candidate",
                "rejected",
                "failed",
                "cancelled",
                "timed_out",
                "active",
                "retired",
                name="modelstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("measured", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("code_version", sa.String(length=60), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activated_by", sa.Integer(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_id", sa.Integer(), nullable=True),
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
            ["activated_by"],
            ["user_account.id"],
            name=op.f("fk_ranking_model_activated_by_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_ranking_model_program_id_program")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_id"],
            ["ranking_model.id"],
            name=op.f("fk_ranking_model_replaced_id_ranking_model"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"],
            ["user_account.id"],
            name=op.f("fk_ranking_model_requested_by_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_model")),
        sa.UniqueConstraint("number", name=op.f("uq_ranking_model_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ranking_model_public_id")),
    )
    with op.batch_alter_table("ranking_model", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_ranking_model_program_id"), ["program_id"], unique=False
        )
        batch_op.create_index(
            "uq_ranking_model_active",
            ["program_id"],
            unique=True,
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        )
        batch_op.create_index(
            "uq_ranking_model_active_everywhere",
            ["state"],
            unique=True,
            sqlite_where=ACTIVE_EVERYWHERE,
            postgresql_where=ACTIVE_EVERYWHERE,
        )

    with op.batch_alter_table("recommendation_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("model_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_recommendation_run_model_id_ranking_model"),
            "ranking_model",
            ["model_id"],
            ["id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("recommendation_run", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("fk_recommendation_run_model_id_ranking_model"), type_="foreignkey"
        )
        batch_op.drop_column("model_id")

    with op.batch_alter_table("ranking_model", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ranking_model_active_everywhere",
            sqlite_where=ACTIVE_EVERYWHERE,
            postgresql_where=ACTIVE_EVERYWHERE,
        )
        batch_op.drop_index("uq_ranking_model_active", sqlite_where=ACTIVE, postgresql_where=ACTIVE)
        batch_op.drop_index(batch_op.f("ix_ranking_model_program_id"))

    op.drop_table("ranking_model")
