"""The organisation's audit trail."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from taxonomy_api.store.audit import entries, head_of
from taxonomy_api.web import schemas
from taxonomy_api.web.api import Blueprint
from taxonomy_api.web.auth import organisation_id, requires
from taxonomy_api.web.pages import bad_cursor, make_cursor, read_cursor
from taxonomy_api.web.replies import reply
from taxonomy_api.web.services import services

blueprint = Blueprint("audit", __name__, url_prefix="/v1/audit", description="The audit trail")


@blueprint.route("")
@requires("admin")
@blueprint.query(schemas.Page)
@blueprint.answers(200, schemas.Audit)
def list_entries(query: dict[str, Any]) -> Response:
    """What was done, newest first, and the head of the chain: ids, counts and hashes only"""
    limit, cursor = query["limit"], query.get("cursor")
    with services().database.reading() as session:
        head = head_of(session, organisation_id())
        found = entries(session, organisation_id(), None if cursor is None else _number(cursor), limit + 1)
    following = make_cursor(str(found[limit - 1].seq)) if len(found) > limit else None
    shown = [
        {
            "seq": entry.seq,
            "at": entry.at,
            "kind": entry.kind,
            "actor": entry.actor,
            "subject": entry.subject,
            "detail": json.loads(entry.detail),
            "hash": entry.hash,
        }
        for entry in found[:limit]
    ]
    anchor = None if head is None else {"seq": head.seq, "hash": head.hash}
    return reply({"head": anchor, "entries": shown, "next_cursor": following})


def _number(cursor: str) -> int:
    text = read_cursor(cursor)
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise bad_cursor()
    return int(text)
