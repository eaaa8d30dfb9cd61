"""Who may log in: a file of names with salted hashes, written by `natoqa user add`. There is no default account.

Hashes are scrypt's, each stored with its salt and its cost. Checking a password takes as long for a name that nobody
has as for any other. A file that cannot be read lets nobody in.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import hmac
import json
import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from natoqa.errors import UsersError

FILE_NAME = "users.json"
VERSION = 1

# One of the costs that OWASP's cheat sheet on password storage names as equal: 16 MB and some 0.25 s on one core.
N, R, P = 2**14, 8, 5
SALT_BYTES, HASH_BYTES = 16, 32

# NIST SP 800-63B: at least 8 characters, and no upper limit that a person would meet.
SHORTEST, LONGEST = 8, 1024

# One form a name: what looks the same in capitals or other alphabets is not another user.
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")

# Another process writes a file of some kilobytes.
BUSY_S = 30.0


@dataclass(frozen=True, slots=True)
class User:
    """A name that can log in, since when, and whether as an admin.

    `seal` is another one as soon as the password is: what was begun with the old one is over.
    """

    name: str
    created: datetime
    admin: bool = False
    seal: str = field(default="", repr=False)

    def to_dict(self) -> dict[str, str | bool]:
        """Return the user as in `natoqa user list --json`."""
        return {"name": self.name, "created": self.created.isoformat(), "admin": self.admin}


@dataclass(frozen=True, slots=True)
class _Account:
    """An entry of the file: the hash of a password and all that is needed to make it again."""

    created: str
    n: int
    r: int
    p: int
    salt: str
    hash: str
    admin: bool = False


class Users:
    """The users in a folder. May be used from several threads and processes at once."""

    def __init__(self, folder: str | Path) -> None:
        self.file = Path(folder) / FILE_NAME
        # Each check takes 16 MB: one at a time, so that many guesses cannot take the machine's memory.
        self._hashing = threading.Lock()
        # Looked at with every request of the page; read again when the file is another one.
        self._seen: tuple[object, dict[str, _Account]] | None = None

    def __repr__(self) -> str:
        return f"Users({str(self.file.parent)!r})"

    @property
    def exist(self) -> bool:
        """Whether there is a file of users, so that a login is wanted; an empty one lets nobody in."""
        return self.file.exists()

    def list(self) -> tuple[User, ...]:
        """Return the users by name; raises `UsersError` for a file that cannot be read."""
        accounts = self._read()
        return tuple(_user(name, accounts[name]) for name in sorted(accounts))

    def find(self, name: str) -> User | None:
        """Return the user of this name, if there is one now; raises `UsersError` for a file that cannot be read."""
        state = self._state()
        seen = self._seen
        if seen is None or seen[0] != state:
            # A file that is replaced in between is read now and once more the next time.
            self._seen = seen = (state, self._read())
        account = seen[1].get(name)
        return _user(name, account) if account else None

    def add(self, name: str, password: str, *, replace: bool = False, admin: bool = False) -> None:
        """Add a user or, with `replace`, give one that is there another password; an admin stays one.

        Raises `UsersError` for a name or a password that cannot be used, a name that is taken (or, with `replace`, is
        not), and a file that cannot be read or written.
        """
        if not _NAME.fullmatch(name):
            raise UsersError(
                f"{name[:80]!r} is not a user's name",
                hint="Up to 64 small letters a to z, digits and . _ @ -, the first one a letter or a digit.",
            )
        if not SHORTEST <= len(password) <= LONGEST:
            raise UsersError(
                f"A password has {SHORTEST} to {LONGEST} characters, not {len(password)}",
                hint="Some words in a row make a good one.",
            )
        account = self._account(password)
        with self._changing() as accounts:
            if replace and name not in accounts:
                raise UsersError(f"There is no user {name}")
            if not replace and name in accounts:
                raise UsersError(f"There is a user {name} already", hint="--replace gives them another password.")
            was_admin = name in accounts and accounts[name].admin
            accounts[name] = dataclasses.replace(account, admin=admin or was_admin)

    def remove(self, name: str) -> None:
        """Remove a user; raises `UsersError` where there is none, and for a file that cannot be read or written."""
        with self._changing() as accounts:
            if accounts.pop(name, None) is None:
                raise UsersError(f"There is no user {name[:80]}")

    def verify(self, name: str, password: str) -> bool:
        """Return whether the password is that of the user; takes as long for a name that nobody has.

        Raises `UsersError` for a file that cannot be read.
        """
        account = self._read().get(name)
        against = account or _NOBODY
        # Longer ones cannot have been set; a part of one is hashed, so that this, too, takes as long.
        made = self._hash(password[:LONGEST], bytes.fromhex(against.salt), against.n, against.r, against.p)
        right = hmac.compare_digest(made, bytes.fromhex(against.hash))
        return right and account is not None and len(password) <= LONGEST

    def _account(self, password: str) -> _Account:
        salt = secrets.token_bytes(SALT_BYTES)
        made = self._hash(password, salt, N, R, P)
        return _Account(datetime.now(UTC).isoformat(timespec="seconds"), N, R, P, salt.hex(), made.hex())

    def _hash(self, password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
        # The same letters are the same password, however a keyboard composes them.
        written = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
        most = 128 * r * (n + p) + 2**20  # what the algorithm needs, and a little
        with self._hashing:
            return hashlib.scrypt(written, salt=salt, n=n, r=r, p=p, maxmem=most, dklen=HASH_BYTES)

    # -- the file ----------------------------------------------------------------------------------------------------

    def _state(self) -> object:
        """Return what is another one as soon as the file is."""
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _read(self) -> dict[str, _Account]:
        try:
            return _accounts(json.loads(self.file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise UsersError(f"The users in {self.file} cannot be read: {error.strerror or error}") from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UsersError(
                f"{self.file} is not a file of users",
                hint="Nobody can log in until it is repaired, or moved away and the users are added again.",
            ) from error

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[str, _Account]]:
        """Yield the accounts; they are written when the block is over, and nobody else changes them meanwhile."""
        from filelock import FileLock, Timeout

        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with FileLock(self.file.with_name(f"{FILE_NAME}.lock"), timeout=BUSY_S):
                accounts = self._read()
                yield accounts
                self._write(accounts)
        except Timeout:
            raise UsersError(f"Another process is changing {self.file}", hint="Try again in a moment.") from None
        except OSError as error:
            raise UsersError(f"The users in {self.file} cannot be written: {error.strerror or error}") from error

    def _write(self, accounts: Mapping[str, _Account]) -> None:
        """Put the new file in the place of the old one at once; it is readable by its owner alone at any moment."""
        document = {"version": VERSION, "users": {name: asdict(accounts[name]) for name in sorted(accounts)}}
        new = self.file.with_name(f"{FILE_NAME}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as stream:
                json.dump(document, stream, indent=2)
                stream.flush()
                os.fsync(stream.fileno())
            new.replace(self.file)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def _accounts(document: Mapping[str, Any]) -> dict[str, _Account]:
    if document["version"] != VERSION:
        raise ValueError(document["version"])
    accounts = {name: _Account(**entry) for name, entry in document["users"].items()}
    for account in accounts.values():
        # Told when the file is read, not when somebody logs in.
        datetime.fromisoformat(account.created)
        if len(bytes.fromhex(account.hash)) != HASH_BYTES or len(bytes.fromhex(account.salt)) < SALT_BYTES:
            raise ValueError("a hash or a salt of another length")
        powers = account.n > 1 and account.n & (account.n - 1) == 0
        if not powers or account.r < 1 or account.p < 1:
            raise ValueError("a cost that is none")
        if not isinstance(account.admin, bool):
            raise TypeError(account.admin)
    return accounts


def _user(name: str, account: _Account) -> User:
    seal = hashlib.sha256(account.salt.encode()).hexdigest()
    return User(name, datetime.fromisoformat(account.created), account.admin, seal)


# What a password is held against where there is no user: of the same cost, and no password is right.
_NOBODY = _Account("", N, R, P, "00" * SALT_BYTES, "00" * HASH_BYTES)
