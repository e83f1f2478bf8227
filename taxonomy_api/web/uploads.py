"""Requests that bring files."""

from __future__ import annotations

from typing import IO, Any, cast

from flask import Request


class UploadRequest(Request):
    """A request whose files are closed with it, also those of a form that broke off in the middle.

    The library closes only what a whole form has brought.
    """

    def _get_file_stream(self, *args: Any, **more: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*args, **more)
        self._opened().append(stream)
        return stream

    def close(self) -> None:
        super().close()
        for stream in self._opened():
            stream.close()

    def _opened(self) -> list[IO[bytes]]:
        return cast(list[IO[bytes]], self.__dict__.setdefault("opened_files", []))
