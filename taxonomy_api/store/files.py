"""Uploads and results in a local folder.

    <store>/portfolios/<organisation>/<portfolio>/input.xlsx
                                                  work-<attempt>/      being written
                                                  results-<attempt>/   complete

Folder names are made of ids only; nothing that a caller sent becomes part of a path.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from taxonomy_api.errors import InvalidInput, NotFound, Problem, TooLarge
from taxonomy_api.store.models import Portfolio
from taxonomy_api.store.repository import StoredFile

#: Endings that readers know; any other upload is kept without one and judged by its content.
KNOWN_ENDINGS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
_CHUNK = 2**20
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class FileStore:
    root: Path

    def save_input(
        self, organisation_id: str, portfolio_id: str, name: str, stream: IO[bytes], largest: int
    ) -> StoredFile:
        """Copies an upload in; raises TooLarge beyond `largest` bytes, InvalidInput for an empty one."""
        folder = self._folder(organisation_id, portfolio_id)
        # One by one: mkdir gives the mode to the last folder only.
        for above in (folder.parent.parent, folder.parent):
            above.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        clean = clean_name(name)
        ending = Path(clean).suffix.lower()
        digest, size = hashlib.sha256(), 0
        try:
            with (folder / f"input{ending if ending in KNOWN_ENDINGS else ''}").open("xb") as target:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > largest:
                        raise TooLarge(
                            "upload_too_large", f"The file is larger than {largest} bytes; split it."
                        )
                    digest.update(chunk)
                    target.write(chunk)
            if not size:
                raise InvalidInput(
                    Problem("/file", "empty_file", "The file is empty; send a workbook or a CSV file.")
                )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return StoredFile(clean, digest.hexdigest(), size)

    def input(self, organisation_id: str, portfolio_id: str) -> Path:
        """The uploaded file. Raises NotFound."""
        for path in sorted(self._folder(organisation_id, portfolio_id).glob("input*")):
            return path
        raise NotFound("upload_gone", "The uploaded file is no longer stored.")

    def delete_input(self, organisation_id: str, portfolio_id: str) -> None:
        """Removes the uploaded file; harmless where it is gone."""
        for path in self._folder(organisation_id, portfolio_id).glob("input*"):
            path.unlink(missing_ok=True)

    def hashes(self, folder: Path) -> dict[str, str]:
        """SHA-256 of the files in a folder, by name."""
        found = {}
        for path in sorted(folder.iterdir()):
            with path.open("rb") as stream:
                found[path.name] = hashlib.file_digest(stream, "sha256").hexdigest()
        return found

    def begin(self, organisation_id: str, portfolio_id: str, attempt: int) -> Path:
        """An empty folder to write results into. Raises NotFound where the upload is gone.

        What earlier attempts left behind is removed; later ones are left alone, for this one may be late.
        """
        folder = self.input(organisation_id, portfolio_id).parent / f"work-{attempt}"
        for earlier in range(1, attempt + 1):
            self.discard(organisation_id, portfolio_id, earlier)
        folder.mkdir(mode=0o700)
        return folder

    def publish(self, organisation_id: str, portfolio_id: str, attempt: int) -> None:
        """Turns what was written into results, in one step."""
        folder = self._folder(organisation_id, portfolio_id)
        target = folder / f"results-{attempt}"
        shutil.rmtree(target, ignore_errors=True)
        (folder / f"work-{attempt}").rename(target)

    def discard(self, organisation_id: str, portfolio_id: str, attempt: int) -> None:
        """Removes everything of an attempt."""
        folder = self._folder(organisation_id, portfolio_id)
        for name in (f"work-{attempt}", f"results-{attempt}"):
            shutil.rmtree(folder / name, ignore_errors=True)

    def result(self, organisation_id: str, portfolio_id: str, attempt: int, name: str) -> Path:
        """A result file by its fixed name. Raises NotFound."""
        path = self._folder(organisation_id, portfolio_id) / f"results-{attempt}" / name
        if not path.is_file():
            raise NotFound("result_gone", f"{name} is not among the stored results.")
        return path

    def has_results(self, portfolio: Portfolio) -> bool:
        """Whether the results of a portfolio that is done are still stored."""
        folder = self._folder(portfolio.organisation_id, portfolio.id)
        return (folder / f"results-{portfolio.attempt}").is_dir()

    def portfolios(self, before: datetime) -> Iterator[tuple[str, str]]:
        """(organisation, portfolio) of the folders that were last changed before an instant."""
        for folder in sorted((self.root / "portfolios").glob("*/*")):
            named = _ID.fullmatch(folder.parent.name) and _ID.fullmatch(folder.name)
            if named and folder.stat().st_mtime < before.timestamp():
                yield folder.parent.name, folder.name

    def unsettled(self) -> Iterator[tuple[str, str]]:
        """(organisation, portfolio) of the folders that hold more than one attempt's results."""
        for folder in sorted((self.root / "portfolios").glob("*/*")):
            names = [path.name for path in folder.glob("*")]
            is_settled = not names or (len(names) == 1 and names[0].startswith("results-"))
            if not is_settled and _ID.fullmatch(folder.parent.name) and _ID.fullmatch(folder.name):
                yield folder.parent.name, folder.name

    def settle(self, portfolio: Portfolio) -> None:
        """Removes everything of a portfolio that has ended but its results."""
        kept = f"results-{portfolio.attempt}" if portfolio.state == "done" else None
        self.delete_input(portfolio.organisation_id, portfolio.id)
        for path in self._folder(portfolio.organisation_id, portfolio.id).glob("*-*"):
            if path.name != kept:
                shutil.rmtree(path, ignore_errors=True)

    def delete(self, organisation_id: str, portfolio_id: str) -> None:
        """Removes the upload and all results."""
        shutil.rmtree(self._folder(organisation_id, portfolio_id), ignore_errors=True)

    def _folder(self, organisation_id: str, portfolio_id: str) -> Path:
        if not (_ID.fullmatch(organisation_id) and _ID.fullmatch(portfolio_id)):
            raise NotFound("unknown_portfolio", "There is no such portfolio.")
        return self.root / "portfolios" / organisation_id / portfolio_id


def clean_name(name: str) -> str:
    """A file name for people to recognise: last part only, printable, at most 200 characters."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(character for character in last if character.isprintable())[-200:] or "unnamed"
