"""What several commands share: options, loading the data, refusing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from taxonomy_api import errors
    from taxonomy_api.catalog.load_result import LoadResult
    from taxonomy_api.catalog.model import Release
    from taxonomy_api.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

LANGUAGE_CODES = ("en", "zh-Hans", "zh-Hant")


def day(value: str) -> date:
    """The type of options that take a date that exists, written YYYY-MM-DD."""
    try:
        read = date.fromisoformat(value)
    except ValueError:
        read = None
    # fromisoformat also reads other forms (20261231), over which a reader would stumble.
    if read is None or read.isoformat() != value:
        raise click.BadParameter(f"{value!r} is not a date; write YYYY-MM-DD, for example 2026-12-31")
    return read


def language_option(command: Command) -> Command:
    return click.option(
        "--lang",
        "language",
        type=click.Choice(LANGUAGE_CODES),
        help="Language of names and reasons.  [default: that of the settings]",
    )(command)


def as_of_option(command: Command) -> Command:
    return click.option(
        "--as-of", type=day, metavar="DATE", help="Day for which criteria are evaluated.  [default: today]"
    )(command)


def mapping_option(command: Command) -> Command:
    return click.option(
        "--mapping",
        "mapping_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Saved mapping of your headers, as `taxonomy-api mapping suggest` writes it.",
    )(command)


def mapping_text(path: Path) -> str:
    """The text of a saved mapping; one that is not UTF-8 ends the command."""
    try:
        with path.open("rb") as stream:
            return stream.read(2**20).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException(f"{path}: not UTF-8") from None


def settings() -> Settings:
    """The settings of this environment; raises ConfigurationError naming the variable and the cure."""
    from taxonomy_api.settings import load

    return load()


def current_release(settings: Settings) -> Release:
    """The release of the data folder in use; one that does not load ends the command with its findings."""
    return current_data(settings)[0]


def current_data(settings: Settings) -> tuple[Release, LoadResult]:
    """The release of the data folder in use, and what came of loading it, warnings too."""
    from taxonomy_api.catalog.cache import open_release

    result = open_release(settings.data, settings.cache)
    if result.release is None:
        for finding in result.findings:
            click.echo(str(finding), err=True)
        raise click.ClickException("the data files do not load; the findings above name each place")
    return result.release, result


def data_in_use() -> Path:
    """The data folder in use, told from where the reader stands if it lies there."""
    data = settings().data
    here = Path.cwd()
    return data.relative_to(here) if data.is_relative_to(here) else data


def counted(number: int, one: str, many: str = "") -> str:
    """`1 change`, `2 changes`; `many` where the plural is no mere s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def split_list(value: str | None) -> list[str]:
    """`a,b` as ["a", "b"]; nothing as []."""
    return [part.strip() for part in (value or "").split(",") if part.strip()]


def check_free(output: Path, force: bool) -> None:
    """Ends the command where it would overwrite a file unasked."""
    if output.exists() and not force:
        raise click.ClickException(f"{output} exists already; choose another name or pass --force")


def write_edition(folder: Path, files: Mapping[str, str]) -> int:
    """Writes the files of a new edition into its folder, which must not be there, and names them.

    Tells what is wrong with them, and returns how many errors there are.
    """
    from taxonomy_api.catalog.lint import lint

    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
        click.echo(str(folder / name))
    errors = [finding for finding in lint([folder]) if finding.severity == "error"]
    for finding in errors:
        click.echo(str(finding), err=True)
    return len(errors)


def refusal(problem: Exception) -> click.ClickException:
    """What the terminal shows for a failure: all mistakes of an input, or one line."""
    from taxonomy_api.errors import ServiceError

    if isinstance(problem, ServiceError):
        lines = [line for mistake in problem.problems for line in _mistake(mistake)]
        return click.ClickException("\n".join(lines) if lines else str(problem))
    if isinstance(problem, OSError) and problem.strerror:
        place = f"{problem.filename}: " if problem.filename else ""
        return click.ClickException(place + problem.strerror)
    return click.ClickException(
        f"unexpected {type(problem).__name__}: {problem} (taxonomy-api --traceback … shows where)"
    )


def _mistake(problem: errors.Problem) -> Iterator[str]:
    place = f"{problem.pointer}: " if problem.pointer else ""
    yield f"{place}{problem.message} [{problem.code}]"
    if problem.nearest:
        yield f"    Nearest: {', '.join(problem.nearest)}"
    elif problem.allowed:
        yield f"    Allowed: {', '.join(problem.allowed)}"
