"""Nothing that is tested may reach beyond this machine."""

from __future__ import annotations

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_connections_to_elsewhere_are_refused(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # The library warns first, and a warning is an error here; where it is none, its own error follows.
    with (
        socket.socket(family, socket.SOCK_STREAM) as connection,
        pytest.raises((UserWarning, SocketConnectBlockedError), match=address),
    ):
        connection.connect((address, 80))


def test_connections_to_this_machine_are_not() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            pass
