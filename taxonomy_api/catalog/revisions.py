"""Releases by name: a data folder, a git tag, branch or commit, or the id of a release.

Git is read with `git archive` into a temporary folder; nothing is checked out.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path, PurePosixPath

from taxonomy_api.catalog.cache import open_release
from taxonomy_api.catalog.load_result import LoadResult

CHANGELOG = "taxonomies/CHANGELOG.md"
_SECONDS = 60


class UnknownRevision(ValueError):
    """No release of that name can be read; the message says what was tried."""


def open_revision(name: str, folder: Path, cache: Path | None) -> LoadResult:
    """The release that `name` means, seen from the data folder `folder`.

    A name is tried as a folder, as a release id (of the folder itself, else of the commit that records it in
    the changelog of the data) and as a revision of git. Raises UnknownRevision.
    """
    path = Path(name)
    if (path / "taxonomies").is_dir():
        return open_release(path, cache)
    if name.startswith("sha256:"):
        return _by_id(name, folder, cache)
    return _from_git(name, folder, cache)


def _by_id(id: str, folder: Path, cache: Path | None) -> LoadResult:
    current = open_release(folder, cache)
    if current.release is not None and current.release.id.startswith(id):
        return current
    for commit in _git(folder, "log", "--format=%H", f"-S{id}", "--", CHANGELOG).decode().split():
        found = _from_git(commit, folder, cache)
        if found.release is not None and found.release.id.startswith(id):
            return found
    raise UnknownRevision(
        f"{id} is neither the release of {folder} nor recorded in the history of {CHANGELOG}"
    )


def _from_git(name: str, folder: Path, cache: Path | None) -> LoadResult:
    if name.startswith("-"):
        raise UnknownRevision(f"{name} names no revision")
    try:
        commit = _git(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").decode().strip()
    except UnknownRevision:
        message = f"{name} is neither a data folder nor a tag, branch or commit of the repository of {folder}"
        raise UnknownRevision(message) from None
    prefix = _git(folder, "rev-parse", "--show-prefix").decode().strip()
    # From the top: within a folder git would take that folder's part of the tree again.
    top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip())
    content = _git(top, "archive", f"{commit}:{prefix}", "taxonomies", "mappings")
    with tempfile.TemporaryDirectory(prefix="taxonomy-api-") as temporary:
        _unpack(content, Path(temporary))
        return open_release(Path(temporary), cache)


def _unpack(content: bytes, folder: Path) -> None:
    """The plain files of an archive, below `folder`; links and the like are no data and stay out.

    `extractall(filter=...)` would do, but the first releases of Python 3.11 do not know it.
    """
    with tarfile.open(fileobj=BytesIO(content)) as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            file = archive.extractfile(member) if member.isreg() else None
            if file is None or path.is_absolute() or ".." in path.parts:
                continue
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read())


def _git(folder: Path, *arguments: str) -> bytes:
    """Runs git in `folder`, without a shell; raises UnknownRevision with what git says."""
    command = ("git", "-C", str(folder), *arguments)
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603
    except FileNotFoundError:
        raise UnknownRevision("git is not installed; name a data folder instead") from None
    except subprocess.TimeoutExpired:
        raise UnknownRevision(f"git gave no answer within {_SECONDS} s") from None
    except subprocess.CalledProcessError as problem:
        raise UnknownRevision(problem.stderr.decode(errors="replace").strip() or "git refused") from None
    return done.stdout
