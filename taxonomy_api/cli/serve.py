"""`serve` and `worker`: the running service."""

from __future__ import annotations

import click

from taxonomy_api.cli.common import settings


@click.command()
@click.option("--host", help="Address to listen on.  [default: that of the settings, 127.0.0.1]")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: that of the settings, 8000]"
)
@click.option(
    "--workers", type=click.IntRange(1, 256), help="Web processes.  [default: that of the settings, 1]"
)
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve REST with an embedded worker.

    Brings the embedded database up to date first. While no key exists there and the address is
    loopback, a first key is made and printed once. SIGHUP does what `taxonomy-api reload` does.
    """
    from taxonomy_api.web.serve import serve as run

    current = settings()
    run(host or current.host, port or current.port, workers or current.workers, current)


@click.command()
def worker() -> None:
    """Run a worker alone.

    It assesses the portfolios that servers put in the queue.
    """
    from taxonomy_api.jobs.worker import run_worker

    run_worker(settings())


@click.command()
def reload() -> None:
    """Put the data files into use in a running service.

    All its processes take the new release together. Files with errors change nothing: each finding is
    shown, and the last good release stays in use. Needs the data and store folders of the service.
    """
    from taxonomy_api.store.rollout import reload_release

    result = reload_release(settings())
    for finding in result.findings:
        click.echo(str(finding), err=True)
    if result.release is None:
        raise click.ClickException("the data files do not load; the last good release stays in use")
    click.echo(f"Release {result.release.id} is in use.")
