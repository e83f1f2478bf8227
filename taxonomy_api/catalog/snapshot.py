"""A release as bytes, to be kept and read again."""

from __future__ import annotations

import zlib

from msgspec import MsgspecError
from msgspec.json import Decoder, Encoder

from taxonomy_api.catalog.canonical import content_hash
from taxonomy_api.catalog.model import Release

_MOST_BYTES = 500_000_000


def pack(release: Release) -> bytes:
    """The release, its order included, as compressed JSON."""
    return zlib.compress(Encoder().encode(release), 6)


def unpack(content: bytes, release_id: str) -> Release:
    """The release that was packed.

    Raises ValueError where the content is damaged, is not that of `release_id`, or cannot be understood
    by this version of the program.
    """
    try:
        reader = zlib.decompressobj()
        text = reader.decompress(content, _MOST_BYTES)
        if not reader.eof:
            raise ValueError("it is cut off or too large")
        release = Decoder(Release).decode(text)
    except (zlib.error, MsgspecError) as problem:
        raise ValueError(str(problem)) from None
    if release.id != release_id or content_hash(release) != release_id:
        raise ValueError("its content is not what its id says")
    return release
