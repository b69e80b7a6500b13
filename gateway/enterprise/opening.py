"""What the enterprise's commands open: a key file under its password, the way to a gateway under an API key."""

from collections.abc import Callable
from pathlib import Path

import typer

from gateway.enterprise import keyfile
from gateway.enterprise.keyfile import OwnKey
from gateway.enterprise.sending import Gateway


def unlock(path: Path, password_file: Path | None) -> OwnKey:
    """Open a key file with the password in a file, or ask for it."""
    return keyfile.unlock(path, password(path, password_file))


def password(
    path: Path, password_file: Path | None, *, confirm: bool = False
) -> Callable[[], bytes]:
    """Say where the password for a key file comes from; it is read or asked for when it is needed."""
    if password_file is not None:
        return lambda: keyfile.secret(password_file)

    def ask() -> bytes:
        said: str = typer.prompt(
            f"Password for {path}", hide_input=True, confirmation_prompt=confirm, err=True
        )
        return said.encode()

    return ask


def gateway(url: str, api_key_file: Path | None) -> Gateway:
    """Make the way to a gateway; without an API key only what is public is there."""
    api_key = keyfile.secret(api_key_file).decode("ascii", "replace") if api_key_file else ""
    return Gateway(url, api_key)
