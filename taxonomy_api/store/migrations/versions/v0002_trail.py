"""Releases that answers rest on, idempotency keys, the audit trail; answers kept byte for byte"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from taxonomy_api.store.models import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Answers of before name releases whose content was not kept.
_NAMED_BEFORE = """
INSERT INTO releases (id, created, content, counts)
SELECT release, MIN(created), NULL, '{}' FROM
    (SELECT release, created FROM assessments UNION ALL SELECT release, created FROM portfolios) AS named
WHERE release IS NOT NULL GROUP BY release
"""


def upgrade() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
    )
    op.execute(_NAMED_BEFORE)
    with op.batch_alter_table("assessments") as table:
        for name in ("request", "answer"):
            table.alter_column(
                name,
                existing_type=sa.JSON(),
                type_=sa.Text(),
                existing_nullable=False,
                postgresql_using=f"{name}::text",
            )
        table.create_foreign_key("fk_assessments_release", "releases", ["release"], ["id"])
    op.create_index("ix_assessments_release", "assessments", ["release"])
    with op.batch_alter_table("portfolios") as table:
        table.add_column(sa.Column("submitted_by", sa.String(40), nullable=False, server_default=""))
        table.create_foreign_key("fk_portfolios_release", "releases", ["release"], ["id"])
    op.create_table(
        "idempotency_keys",
        sa.Column("organisation_id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("created", Utc(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("token", sa.String(32), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("result_id", sa.String(32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "key", name="pk_idempotency_keys"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name="fk_idempotency_keys_organisation_id"
        ),
    )
    op.create_index("ix_idempotency_keys_organisation_id", "idempotency_keys", ["organisation_id", "created"])
    op.create_index("ix_idempotency_keys_created", "idempotency_keys", ["created"])
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.String(32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_audit_heads"),
    )
    op.create_table(
        "audit_entries",
        sa.Column("chain", sa.String(32), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("actor", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("chain", "seq", name="pk_audit_entries"),
    )


def downgrade() -> None:
    for name in ("audit_entries", "audit_heads", "idempotency_keys"):
        op.drop_table(name)
    with op.batch_alter_table("portfolios") as table:
        table.drop_constraint("fk_portfolios_release", type_="foreignkey")
        table.drop_column("submitted_by")
    op.drop_index("ix_assessments_release", "assessments")
    with op.batch_alter_table("assessments") as table:
        table.drop_constraint("fk_assessments_release", type_="foreignkey")
        for name in ("request", "answer"):
            table.alter_column(
                name,
                existing_type=sa.Text(),
                type_=sa.JSON(),
                existing_nullable=False,
                postgresql_using=f"{name}::json",
            )
    op.drop_table("releases")
