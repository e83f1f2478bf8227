"""Organisations, keys, assessments, portfolios"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from taxonomy_api.store.models import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _owned() -> tuple[sa.Column[str], ...]:
    return (
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("created", Utc(), nullable=False),
    )


def _belongs(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=f"fk_{table}_organisation_id"
        ),
    )


def upgrade() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organisations"),
        sa.UniqueConstraint("name", name="uq_organisations_name"),
    )
    op.create_table(
        "api_keys",
        *_owned(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(100), nullable=False),
        sa.Column("expires", Utc(), nullable=True),
        sa.Column("revoked", Utc(), nullable=True),
        *_belongs("api_keys"),
    )
    op.create_index("ix_api_keys_organisation_id", "api_keys", ["organisation_id"])
    op.create_table(
        "assessments",
        *_owned(),
        sa.Column("release", sa.String(100), nullable=False),
        sa.Column("engine", sa.String(50), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        *_belongs("assessments"),
    )
    op.create_index("ix_assessments_organisation_id", "assessments", ["organisation_id", "id"])
    op.create_table(
        "portfolios",
        *_owned(),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("phase", sa.String(30), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_assessed", sa.Integer(), nullable=False),
        sa.Column("rows_written", sa.Integer(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("release", sa.String(100), nullable=True),
        sa.Column("summary", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("problem", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("heartbeat", Utc(), nullable=True),
        sa.Column("started", Utc(), nullable=True),
        sa.Column("finished", Utc(), nullable=True),
        *_belongs("portfolios"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="ck_portfolios_state"
        ),
    )
    op.create_index("ix_portfolios_organisation_id", "portfolios", ["organisation_id", "id"])
    op.create_index("ix_portfolios_state", "portfolios", ["state"])


def downgrade() -> None:
    for table in ("portfolios", "assessments", "api_keys", "organisations"):
        op.drop_table(table)
