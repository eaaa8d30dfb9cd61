"""The addresses that every run over the whole corpus asks: `sources.toml` at its top."""

from __future__ import annotations

import tomllib
from pathlib import Path

from natoqa.errors import SettingsError
from natoqa.fetching.addresses import is_address

FILE_NAME = "sources.toml"


def subscriptions(folder: Path) -> tuple[str, ...]:
    """Return the addresses that the `sources.toml` of the corpus `folder` lists, each once; none without that file.

    Raises `SettingsError` where it cannot be read or lists something else.
    """
    try:
        entries = tomllib.loads((folder / FILE_NAME).read_bytes().decode())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SettingsError(f"{FILE_NAME} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise _wrong(f"it is not valid TOML: {error}") from error
    if unknown := [name for name in entries if name != "addresses"]:
        raise _wrong(f"{unknown[0]} is not known")
    addresses = entries.get("addresses", [])
    if not isinstance(addresses, list):
        raise _wrong("addresses should be a list")
    for address in addresses:
        if not (isinstance(address, str) and is_address(address)):
            raise _wrong(f"{address!r} is no address")
    return tuple(dict.fromkeys(addresses))


def _wrong(what: str) -> SettingsError:
    return SettingsError(
        f"{FILE_NAME} of the corpus: {what}", hint='Write lines such as: addresses = ["https://example.org/feed.xml"].'
    )
