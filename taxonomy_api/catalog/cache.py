"""A checked release kept in a file, so that the next process need not read and check the data again.

    <cache folder>/release-<key>.json      one per state of the data files and of this package

The key is a digest over the data files and over what makes the release of them: the modules of this package
and the version of the library that writes and reads the JSON. A file holds a digest line and then JSON: the
key, the warnings and the release. It is written only if what is read back from it has the content hash that
the release bears as its id, and used only if the line is the digest of the rest and the key is the one asked
for; else the data files are read.

None of this proves that a release was made from the files whose key it bears: whoever can write a cache
file can write a consistent one. A folder or file that others than this user or root own or can write is
therefore not used; docs/settings.md says so.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.json import Decoder, Encoder

from taxonomy_api.catalog.canonical import content_hash
from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.load_result import LoadResult
from taxonomy_api.catalog.model import Release

#: Cache files that stay, the newest: of the checkouts and states of the data that one user works with.
KEPT = 8
#: Seconds after which a file that was begun is known to be left over from a process that ended.
LEFT_OVER = 3600
MAX_BYTES = 500_000_000
_DIGEST_LINE = 65


class _Stored(Struct, frozen=True):
    key: str
    findings: tuple[Finding, ...]
    release: Release


def open_release(folder: Path, cache: Path | None) -> LoadResult:
    """As `load_release(folder)`, from the `cache` folder where these very files were loaded before.

    A cache that cannot be read, written or trusted is as good as none. Only a release without errors is kept.
    """
    key = None if cache is None else _key(folder)
    if cache is None or key is None:
        return _load(folder)
    found = _read(cache, key)
    if found is not None:
        return found
    result = _load(folder)
    # A file that was written meanwhile may or may not have been read as it was when the key was made.
    if result.release is not None and key == _key(folder):
        _write(cache, _Stored(key, result.findings, result.release))
    return result


def _load(folder: Path) -> LoadResult:
    # The readers and their parser take longer to import than a cached release to read.
    from taxonomy_api.catalog.load import load_release

    return load_release(folder)


# The key


def _key(folder: Path) -> str | None:
    """Digest over the names and bytes of all that a release is made of; None where that cannot be read."""
    modules = sorted(Path(__file__).parent.glob("*.py"))
    if not modules:
        return None
    digest = hashlib.sha256(msgspec.__version__.encode())
    try:
        for path in modules:
            digest.update(_signature(path.name, path))
        for name, depth in (("taxonomies", 2), ("mappings", 1)):
            for path in _entries(folder / name, depth):
                digest.update(_signature(path.relative_to(folder).as_posix(), path))
    except OSError:
        return None
    return digest.hexdigest()


def _entries(folder: Path, depth: int) -> Iterator[Path]:
    """What a folder holds, as `catalog.load` lists it, down to `depth`."""
    for path in sorted(entry for entry in folder.iterdir() if not entry.name.startswith(".")):
        yield path
        if depth > 1 and path.is_dir():
            yield from _entries(path, depth - 1)


def _signature(name: str, path: Path) -> bytes:
    """Name and content of a file, of a folder its name, in a fixed number of bytes."""
    named = hashlib.sha256(os.fsencode(name)).digest()
    if path.is_dir():
        return named + bytes(32)
    return named + hashlib.sha256(path.read_bytes()).digest()


# The files


def _read(cache: Path, key: str) -> LoadResult | None:
    try:
        with _opened(cache) as folder:
            content = _content(folder, _name(key))
        digest, body = content[:_DIGEST_LINE], content[_DIGEST_LINE:]
        if digest != _digest_line(body):
            raise ValueError("it is damaged")
        stored = Decoder(_Stored).decode(body)
        if stored.key != key:
            raise ValueError("it is of another state of the data")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as problem:
        _tell(f"The cached release in {cache} is not used: {problem}.")
        return None
    return LoadResult(stored.release, stored.findings)


def _write(cache: Path, stored: _Stored) -> None:
    body = Encoder().encode(stored)
    # Here, once, and not by each of the many that read it: it takes as long as reading.
    if content_hash(Decoder(_Stored).decode(body).release) != stored.release.id:
        _tell("The release is not cached: it is not read back as it was written.")
        return
    begun = f".{_name(stored.key)}.{os.urandom(8).hex()}"
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _opened(cache) as folder:
            try:
                # Never an existing file, nor through a link.
                made = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
                with open(made, "wb") as file:
                    file.write(_digest_line(body))
                    file.write(body)
                os.replace(begun, _name(stored.key), src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(begun, dir_fd=folder)
                raise
            _remove_old(folder)
    except OSError as problem:
        _tell(f"The release is not cached in {cache}: {problem}.")


@contextmanager
def _opened(cache: Path) -> Iterator[int]:
    """The folder as a descriptor, so that what was looked at is what is used."""
    folder = os.open(cache, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _require_trusted(os.fstat(folder))
        yield folder
    finally:
        os.close(folder)


def _content(folder: int, name: str) -> bytes:
    with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder), "rb") as file:
        state = os.fstat(file.fileno())
        _require_trusted(state)
        if not stat.S_ISREG(state.st_mode) or state.st_size > MAX_BYTES:
            raise OSError("it is no file of a likely size")
        return file.read()


def _require_trusted(state: os.stat_result) -> None:
    """Raises PermissionError where others than this user and root could have written."""
    if state.st_uid not in (0, os.geteuid()) or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError("others can write it")


def _remove_old(folder: int) -> None:
    """Leaves the newest files and what another process may be writing."""
    ages: dict[str, float] = {}
    for name in os.listdir(folder):
        if name.removeprefix(".").startswith("release-"):
            with suppress(OSError):
                ages[name] = time.time() - os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime
    done = sorted((name for name in ages if not name.startswith(".")), key=ages.__getitem__)
    begun = [name for name, age in ages.items() if name.startswith(".") and age > LEFT_OVER]
    for name in (*done[KEPT:], *begun):
        with suppress(OSError):
            os.unlink(name, dir_fd=folder)


def _tell(event: str) -> None:
    # Imported only here: a process that finds its release needs no log.
    import logging

    logging.getLogger(__name__).debug("%s", event)


def _name(key: str) -> str:
    return f"release-{key}.json"


def _digest_line(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode() + b"\n"
