"""The portal's Ed25519 key: a file outside the database, made at first use, readable by its owner alone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ckan.plugins import toolkit as tk
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from . import config


class SigningKeyError(RuntimeError):
    """The key cannot be read or made; the message names the file."""


def key_path() -> Path:
    """Where the key lies: the setting, or `journey-signing.pem` beside CKAN's own settings file."""
    told = config.signing_key()
    if told:
        return Path(told)
    beside = tk.config.get("__file__")
    return (Path(beside).parent if beside else Path.cwd()) / "journey-signing.pem"


def private_key(make: bool = True) -> Ed25519PrivateKey | None:
    """The key; None if there is none and `make` is false. Raises SigningKeyError."""
    path = key_path()
    if make and not path.exists():
        _create(path)
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise SigningKeyError(
            f"ckanext.journey.signing_key: {path} cannot be read as a private key: {error}"
        ) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise SigningKeyError(f"ckanext.journey.signing_key: {path} is no Ed25519 key")
    return found


def _create(path: Path) -> None:
    """Written whole under another name first, so that two first uses agree on one key."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    own = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
            handle.write(pem)
        with suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    except OSError as error:
        raise SigningKeyError(f"ckanext.journey.signing_key: {path} cannot be made: {error.strerror}") from error
