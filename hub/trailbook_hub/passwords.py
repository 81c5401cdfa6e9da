"""Passwords and one-time links, in a SQLite file that only the hub reads."""

import hashlib
import os
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SCHEMA = """
create table if not exists password (
    name text primary key, hash text not null, one_time integer not null default 0,
    set_at real not null
) strict;
create table if not exists link (
    digest blob primary key, name text not null, admin integer not null default 0,
    expires_at real not null
) strict;
"""

SHORTEST = 10
"""Characters that a password needs at least."""

LONGEST = 1024
"""Characters that a password has at most: hashing more would be a way to keep us busy."""


class PasswordToChange(Exception):
    """The one-time password was right; `token` leads to the page that sets a real one."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token


@dataclass(frozen=True)
class Link:
    """A one-time link with which somebody sets their password."""

    name: str
    admin: bool
    expires_at: float


class Passwords:
    """Who has which password; a link that was used, replaced or is too old is gone."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self.now = now
        self.lock = threading.Lock()
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.db.executescript("pragma journal_mode=wal; pragma secure_delete=on;" + SCHEMA)
        self.hasher = PasswordHasher()
        self.nobody = self.hasher.hash(secrets.token_hex(16))

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    def names(self) -> set[str]:
        """Everybody who has a password of their own."""
        with self.lock:
            return {name for (name,) in self.db.execute("select name from password")}

    def is_empty(self) -> bool:
        """Whether nobody was ever given a password here."""
        return not self.names() and not self.waiting()

    def set(self, name: str, password: str, *, one_time: bool = False) -> None:
        """Give somebody a password; links that were made for them are gone."""
        hashed = self.hasher.hash(password)
        with self.lock, self.db:
            self.db.execute("begin")
            self.db.execute("delete from link where name = ?", (name,))
            self.db.execute(
                "insert or replace into password values (?, ?, ?, ?)",
                (name, hashed, one_time, self.now()),
            )

    def verify(self, name: str, password: str) -> str:
        """`right`, `one-time` (right, to be changed at once) or `wrong`; takes as long for all."""
        with self.lock:
            row = self.db.execute(
                "select hash, one_time from password where name = ?", (name,)
            ).fetchone()
        hashed, one_time = row or (self.nobody, 0)
        try:
            self.hasher.verify(hashed, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return "wrong"
        if row is None:
            return "wrong"
        return "one-time" if one_time else "right"

    def is_one_time(self, name: str) -> bool:
        """Whether somebody still has the password that was made for them."""
        with self.lock:
            row = self.db.execute("select one_time from password where name = ?", (name,))
            return bool(row.fetchone() == (1,))

    def forget(self, name: str) -> None:
        """Take somebody's password and links away."""
        with self.lock, self.db:
            self.db.execute("begin")
            self.db.execute("delete from password where name = ?", (name,))
            self.db.execute("delete from link where name = ?", (name,))

    def invite(self, name: str, *, seconds: float, admin: bool = False) -> str:
        """The token of a new one-time link; earlier links of the same person are gone."""
        token = secrets.token_urlsafe(32)
        with self.lock, self.db:
            self.db.execute("begin")
            self.db.execute("delete from link where name = ?", (name,))
            self.db.execute(
                "insert into link values (?, ?, ?, ?)",
                (digest(token), name, admin, self.now() + seconds),
            )
        return token

    def link(self, token: str) -> Link | None:
        """The link of this token, unless it is used up or too old."""
        with self.lock:
            row = self.db.execute(
                "select name, admin, expires_at from link where digest = ?", (digest(token),)
            ).fetchone()
        if row is None or row[2] < self.now():
            return None
        return Link(row[0], bool(row[1]), row[2])

    def redeem(self, token: str, password: str) -> Link | None:
        """Set the password of the link's person and use the link up, once."""
        hashed = self.hasher.hash(password)
        with self.lock, self.db:
            self.db.execute("begin immediate")
            row = self.db.execute(
                "delete from link where digest = ? and expires_at >= ?"
                " returning name, admin, expires_at",
                (digest(token), self.now()),
            ).fetchone()
            if row is None:
                return None
            self.db.execute(
                "insert or replace into password values (?, ?, 0, ?)", (row[0], hashed, self.now())
            )
        return Link(row[0], bool(row[1]), row[2])

    def waiting(self) -> dict[str, Link]:
        """Links that can still be used, by name."""
        with self.lock:
            rows = self.db.execute(
                "select name, admin, expires_at from link where expires_at >= ?", (self.now(),)
            ).fetchall()
        return {name: Link(name, bool(admin), until) for name, admin, until in rows}


def digest(token: str) -> bytes:
    """What is kept of a token: enough to know it again, not to use it."""
    return hashlib.sha256(token.encode()).digest()


def complaint(password: str, again: str, name: str) -> str | None:
    """What is wrong with a new password, as a sentence; None when nothing is."""
    if password != again:
        return "The two passwords differ."
    if len(password) < SHORTEST:
        return f"A password needs at least {SHORTEST} characters. Several words work well."
    if len(password) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    if password.lower().strip() == name.lower() or len(set(password)) < 4:
        return "That password is too easy to guess."
    return None
