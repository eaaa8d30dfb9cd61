"""Who may log in: what the file holds, and what checking a password tells."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from natoqa import UsersError, users
from natoqa.users import FILE_NAME, Users

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the real cost; what is checked does not depend on it."""
    monkeypatch.setattr(users, "N", 2**8)
    monkeypatch.setattr(users, "_NOBODY", users._Account("", 2**8, users.R, users.P, "00" * 16, "00" * 32))


@pytest.fixture
def known(tmp_path: Path) -> Users:
    return Users(tmp_path)


def test_a_password_is_right_or_wrong(known: Users) -> None:
    known.add("ann", PASSWORD)
    known.add("bob@example.org", "another one entirely")
    assert known.verify("ann", PASSWORD)
    for name, password in [
        ("ann", "another one entirely"),
        ("ann", PASSWORD + " "),
        ("ann", PASSWORD.upper()),
        ("ann", ""),
        ("Ann", PASSWORD),
        ("bob@example.org", PASSWORD),
        ("", ""),
        ("ann\0", PASSWORD),
        ("ann", PASSWORD + "\ud800"),
    ]:
        assert not known.verify(name, password), (name, password)


def test_there_is_no_default_account(known: Users) -> None:
    assert not known.exist
    assert known.list() == ()
    for name in ("admin", "root", "natoqa", ""):
        for password in ("", "admin", "password", "natoqa", "\0" * 32):
            assert not known.verify(name, password)


def test_a_password_may_be_composed_by_any_keyboard(known: Users) -> None:
    known.add("zoe", "Café crème brûlée")
    assert known.verify("zoe", "Cafe\u0301 cre\u0300me bru\u0302le\u0301e")


def test_the_same_password_is_never_the_same_hash_and_stands_nowhere(known: Users) -> None:
    known.add("ann", PASSWORD)
    known.add("bob", PASSWORD)
    content = known.file.read_text()
    stored = json.loads(content)["users"]
    assert stored["ann"]["salt"] != stored["bob"]["salt"]
    assert stored["ann"]["hash"] != stored["bob"]["hash"]
    assert {"n", "r", "p"} <= set(stored["ann"])
    assert PASSWORD not in content


def test_the_file_is_its_owners_alone(known: Users) -> None:
    for name in ("ann", "bob"):
        known.add(name, PASSWORD)
        assert stat.S_IMODE(known.file.stat().st_mode) == 0o600
    assert sorted(each.name for each in known.file.parent.iterdir()) == [FILE_NAME, f"{FILE_NAME}.lock"]


def test_hashes_of_another_cost_stay_good(known: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    known.add("ann", PASSWORD)
    monkeypatch.setattr(users, "N", 2**9)
    known.add("bob", PASSWORD)
    assert known.verify("ann", PASSWORD)
    assert known.verify("bob", PASSWORD)


def test_an_unknown_name_costs_the_same_hash(known: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    known.add("ann", PASSWORD)
    costs: list[tuple[int, int, int, int, int]] = []
    whole = Users._hash

    def counted(self: Users, password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
        costs.append((len(password), len(salt), n, r, p))
        return whole(self, password, salt, n, r, p)

    monkeypatch.setattr(Users, "_hash", counted)
    for name in ("ann", "nobody", "Not A Name!", "x" * 10_000):
        assert not known.verify(name, "a wrong password")
    assert len(costs) == 4
    assert len(set(costs)) == 1


def test_the_real_cost_is_one_of_the_recommended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert users.N * users.R * users.P >= 2**14 * 8 * 5
    assert (users._NOBODY.n, users._NOBODY.r, users._NOBODY.p) == (users.N, users.R, users.P)


def test_users_are_listed_changed_and_removed(known: Users) -> None:
    known.add("bob", PASSWORD)
    known.add("ann", PASSWORD)
    assert [each.name for each in known.list()] == ["ann", "bob"]
    with pytest.raises(UsersError, match="already"):
        known.add("ann", "something else")
    assert known.verify("ann", PASSWORD)
    known.add("ann", "something else", replace=True)
    assert known.verify("ann", "something else")
    assert not known.verify("ann", PASSWORD)
    known.remove("ann")
    assert not known.verify("ann", "something else")
    with pytest.raises(UsersError, match="no user"):
        known.remove("ann")
    with pytest.raises(UsersError, match="no user"):
        known.add("ann", PASSWORD, replace=True)
    known.remove("bob")
    assert known.exist, "without users nobody is let in, rather than everybody"


@pytest.mark.parametrize(
    "name",
    ["", "Ann", "ann lee", "ann\n", "-ann", ".", "../ann", "änn", "аnn", "a" * 65, "user:ann", "ann\0", "ann\u202e"],
)
def test_names_have_one_form(known: Users, name: str) -> None:
    with pytest.raises(UsersError, match="not a user's name"):
        known.add(name, PASSWORD)
    assert not known.exist


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
def test_passwords_have_a_length(known: Users, password: str) -> None:
    with pytest.raises(UsersError, match="8 to 1024") as told:
        known.add("ann", password)
    assert not password or password not in str(told.value)


BROKEN = [
    "",
    "{",
    "[]",
    "{}",
    '{"version": 2, "users": {}}',
    '{"version": 1, "users": {"ann": {}}}',
    '{"version": 1, "users": {"ann": {"created": "2025-01-01", "n": 256, "r": 8, "p": 5, "salt": "", "hash": ""}}}',
    '{"version": 1, "users": {"ann": {"created": "2025-01-01", "n": 3, "r": 8, "p": 5, "salt": "'
    + "00" * 16
    + '", "hash": "'
    + "00" * 32
    + '"}}}',
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_file_that_cannot_be_read_lets_nobody_in_and_is_kept(known: Users, content: str) -> None:
    known.file.write_text(content)
    for call in (
        lambda: known.verify("ann", ""),
        known.list,
        lambda: known.add("ann", PASSWORD),
        lambda: known.remove("ann"),
    ):
        with pytest.raises(UsersError, match="not a file of users"):
            call()
    assert known.exist
    assert known.file.read_text() == content


def test_a_write_that_fails_leaves_the_file_as_it_was(known: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    known.add("ann", PASSWORD)
    before = known.file.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("natoqa.users.os.fsync", full)
    with pytest.raises(UsersError, match="No space left"):
        known.add("bob", PASSWORD)
    assert known.file.read_bytes() == before
    assert sorted(each.name for each in known.file.parent.iterdir()) == [FILE_NAME, f"{FILE_NAME}.lock"]


ADDING = """
import sys
from natoqa import users
users.N = 2**8
known = users.Users(sys.argv[1])
for number in range(20):
    known.add(f"{sys.argv[2]}{number}", "correct horse battery")
"""


@pytest.mark.crash
def test_two_processes_add_at_once(known: Users) -> None:
    folder = str(known.file.parent)
    processes = [subprocess.Popen([sys.executable, "-c", ADDING, folder, name]) for name in "ab"]
    assert [process.wait(120) for process in processes] == [0, 0]
    assert {each.name for each in known.list()} == {f"{name}{number}" for name in "ab" for number in range(20)}


def test_an_admin_stays_one_with_another_password_and_is_found_as_they_are_now(known: Users) -> None:
    known.add("ann", PASSWORD, admin=True)
    known.add("bob", PASSWORD)
    before = known.find("ann")
    known.add("ann", "another one entirely", replace=True)
    after = known.find("ann")
    assert before is not None
    assert after is not None
    assert before.admin
    assert after.admin
    assert before.seal != after.seal
    assert [user.admin for user in known.list()] == [True, False]
    known.remove("ann")
    assert known.find("ann") is None


def test_a_file_from_before_there_were_admins_is_read(known: Users) -> None:
    known.add("ann", PASSWORD)
    known.file.write_text(known.file.read_text("utf-8").replace(',\n      "admin": false', ""), "utf-8")
    assert "admin" not in known.file.read_text("utf-8")
    assert known.verify("ann", PASSWORD)
    assert [user.admin for user in known.list()] == [False]
