"""Portfolios are found by what was uploaded, so that the same content need not be assessed again"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_portfolios_content", "portfolios", ["organisation_id", "file_sha256"])


def downgrade() -> None:
    op.drop_index("ix_portfolios_content", "portfolios")
