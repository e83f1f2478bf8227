"""What kind of deal an instrument is, as far as rules of editions ask."""

from __future__ import annotations

import re
from collections.abc import Mapping

from taxonomy_api.catalog.model import DealKind

#: The last word of an instrument's name. Notes and securities backed by assets are bonds in the notice
#: on the 2021 catalogue.
_LAST_WORDS: Mapping[str, DealKind] = {
    **dict.fromkeys(("bond", "bonds", "note", "notes", "mtn", "abs"), "bond"),
    **dict.fromkeys(("loan", "loans"), "loan"),
    **dict.fromkeys(("share", "shares", "stock", "equity"), "shares"),
}
#: What is done with shares: a share listing.
_OF_SHARES = ("listing", "issue", "offering")
_ENDINGS: Mapping[str, DealKind] = {
    **dict.fromkeys(("债券", "債券", "债", "債", "票据", "票據", "资产支持证券", "資產支持證券"), "bond"),
    **dict.fromkeys(("贷款", "貸款"), "loan"),
    **dict.fromkeys(("股票", "股份"), "shares"),
}


def kind_of(instrument: str | None) -> DealKind | None:
    """`bond`, `loan` or `shares` by the last word of the name (`green_bond`, 绿色贷款); else None.

    The last word, because a bond fund is no bond.
    """
    words = re.findall(r"[a-z]+|[^\W\d_a-z]+", (instrument or "").casefold())
    if len(words) > 1 and words[-1] in _OF_SHARES:
        words.pop()
    if not words:
        return None
    ending = next((kind for end, kind in _ENDINGS.items() if words[-1].endswith(end)), None)
    return _LAST_WORDS.get(words[-1], ending)
