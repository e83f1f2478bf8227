"""`test`: the worked cases beside the data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from taxonomy_api.cli.common import counted, current_release, data_in_use, settings


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
def test(paths: tuple[Path, ...]) -> None:
    """Run the worked cases of taxonomies/*/scenarios/, or of PATH.

    Each case is a project with the verdict that its clause demands. Where the answer differs, the
    criteria behind it are shown. Exit 1 if any case differs.
    """
    from taxonomy_api.assessment.engine import Engine
    from taxonomy_api.assessment.scenario_cases import ScenarioError, cases
    from taxonomy_api.assessment.scenarios import run
    from taxonomy_api.catalog.scenario_files import ScenarioFileError, read_scenarios

    used = settings()
    engine = Engine(current_release(used))
    done, failed = 0, 0
    try:
        for path in _files(paths or (data_in_use(),)):
            for case in cases(_name(path), read_scenarios(path)):
                done += 1
                lines = run(engine, case)
                if lines:
                    failed += 1
                    told = (case.id, f"  in {path}", *(f"  {line}".rstrip() for line in lines), "")
                    click.echo("\n".join(told))
    except (ScenarioError, ScenarioFileError) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{counted(done, 'case')}, {failed} differ.", err=True)
    if failed:
        click.get_current_context().exit(1)


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    from taxonomy_api.catalog.scenario_files import scenario_files

    for path in paths:
        if path.is_file():
            yield path
        elif (path / "taxonomies").is_dir():
            yield from scenario_files(path)
        else:
            yield from sorted(path.rglob("*.yaml"))


def _name(path: Path) -> str:
    """`hk-phase-2a/power` for a file of a data folder, else the file's own name."""
    return f"{path.parent.parent.name}/{path.stem}" if path.parent.name == "scenarios" else path.stem
