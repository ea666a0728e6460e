#!/usr/bin/env python3
"""Clients of codex-fleetd, the daemon that knows how much quota is left on Codex accounts.

One file, Python 3.9 or newer, nothing but the standard library: copy it next to your program.

    from codex_fleet import FleetClient

    with FleetClient() as fleet:
        for account in fleet.summary()["accounts"]:
            print(account["displayName"], account["primary"]["remainingPercent"])

`AsyncFleetClient` is the same for asyncio. Results are plain dictionaries as the daemon sent them; the types here name
the members that are known, and further ones may be there. Every failure is a `FleetError`.

As a program it prints one line of JSON per result: `python3 codex_fleet.py summary|refresh|watch|health [ACCOUNT ...]`.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import os
import select
import socket
import sys
import time
from types import TracebackType
from typing import (
    Any,
    AsyncIterator,
    Callable,
    Coroutine,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Tuple,
    Type,
    TypedDict,
    cast,
)

__all__ = [
    "Account",
    "AsyncFleetClient",
    "AsyncSubscription",
    "Change",
    "FleetClient",
    "FleetError",
    "Health",
    "Outcome",
    "RefreshResult",
    "Subscription",
    "Summary",
    "Window",
    "default_socket_path",
    "default_token",
]


# What the daemon answers


class Window(TypedDict):
    """One quota window of an account; members are None when there is no such window or the key may not see it."""

    remainingPercent: Optional[float]
    resetAt: Optional[str]
    windowMinutes: Optional[int]


class Account(TypedDict):
    """An account as the key may see it. Instants are RFC 3339 in UTC."""

    accountId: str
    displayName: str
    email: str
    status: str
    planType: str
    primary: Window
    secondary: Window
    monthly: Window
    lastRefreshAt: Optional[str]
    usageRefreshedAt: Optional[str]


class Summary(TypedDict):
    """The result of `summary()`."""

    accounts: List[Account]
    generatedAt: str


class _OutcomeAlways(TypedDict):
    accountId: str
    outcome: str


class Outcome(_OutcomeAlways, total=False):
    """What a refresh did about one account; `reason` and the instants are there only where they say something."""

    reason: str
    observedAt: str
    blockedUntil: str


class RefreshResult(TypedDict):
    """The result of `refresh()`."""

    ok: bool
    usageWritten: bool
    accountCount: int
    attemptedCount: int
    generatedAt: str
    outcomes: List[Outcome]


class Change(TypedDict):
    """What a subscription tells: accounts that are new or different, in full, and the ids of those that are gone.

    The first one is the snapshot: all accounts, none removed. Whoever keeps the accounts in a dictionary by id can
    treat it as any other change.
    """

    subscription: str
    accounts: List[Account]
    removed: List[str]
    generatedAt: str


class Health(TypedDict):
    """The result of `health()`; `status` is "ok" or "draining"."""

    status: str
    version: str
    protocolVersion: int


# What may go wrong


class FleetError(Exception):
    """Why a call has no result, or a subscription no further changes.

    - `code`: the number of the JSON-RPC error; None when the error is not from the daemon.
    - `data_code`: a stable word. The daemon's own are listed in its README. From this module: `not_running`,
      `permission_denied`, `unreachable`, `connection_lost`, `timeout`, `protocol_violation`, `closed`, `bad_token`, and
      `unauthorized` for a subscription whose key was revoked or has expired.
    - `retryable`: whether the same call may succeed later without any change to it.
    - `message`: what happened, in words for people. It never holds the token.
    - `data`: further members that the daemon sent, such as `param` or `outcomes`.
    """

    def __init__(
        self,
        data_code: str,
        message: str,
        *,
        code: Optional[int] = None,
        retryable: bool = False,
        data: Optional[Mapping[str, Any]] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.data_code = data_code
        self.retryable = retryable
        self.message = message
        self.data: Mapping[str, Any] = data if data is not None else {}

    def __str__(self) -> str:
        return f"{self.message} ({self.data_code})"

    def __repr__(self) -> str:
        return f"FleetError({self.data_code!r}, {self.message!r}, code={self.code}, retryable={self.retryable})"

    def _again(self) -> FleetError:
        """The same error as a new object: one exception is not raised in several places."""
        return FleetError(self.data_code, self.message, code=self.code, retryable=self.retryable, data=self.data)


def _connection_lost() -> FleetError:
    message = "the daemon hung up before it answered; whether the call was run is not known"
    return FleetError("connection_lost", message, retryable=True)


def _violation(reason: str) -> FleetError:
    return FleetError("protocol_violation", f"the daemon sent something this client does not understand: {reason}")


# Where the daemon is, and who is asking

_LONGEST_SOCKET_PATH = 107


def default_socket_path(environment: Optional[Mapping[str, str]] = None) -> str:
    """The socket to connect to when none is named.

    It is CODEX_FLEET_SOCKET, else the first that is there of `$RUNTIME_DIRECTORY/fleet.sock`,
    `$XDG_RUNTIME_DIR/codex-fleet/fleet.sock` and `/run/codex-fleet/fleet.sock`, else the first of these names.
    """
    variables = os.environ if environment is None else environment
    given = variables.get("CODEX_FLEET_SOCKET")
    if given:
        return given
    places: List[str] = []
    runtime_directories = [name for name in variables.get("RUNTIME_DIRECTORY", "").split(":") if name]
    if runtime_directories:
        places.append(runtime_directories[0] + "/fleet.sock")
    if variables.get("XDG_RUNTIME_DIR"):
        places.append(variables["XDG_RUNTIME_DIR"] + "/codex-fleet/fleet.sock")
    places.append("/run/codex-fleet/fleet.sock")
    return next((place for place in places if _may_exist(place)), places[0])


def _may_exist(path: str) -> bool:
    try:
        os.stat(path)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def default_token(environment: Optional[Mapping[str, str]] = None) -> Optional[str]:
    """The API key from CODEX_FLEET_TOKEN, else from the systemd credential `token`; None when there is neither."""
    variables = os.environ if environment is None else environment
    text = variables.get("CODEX_FLEET_TOKEN")
    if text:
        return _one_word(text, "CODEX_FLEET_TOKEN")
    directory = variables.get("CREDENTIALS_DIRECTORY")
    if not directory:
        return None
    path = directory + "/token"
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read(4_096)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FleetError("bad_token", f"cannot read the API key in {_printable(path)}: {error.strerror}") from None
    return _one_word(text, _printable(path))


def _one_word(text: str, source: str) -> str:
    word = text.strip()
    # Undecodable bytes arrive as lone surrogates, which are not printable either.
    if not word or not word.isprintable() or any(character.isspace() for character in word):
        raise FleetError("bad_token", f"no API key in {source}: it must be one word on one line, in UTF-8")
    return word


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


class _Token:
    """An API key that shows itself to nobody by accident."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "<token>"

    def __reduce__(self) -> Any:
        raise TypeError("tokens are not to be copied about")

    def without(self, value: Any) -> Any:
        """The JSON value with the key blotted out wherever it is part of a text."""
        if isinstance(value, str):
            return value.replace(self.value, "<token>") if self.value else value
        if isinstance(value, list):
            return [self.without(element) for element in value]
        if isinstance(value, dict):
            return {self.without(name): self.without(member) for name, member in value.items()}
        return value


def _connected_socket(path: str) -> socket.socket:
    """A socket that is connected and does not block. On Linux this takes no time: it works or it does not."""
    shown = _printable(path)
    try:
        length = len(os.fsencode(path))
    except ValueError:
        length = 0
    if not 0 < length <= _LONGEST_SOCKET_PATH or "\0" in path:
        reason = f"a path has 1 to {_LONGEST_SOCKET_PATH} bytes, none of them 0"
        raise FleetError("unreachable", f"{shown!r} cannot be a socket: {reason}")
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        connection.connect(path)
        return connection
    except OSError as error:
        connection.close()
        failure = _connecting_failed(error, shown)
    except BaseException:
        connection.close()
        raise
    raise failure


def _connecting_failed(error: OSError, path: str) -> FleetError:
    start = 'start it with "codex-fleetd" or "systemctl start codex-fleet.socket", or name its socket'
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return FleetError("not_running", f"no daemon at {path}: there is no socket; {start}", retryable=True)
    if error.errno == errno.ECONNREFUSED:
        return FleetError("not_running", f"no daemon at {path}: nobody listens at the socket; {start}", retryable=True)
    if error.errno in (errno.EACCES, errno.EPERM):
        message = f"you may not connect to {path}: join the group that owns the socket and log in again"
        return FleetError("permission_denied", message)
    if error.errno == errno.EAGAIN:
        message = f"cannot connect to {path}: the daemon has more connections waiting than it can take"
        return FleetError("unreachable", message, retryable=True)
    return FleetError("unreachable", f"cannot connect to {path}: {error.strerror}")


# One connection, without its socket

_Answer = Callable[[Any, Optional[FleetError]], None]
_Convert = Callable[[Any], Any]


def _as_it_is(result: Any) -> Any:
    return result


def _ignore(result: Any) -> None:
    pass


class _Lines:
    """Cuts a stream of bytes into lines, whatever pieces the bytes arrive in. Every byte is looked at once."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0

    def cut(self, data: bytes) -> Iterator[bytes]:
        self._buffer += data
        while True:
            end = self._buffer.find(b"\n", self._searched)
            if end < 0:
                self._searched = len(self._buffer)
                return
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            self._searched = 0
            if line.strip():
                yield line


class _Feed:
    """What a subscription has to tell and was not asked for yet: the snapshot as it came, then what has changed since.

    Of each account it holds the newest state, however many notifications told of it: a consumer that takes its time
    costs no more memory than the fleet has accounts.
    """

    def __init__(self, subscription: str, snapshot: Mapping[str, Any]) -> None:
        self.subscription = subscription
        self.wake: Callable[[], None] = lambda: None
        self.end: Optional[FleetError] = None
        self._snapshot: Optional[Change] = self._change(snapshot["accounts"], [], snapshot["generatedAt"])
        self._accounts: Dict[str, Account] = {}
        self._removed: Dict[str, None] = {}
        self._generated_at: Optional[str] = None

    def add(self, change: Mapping[str, Any]) -> None:
        for account in change["accounts"]:
            self._removed.pop(account["accountId"], None)
            self._accounts[account["accountId"]] = account
        for removed in change["removed"]:
            self._accounts.pop(removed, None)
            self._removed[removed] = None
        self._generated_at = change["generatedAt"]
        self.wake()

    def finish(self, error: FleetError) -> None:
        if self.end is None:
            self.end = error
        self.wake()

    def take(self) -> Optional[Change]:
        """The change that waits, if one does. What came before the end is told before the end."""
        if self._snapshot is not None:
            snapshot, self._snapshot = self._snapshot, None
            return snapshot
        if self._generated_at is None:
            return None
        change = self._change(list(self._accounts.values()), list(self._removed), self._generated_at)
        self._accounts, self._removed, self._generated_at = {}, {}, None
        return change

    def _change(self, accounts: List[Account], removed: List[str], generated_at: str) -> Change:
        return {
            "subscription": self.subscription,
            "accounts": accounts,
            "removed": removed,
            "generatedAt": generated_at,
        }


class _Conversation:
    """Who waits for which answer on one connection, and what is to be said next. It does no I/O."""

    def __init__(self, token: Optional[_Token]) -> None:
        self._token = token
        self._lines = _Lines()
        self._last_id = 0
        self._waiting: Dict[int, Tuple[_Convert, _Answer]] = {}
        self._feeds: Dict[str, _Feed] = {}
        # Why there will be no more answers; None while there may be.
        self.end: Optional[FleetError] = None

    def request(
        self, method: str, params: Mapping[str, Any], authenticated: bool, convert: _Convert, answer: _Answer
    ) -> Tuple[int, bytes]:
        """The line to send for a call, and its id.

        `answer` is called once, with the converted result or with an error, unless the call is forgotten. Both see the
        result before any line that follows it.
        """
        number = self._last_id + 1
        line = self._line({"id": number, "method": method, "params": self._signed(params, authenticated)})
        self._last_id = number
        self._waiting[number] = (convert, answer)
        return number, line

    def cancel(self, number: int) -> bytes:
        """The line that gives a call up; none when it was answered already."""
        if number not in self._waiting:
            return b""
        return self._line({"method": "$/cancelRequest", "params": {"id": number}})

    def open_feed(self, result: Any) -> _Feed:
        """The feed of a subscription that was just opened. It has to be there before the next line is looked at."""
        feed = _Feed(result["subscription"], result)
        self._feeds[feed.subscription] = feed
        return feed

    def close_feed(self, feed: _Feed) -> bytes:
        """The line that ends a subscription. It is a notification: nothing would follow from the answer."""
        feed.finish(FleetError("closed", "the subscription was closed"))
        if self._feeds.pop(feed.subscription, None) is None or self.end is not None:
            return b""
        params = self._signed({"subscription": feed.subscription}, True)
        return self._line({"method": "fleet.unsubscribe", "params": params})

    def received(self, data: bytes) -> None:
        """Takes the next piece of what the daemon sends and tells those who are concerned."""
        for line in self._lines.cut(data):
            if self.end is not None:
                return
            try:
                self._dispatch(self._decoded(line))
            except FleetError as error:
                self.finish(error)
            except (KeyError, TypeError, AttributeError):
                self.finish(_violation("a member is missing or of another type"))

    def finish(self, error: FleetError) -> None:
        """There will be no more answers: tells everyone who waits. Only the first reason counts."""
        if self.end is None:
            self.end = error
        waiting, self._waiting = self._waiting, {}
        feeds, self._feeds = self._feeds, {}
        for _, answer in waiting.values():
            answer(None, self.end._again())
        for feed in feeds.values():
            feed.finish(self.end._again())

    def _dispatch(self, message: Any) -> None:
        if message.get("jsonrpc") != "2.0":
            raise _violation("no JSON-RPC 2.0")
        if "method" in message:
            # Other notifications may be added to the protocol at any time.
            if message["method"] == "fleet.changed":
                self._changed(message["params"])
            return
        number = message["id"]
        error = self._error(message["error"]) if "error" in message else None
        if number is None and error is not None:
            # The daemon refuses the connection or a line of it and cannot say whose call is concerned.
            raise error
        if not isinstance(number, int) or isinstance(number, bool) or not 0 < number <= self._last_id:
            raise _violation("an answer to a call that was not made")
        result = message["result"] if error is None else None
        if number in self._waiting:
            convert, answer = self._waiting[number]
            converted = None if error is not None else convert(result)
            # Only now: should the conversion fail, the caller is told with all others.
            del self._waiting[number]
            answer(converted, error)

    def _changed(self, params: Any) -> None:
        feed = self._feeds.get(params["subscription"])
        if feed is None:
            return
        if "closed" in params:
            del self._feeds[feed.subscription]
            message = "the daemon has ended the subscription: its API key was revoked or has expired"
            feed.finish(FleetError(str(params["closed"]), message))
        else:
            feed.add(params)

    def _error(self, error: Any) -> FleetError:
        if self._token is not None:
            error = self._token.without(error)
        data = error.get("data")
        data = data if isinstance(data, dict) else {}
        return FleetError(
            str(data.get("code", "")),
            str(error["message"]),
            code=int(error["code"]),
            retryable=data.get("retryable") is True,
            data=data,
        )

    def _signed(self, params: Mapping[str, Any], authenticated: bool) -> Dict[str, Any]:
        signed = dict(params)
        if authenticated and self._token is not None:
            signed["token"] = self._token.value
        return signed

    @staticmethod
    def _line(message: Dict[str, Any]) -> bytes:
        text = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        try:
            return text.encode("utf-8") + b"\n"
        except UnicodeEncodeError:
            pass
        # Raised outside of the handler: that error holds the whole line.
        raise ValueError("a param holds text that is not valid Unicode")

    @staticmethod
    def _decoded(line: bytes) -> Any:
        try:
            return json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            pass
        raise _violation("a line that is not JSON")


def _account_params(account_ids: Optional[Iterable[str]]) -> Dict[str, Any]:
    if isinstance(account_ids, str):
        raise TypeError("account_ids must be several ids, not one string")
    return {} if account_ids is None else {"accountIds": list(account_ids)}


def _refresh_params(account_ids: Optional[Iterable[str]], timeout_ms: Optional[int]) -> Dict[str, Any]:
    params = _account_params(account_ids)
    if timeout_ms is not None:
        params["timeoutMs"] = timeout_ms
    return params


_REFRESH_SECONDS = 600.0


def _time_limit(timeout: Optional[float], method: str, params: Mapping[str, Any]) -> Optional[float]:
    """How many seconds a call may take: a refresh asks the upstream, and takes longer than what the daemon knows."""
    if timeout is None or method != "fleet.refresh":
        return timeout
    asked = params.get("timeoutMs")
    return timeout + (asked / 1_000 if isinstance(asked, (int, float)) else _REFRESH_SECONDS)


def _timed_out() -> FleetError:
    return FleetError("timeout", "the daemon has not answered in time; what it does goes on", retryable=True)


def _token_of(token: Optional[str]) -> Optional[_Token]:
    value = default_token() if token is None else _one_word(token, "the token argument")
    return None if value is None else _Token(value)


# For programs that wait


class _BlockingConnection:
    """A conversation on a socket.

    While a line cannot be sent because the daemon does not read, what the daemon sends is read: neither waits for the
    other for ever.
    """

    def __init__(self, path: str, token: Optional[_Token]) -> None:
        self.conversation = _Conversation(token)
        self._socket = _connected_socket(path)
        self._unsent = bytearray()

    def call(
        self,
        method: str,
        params: Mapping[str, Any],
        authenticated: bool,
        timeout: Optional[float],
        convert: _Convert = _as_it_is,
        discard: Callable[[Any], None] = _ignore,
    ) -> Any:
        """Makes a call and waits for its answer; `discard` gets the result that comes when nobody waits any more."""
        answers: List[Tuple[Any, Optional[FleetError]]] = []
        is_wanted = True

        def answer(result: Any, error: Optional[FleetError]) -> None:
            if is_wanted:
                answers.append((result, error))
            elif error is None:
                discard(result)

        deadline = None if timeout is None else time.monotonic() + timeout
        number, line = self.conversation.request(method, params, authenticated, convert, answer)
        try:
            self._unsent += line
            self._flush(deadline)
            while not answers:
                self._receive(deadline)
        except BaseException:
            is_wanted = False
            self.tell(self.conversation.cancel(number))
            raise
        result, error = answers[0]
        if error is not None:
            raise error
        return result

    def tell(self, line: bytes) -> None:
        """Sends a line that nobody waits for: at once if possible, else before the next call."""
        if self.conversation.end is not None:
            return
        self._unsent += line
        try:
            while self._unsent:
                del self._unsent[: self._socket.send(self._unsent)]
        except OSError:
            # The daemon does not read, or has hung up: the next read will tell.
            pass

    def next_change(self, feed: _Feed) -> Change:
        """Waits for a change."""
        while True:
            change = feed.take()
            if change is not None:
                return change
            if feed.end is not None:
                raise feed.end
            self._receive(None)

    def catch_up(self) -> None:
        """Passes on what has arrived already, the end of the connection included."""
        while self.conversation.end is None and self._poll(select.POLLIN, 0):
            self._read()

    def close(self, error: FleetError) -> None:
        self.conversation.finish(error)
        self._socket.close()

    def _flush(self, deadline: Optional[float]) -> None:
        while self._unsent and self.conversation.end is None:
            if self._wait(select.POLLIN | select.POLLOUT, deadline) & select.POLLIN:
                self._read()
                continue
            try:
                del self._unsent[: self._socket.send(self._unsent)]
            except BlockingIOError:
                continue
            except OSError:
                # The daemon hung up. What it said before is still there to be read, and may say why.
                while self.conversation.end is None:
                    self._receive(deadline)

    def _receive(self, deadline: Optional[float]) -> None:
        """Waits until the daemon has sent something, and passes it on."""
        if self.conversation.end is None:
            self._wait(select.POLLIN, deadline)
            self._read()

    def _read(self) -> None:
        try:
            data = self._socket.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.conversation.received(data)
        else:
            self.conversation.finish(_connection_lost())
        if self.conversation.end is not None:
            self._socket.close()

    def _wait(self, events: int, deadline: Optional[float]) -> int:
        while True:
            rest = None if deadline is None else max(0.0, deadline - time.monotonic())
            found = self._poll(events, rest)
            if found:
                return found
            if rest == 0.0:
                raise _timed_out()

    def _poll(self, events: int, timeout: Optional[float]) -> int:
        poll = select.poll()
        poll.register(self._socket, events)
        # Rounded up: a wait of less than a millisecond must not become a busy loop.
        milliseconds = None if timeout is None else min(int(timeout * 1_000) + (timeout > 0), 1 << 30)
        ready = poll.poll(milliseconds)
        found = ready[0][1] if ready else 0
        # Whatever else is the matter with the connection, reading will tell.
        return found if found in (0, select.POLLOUT) else select.POLLIN


class Subscription:
    """The changes of the fleet, the snapshot first: an iterator that waits for the next change.

    The call is made when the first change is asked for. Changes that came in the meantime are told as one. When the
    daemon ends the subscription or the connection is lost, a `FleetError` says why; a new subscription then starts with
    a new snapshot. Close it, or use it in a `with` statement: it counts against the daemon's limit until then.
    """

    def __init__(self, client: FleetClient, params: Mapping[str, Any]) -> None:
        self._client = client
        self._params = params
        self._connection: Optional[_BlockingConnection] = None
        self._feed: Optional[_Feed] = None
        self._is_over = False

    def __iter__(self) -> Iterator[Change]:
        return self

    def __next__(self) -> Change:
        if self._is_over:
            raise StopIteration
        try:
            if self._feed is None or self._connection is None:
                connection, feed = self._client._subscribed(self._params)
                self._connection, self._feed = connection, feed
            return self._connection.next_change(self._feed)
        except FleetError:
            self._is_over = True
            raise

    def close(self) -> None:
        """Ends the subscription; the connection stays."""
        self._is_over = True
        if self._feed is not None and self._connection is not None:
            self._connection.tell(self._connection.conversation.close_feed(self._feed))
            self._feed = None

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        self.close()


class FleetClient:
    """A client that waits for each answer.

    It connects when the first call needs it, and anew after the connection was lost. A call that was under way is not
    repeated by itself. One client belongs to one thread.

    - `socket_path`: the daemon's socket; `default_socket_path()` when it is not given.
    - `token`: an API key; `default_token()` when it is not given. `health()` and `discover()` need none.
    - `timeout`: how many seconds to wait for an answer, and for that of a refresh 600 more, or its `timeout_ms`; None
      waits as long as it takes.
    """

    def __init__(
        self, socket_path: Optional[str] = None, token: Optional[str] = None, timeout: Optional[float] = 30.0
    ) -> None:
        self.socket_path = default_socket_path() if socket_path is None else socket_path
        self.timeout = timeout
        self._token = _token_of(token)
        self._connection: Optional[_BlockingConnection] = None
        self._is_closed = False

    def __repr__(self) -> str:
        return f"FleetClient({self.socket_path!r})"

    def __enter__(self) -> FleetClient:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        self.close()

    def summary(self, account_ids: Optional[Iterable[str]] = None) -> Summary:
        """The accounts as the key may see them; ids that it may not see, or that do not exist, are left out."""
        result: Summary = self.call("fleet.summary", _account_params(account_ids))
        return result

    def refresh(
        self, account_ids: Optional[Iterable[str]] = None, timeout_ms: Optional[int] = None
    ) -> RefreshResult:
        """Has the daemon ask for the usage anew and tells what became of each account.

        The refresh belongs to the daemon: it goes on when the wait for it ends, after `timeout_ms` (error
        `deadline_exceeded`) or otherwise.
        """
        result: RefreshResult = self.call("fleet.refresh", _refresh_params(account_ids, timeout_ms))
        return result

    def subscribe(self, account_ids: Optional[Iterable[str]] = None) -> Subscription:
        """The changes from now on, a snapshot first."""
        return Subscription(self, _account_params(account_ids))

    def stats(self) -> Dict[str, Any]:
        """Counts of what the daemon does, without account data."""
        result: Dict[str, Any] = self.call("daemon.stats")
        return result

    def health(self) -> Health:
        """Whether the daemon answers, and what it is. Needs no token."""
        result: Health = self.call("daemon.health", authenticated=False)
        return result

    def discover(self) -> Dict[str, Any]:
        """The OpenRPC document that describes the protocol. Needs no token."""
        result: Dict[str, Any] = self.call("rpc.discover", authenticated=False)
        return result

    def call(self, method: str, params: Optional[Mapping[str, Any]] = None, *, authenticated: bool = True) -> Any:
        """Makes any call. `params` are without the token, which is added when `authenticated`."""
        params = params or {}
        return self._connected().call(method, params, authenticated, _time_limit(self.timeout, method, params))

    def close(self) -> None:
        """Closes the connection, with all subscriptions on it, and ends the client."""
        self._is_closed = True
        if self._connection is not None:
            self._connection.close(FleetError("closed", "the client is closed"))
            self._connection = None

    def _subscribed(self, params: Mapping[str, Any]) -> Tuple[_BlockingConnection, _Feed]:
        connection = self._connected()
        conversation = connection.conversation
        feed: _Feed = connection.call(
            "fleet.subscribe",
            params,
            True,
            self.timeout,
            convert=conversation.open_feed,
            discard=lambda unwanted: connection.tell(conversation.close_feed(unwanted)),
        )
        return connection, feed

    def _connected(self) -> _BlockingConnection:
        if self._is_closed:
            raise FleetError("closed", "the client is closed")
        if self._connection is not None:
            # The daemon may have hung up since the last call; that is no reason to fail this one.
            self._connection.catch_up()
            if self._connection.conversation.end is None:
                return self._connection
        self._connection = None
        self._connection = _BlockingConnection(self.socket_path, self._token)
        return self._connection


# For programs on asyncio


class _AsyncConnection(asyncio.Protocol):
    """A conversation on an event loop. Any number of calls may wait at a time."""

    def __init__(self, connection: socket.socket, token: Optional[_Token]) -> None:
        self.conversation = _Conversation(token)
        self._socket = connection
        self._transport: Optional[asyncio.Transport] = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._gone = asyncio.Event()

    async def call(
        self,
        method: str,
        params: Mapping[str, Any],
        authenticated: bool,
        convert: _Convert = _as_it_is,
        discard: Callable[[Any], None] = _ignore,
    ) -> Any:
        """Makes a call and waits for its answer; `discard` gets the result that comes when nobody waits any more."""
        await self._writable.wait()
        if self.conversation.end is not None:
            raise self.conversation.end._again()
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def answer(result: Any, error: Optional[FleetError]) -> None:
            if future.done():
                if error is None:
                    discard(result)
            elif error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)

        number, line = self.conversation.request(method, params, authenticated, convert, answer)
        self.tell(line)
        try:
            return await future
        except asyncio.CancelledError:
            if future.cancelled():
                self.tell(self.conversation.cancel(number))
            elif future.exception() is None:
                # It came in the very moment of the cancellation.
                discard(future.result())
            raise

    def tell(self, line: bytes) -> None:
        """Sends a line, unless the connection has ended."""
        if line and self._transport is not None and self.conversation.end is None:
            self._transport.write(line)

    async def close(self, error: FleetError) -> None:
        self.conversation.finish(error)
        if self._transport is not None:
            self._transport.close()
            await self._gone.wait()

    # What the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.conversation.received(data)
        if self.conversation.end is not None and self._transport is not None:
            self._transport.close()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def connection_lost(self, exc: Optional[Exception]) -> None:
        if exc is not None:
            # A write has failed. What the daemon said before it hung up is still there to be read, and may say why.
            try:
                while self.conversation.end is None:
                    data = self._socket.recv(1 << 16)
                    if not data:
                        break
                    self.conversation.received(data)
            except OSError:
                pass
        self.conversation.finish(_connection_lost())
        self._writable.set()
        self._gone.set()


class AsyncSubscription:
    """The changes of the fleet, the snapshot first: an asynchronous iterator.

    The same as `Subscription`; close it with `aclose()`, or use it in an `async with` statement.
    """

    def __init__(self, client: AsyncFleetClient, params: Mapping[str, Any]) -> None:
        self._client = client
        self._params = params
        self._connection: Optional[_AsyncConnection] = None
        self._feed: Optional[_Feed] = None
        self._is_over = False

    def __aiter__(self) -> AsyncIterator[Change]:
        return self

    async def __anext__(self) -> Change:
        if self._is_over:
            raise StopAsyncIteration
        try:
            if self._feed is None:
                connection, feed = await self._client._subscribed(self._params)
                self._connection, self._feed = connection, feed
            return await self._next(self._feed)
        except FleetError:
            self._is_over = True
            raise

    @staticmethod
    async def _next(feed: _Feed) -> Change:
        while True:
            change = feed.take()
            if change is not None:
                return change
            if feed.end is not None:
                raise feed.end
            news = asyncio.Event()
            feed.wake = news.set
            await news.wait()

    async def aclose(self) -> None:
        """Ends the subscription; the connection stays. Who waits for a change is told."""
        self._is_over = True
        if self._feed is not None and self._connection is not None:
            self._connection.tell(self._connection.conversation.close_feed(self._feed))
            self._feed = None

    async def __aenter__(self) -> AsyncSubscription:
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        await self.aclose()


class AsyncFleetClient:
    """A client for asyncio: any number of calls run at a time on one connection and are answered as they finish.

    It connects when the first call needs it, and anew after the connection was lost; a call that was under way is not
    repeated by itself. Cancelling a task that waits for a call gives the call up at once and tells the daemon so. One
    client belongs to one event loop. The arguments are those of `FleetClient`.
    """

    def __init__(
        self, socket_path: Optional[str] = None, token: Optional[str] = None, timeout: Optional[float] = 30.0
    ) -> None:
        self.socket_path = default_socket_path() if socket_path is None else socket_path
        self.timeout = timeout
        self._token = _token_of(token)
        self._connection: Optional[_AsyncConnection] = None
        self._connecting: Optional[asyncio.Lock] = None
        self._is_closed = False

    def __repr__(self) -> str:
        return f"AsyncFleetClient({self.socket_path!r})"

    async def __aenter__(self) -> AsyncFleetClient:
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], traceback: Optional[TracebackType]
    ) -> None:
        await self.aclose()

    async def summary(self, account_ids: Optional[Iterable[str]] = None) -> Summary:
        """The accounts as the key may see them; ids that it may not see, or that do not exist, are left out."""
        result: Summary = await self.call("fleet.summary", _account_params(account_ids))
        return result

    async def refresh(
        self, account_ids: Optional[Iterable[str]] = None, timeout_ms: Optional[int] = None
    ) -> RefreshResult:
        """Has the daemon ask for the usage anew and tells what became of each account.

        The refresh belongs to the daemon: it goes on when the wait for it ends.
        """
        result: RefreshResult = await self.call("fleet.refresh", _refresh_params(account_ids, timeout_ms))
        return result

    def subscribe(self, account_ids: Optional[Iterable[str]] = None) -> AsyncSubscription:
        """The changes from now on, a snapshot first."""
        return AsyncSubscription(self, _account_params(account_ids))

    async def stats(self) -> Dict[str, Any]:
        """Counts of what the daemon does, without account data."""
        result: Dict[str, Any] = await self.call("daemon.stats")
        return result

    async def health(self) -> Health:
        """Whether the daemon answers, and what it is. Needs no token."""
        result: Health = await self.call("daemon.health", authenticated=False)
        return result

    async def discover(self) -> Dict[str, Any]:
        """The OpenRPC document that describes the protocol. Needs no token."""
        result: Dict[str, Any] = await self.call("rpc.discover", authenticated=False)
        return result

    async def call(self, method: str, params: Optional[Mapping[str, Any]] = None, *, authenticated: bool = True) -> Any:
        """Makes any call. `params` are without the token, which is added when `authenticated`."""
        connection = await self._connected()
        params = params or {}
        call = connection.call(method, params, authenticated)
        return await self._answer(call, _time_limit(self.timeout, method, params))

    async def aclose(self) -> None:
        """Closes the connection, with all calls and subscriptions on it, and ends the client."""
        self._is_closed = True
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close(FleetError("closed", "the client is closed"))

    async def _subscribed(self, params: Mapping[str, Any]) -> Tuple[_AsyncConnection, _Feed]:
        connection = await self._connected()
        conversation = connection.conversation
        call = connection.call(
            "fleet.subscribe",
            params,
            True,
            convert=conversation.open_feed,
            discard=lambda unwanted: connection.tell(conversation.close_feed(unwanted)),
        )
        feed: _Feed = await self._answer(call, self.timeout)
        return connection, feed

    @staticmethod
    async def _answer(call: Coroutine[Any, Any, Any], timeout: Optional[float]) -> Any:
        try:
            return await asyncio.wait_for(call, timeout)
        except asyncio.TimeoutError:
            raise _timed_out() from None

    async def _connected(self) -> _AsyncConnection:
        if self._connecting is None:
            self._connecting = asyncio.Lock()
        async with self._connecting:
            if self._is_closed:
                raise FleetError("closed", "the client is closed")
            if self._connection is not None and self._connection.conversation.end is None:
                return self._connection
            connected = _connected_socket(self.socket_path)
            connection = _AsyncConnection(connected, self._token)
            try:
                await asyncio.get_running_loop().create_unix_connection(lambda: connection, sock=connected)
            except BaseException:
                connected.close()
                raise
            self._connection = connection
            return connection


# The command line

_FAILED, _USAGE, _UNREACHABLE, _UNAUTHORIZED, _PARTLY_FAILED = 1, 2, 3, 4, 5

_STATUS_BY_WORD = {
    "not_running": _UNREACHABLE,
    "permission_denied": _UNREACHABLE,
    "unreachable": _UNREACHABLE,
    "timeout": _UNREACHABLE,
    "bad_token": _UNAUTHORIZED,
    "missing_api_key": _UNAUTHORIZED,
    "invalid_api_key": _UNAUTHORIZED,
    "api_key_expired": _UNAUTHORIZED,
    "unauthorized": _UNAUTHORIZED,
}

_CURES = {
    "timeout": "look at its log and start it anew if it hangs, or give it more time with --timeout",
    "missing_api_key": 'put an API key in CODEX_FLEET_TOKEN (make one with "codex-fleetd key create NAME")',
    "invalid_api_key": 'make a new one with "codex-fleetd key create NAME" and put it in CODEX_FLEET_TOKEN',
    "api_key_expired": 'make a new one with "codex-fleetd key create NAME" and put it in CODEX_FLEET_TOKEN',
}


def _print_line(value: Any) -> None:
    # In ASCII: text from the daemon must not steer the terminal.
    print(json.dumps(value, separators=(",", ":")), flush=True)


def _complain(error: FleetError) -> None:
    cure = _CURES.get(error.data_code, "try again in a moment" if error.retryable else "")
    print(f"codex_fleet.py: {_printable(str(error))}{'; ' if cure else ''}{cure}", file=sys.stderr)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 86_400:
        raise ValueError("a day at most")
    return seconds


def _run(options: argparse.Namespace) -> int:
    accounts = options.accounts or None
    with FleetClient(options.socket, timeout=options.timeout) as fleet:
        if options.command == "summary":
            _print_line(fleet.summary(accounts))
        elif options.command == "refresh":
            result = fleet.refresh(accounts, options.timeout_ms)
            _print_line(result)
            if any(outcome["outcome"] in ("coolingDown", "failed", "rejected") for outcome in result["outcomes"]):
                return _PARTLY_FAILED
        elif options.command == "watch":
            for change in fleet.subscribe(accounts):
                _print_line(change)
        else:
            _print_line(fleet.health())
    return 0


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the command line and returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="codex_fleet.py",
        description="Asks codex-fleetd and prints one line of JSON per result, or per change with watch.",
        epilog="The API key is taken from CODEX_FLEET_TOKEN, else from the systemd credential 'token'. Exit status: 0 "
        "ok, 1 the call failed, 2 usage, 3 the daemon cannot be reached, 4 not authorised, 5 some accounts failed to "
        "refresh.",
    )
    parser.add_argument("--socket", metavar="PATH", help="the daemon's socket (default: CODEX_FLEET_SOCKET, or found)")
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=30.0,
        metavar="SECONDS",
        help="how long an answer may take (default: 30); that of a refresh 600 more, or what --timeout-ms says",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("summary", "what is left on the accounts"),
        ("refresh", "have the daemon ask anew"),
        ("watch", "a snapshot, then every change, until interrupted"),
        ("health", "whether the daemon answers"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        if name == "refresh":
            command.add_argument("--timeout-ms", type=int, metavar="N", help="wait no longer than this")
        if name != "health":
            command.add_argument("accounts", nargs="*", metavar="ACCOUNT", help="narrows to these account ids")
    parser.set_defaults(accounts=[])
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except FleetError as error:
        _complain(error)
        return _STATUS_BY_WORD.get(error.data_code, _FAILED)
    except ValueError as error:
        print(f"codex_fleet.py: {_printable(str(error))}", file=sys.stderr)
        return _USAGE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone. Python would complain about it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED


if __name__ == "__main__":
    sys.exit(main())
