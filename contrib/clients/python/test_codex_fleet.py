"""Tests of the clients against a little daemon that does as each test says: `python3 -B -m unittest` in this folder."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from typing import Any, Callable, Dict, List, Optional
from unittest import mock

import codex_fleet
from codex_fleet import AsyncFleetClient, FleetClient, FleetError

PATIENCE = 20.0
TOKEN = "sk-fleet-do-not-show-me"
AT = "2026-01-02T03:04:05Z"


def account(name: str, status: str = "active") -> Dict[str, Any]:
    window = {"remainingPercent": None, "resetAt": None, "windowMinutes": None}
    texts = {"accountId": name, "displayName": name, "email": "me@example.com", "status": status, "planType": "plus"}
    windows = {"primary": window, "secondary": window, "monthly": window}
    return {**texts, **windows, "lastRefreshAt": None, "usageRefreshedAt": None}


class Peer:
    """The daemon's end of one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.lines = connection.makefile("rb")

    def read(self) -> Dict[str, Any]:
        message = json.loads(self.lines.readline())
        assert isinstance(message, dict) and message["jsonrpc"] == "2.0", message
        return message

    def has_gone(self) -> bool:
        return self.lines.readline() == b""

    def send(self, *messages: Any) -> None:
        text = "".join(json.dumps(message) + "\n" for message in messages)
        self.connection.sendall(text.encode())

    def answer(self, call: Dict[str, Any], result: Any) -> None:
        self.send({"jsonrpc": "2.0", "id": call["id"], "result": result})

    def refuse(self, number: Optional[int], code: int, word: str, message: str, **data: Any) -> None:
        error = {"code": code, "message": message, "data": {"code": word, "retryable": word == "overloaded", **data}}
        self.send({"jsonrpc": "2.0", "id": number, "error": error})

    def notify(self, **params: Any) -> None:
        self.send({"jsonrpc": "2.0", "method": "fleet.changed", "params": params})

    def snapshot(self, *accounts: Dict[str, Any]) -> Dict[str, Any]:
        """Takes a subscription, answers it with a snapshot, and returns the call."""
        call = self.read()
        assert call["method"] == "fleet.subscribe", call
        self.answer(call, {"subscription": "s-1", "accounts": list(accounts), "generatedAt": AT})
        return call


class FakeDaemon:
    """Listens at a socket and runs one script per connection, in the order in which they come."""

    def __init__(self, *scripts: Callable[[Peer], None]) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "fleet.sock")
        self.errors: List[BaseException] = []
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        self.listener.listen()
        self.listener.settimeout(PATIENCE)
        self.thread = threading.Thread(target=self.run, args=(scripts,), daemon=True)

    def run(self, scripts: Any) -> None:
        try:
            for script in scripts:
                connection, _ = self.listener.accept()
                connection.settimeout(PATIENCE)
                peer = Peer(connection)
                with connection, peer.lines:
                    script(peer)
        except BaseException as error:
            self.errors.append(error)
        finally:
            # Whoever connects once more is refused rather than left waiting.
            self.listener.close()

    def __enter__(self) -> FakeDaemon:
        self.thread.start()
        return self

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        self.thread.join(PATIENCE)
        self.folder.cleanup()
        if self.errors and error is None:
            raise self.errors[0]


class FramingTests(unittest.TestCase):
    def test_lines_are_cut_whatever_pieces_they_arrive_in(self) -> None:
        stream = "one\r\n\n\r\nzwei ü\nthree\n".encode()
        for size in range(1, len(stream) + 1):
            lines = codex_fleet._Lines()
            pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
            found = [line.strip() for piece in pieces for line in lines.cut(piece)]
            self.assertEqual(found, [b"one", "zwei ü".encode(), b"three"])

    def test_an_answer_of_many_megabytes_is_read(self) -> None:
        long = "x" * (5 << 20)

        def script(peer: Peer) -> None:
            peer.answer(peer.read(), {"long": long})

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            self.assertEqual(client.call("any")["long"], long)

    def test_a_long_call_and_a_daemon_that_writes_first_do_not_wait_for_each_other(self) -> None:
        accounts = [account(f"{number}-{'x' * 500}") for number in range(2_000)]

        def script(peer: Peer) -> None:
            peer.snapshot()
            # Much more than a socket takes, before anything is read.
            peer.notify(subscription="s-1", accounts=accounts, removed=[], generatedAt=AT)
            peer.answer(peer.read(), {"accounts": [], "generatedAt": AT})

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            changes = client.subscribe()
            next(changes)
            client.summary("y" * 500 + str(number) for number in range(2_000))
            self.assertEqual(len(next(changes)["accounts"]), 2_000)

    def test_unknown_notifications_and_unknown_members_are_ignored(self) -> None:
        def script(peer: Peer) -> None:
            call = peer.read()
            peer.send({"jsonrpc": "2.0", "method": "fleet.news", "params": [1]})
            peer.notify(subscription="never heard of", accounts=[], removed=[], generatedAt=AT)
            peer.send({"jsonrpc": "2.0", "id": call["id"], "result": {"status": "ok", "mood": "good"}, "trace": 7})

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            self.assertEqual(client.health()["status"], "ok")

    def test_what_is_no_answer_ends_the_connection(self) -> None:
        nonsense: List[bytes] = [
            b"hello\n",
            b"[1]\n",
            b"5\n",
            b'{"jsonrpc":"1.0","id":1,"result":1}\n',
            b'{"jsonrpc":"2.0","id":2,"result":1}\n',
            b'{"jsonrpc":"2.0","id":"1","result":1}\n',
            b'{"jsonrpc":"2.0","id":true,"result":1}\n',
            b'{"jsonrpc":"2.0","id":null,"result":1}\n',
            b'{"jsonrpc":"2.0","id":1}\n',
            b'{"jsonrpc":"2.0","id":1,"error":5}\n',
            b'{"jsonrpc":"2.0","id":1,"result":"\xff"}\n',
            b"[" * 100_000 + b"\n",
        ]
        for line in nonsense:

            def script(peer: Peer, line: bytes = line) -> None:
                peer.read()
                peer.connection.sendall(line)
                self.assertTrue(peer.has_gone())

            with self.subTest(line=line[:40]), FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
                with self.assertRaises(FleetError) as caught:
                    client.health()
                self.assertEqual(caught.exception.data_code, "protocol_violation")

    def test_a_snapshot_without_its_members_is_a_violation_and_not_a_crash(self) -> None:
        def script(peer: Peer) -> None:
            peer.answer(peer.read(), {"subscription": "s-1"})

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            with self.assertRaises(FleetError) as caught:
                next(client.subscribe())
            self.assertEqual(caught.exception.data_code, "protocol_violation")


class CallTests(unittest.TestCase):
    def test_each_method_sends_its_params_and_the_token_where_one_is_needed(self) -> None:
        calls: List[Dict[str, Any]] = []

        def script(peer: Peer) -> None:
            for _ in range(6):
                calls.append(peer.read())
                peer.answer(calls[-1], {})

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            client.summary()
            client.summary(["a", "ü\n"])
            client.refresh(["a"], timeout_ms=5)
            client.stats()
            client.health()
            client.discover()
        token = {"token": TOKEN}
        self.assertEqual(
            [(call["method"], call["params"]) for call in calls],
            [
                ("fleet.summary", token),
                ("fleet.summary", {"accountIds": ["a", "ü\n"], **token}),
                ("fleet.refresh", {"accountIds": ["a"], "timeoutMs": 5, **token}),
                ("daemon.stats", token),
                ("daemon.health", {}),
                ("rpc.discover", {}),
            ],
        )
        self.assertEqual(len({call["id"] for call in calls}), 6)

    def test_one_string_is_not_taken_for_several_ids(self) -> None:
        with self.assertRaises(TypeError):
            FleetClient("/nowhere", TOKEN).summary("acc-1")

    def test_text_that_is_not_unicode_is_refused_without_the_line(self) -> None:
        def script(peer: Peer) -> None:
            self.assertTrue(peer.has_gone())

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            with self.assertRaises(ValueError) as caught:
                client.summary(["\ud800"])
            self.assertIsNone(caught.exception.__context__)

    def test_a_late_answer_is_not_taken_for_the_next_one(self) -> None:
        def script(peer: Peer) -> None:
            first = peer.read()
            cancellation = peer.read()
            self.assertEqual(cancellation["method"], "$/cancelRequest")
            self.assertEqual(cancellation["params"], {"id": first["id"]})
            self.assertNotIn("id", cancellation)
            second = peer.read()
            peer.refuse(first["id"], -32800, "request_cancelled", "Request cancelled")
            peer.answer(second, {"status": "ok"})

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN, timeout=0) as client:
            with self.assertRaises(FleetError) as caught:
                client.summary()
            self.assertEqual(caught.exception.data_code, "timeout")
            client.timeout = None
            self.assertEqual(client.health()["status"], "ok")

    def test_a_daemon_is_not_waited_for_for_ever_and_for_a_refresh_longer(self) -> None:
        self.assertEqual(FleetClient("/nowhere", TOKEN).timeout, 30)
        self.assertEqual(AsyncFleetClient("/nowhere", TOKEN).timeout, 30)
        limit = codex_fleet._time_limit
        self.assertEqual(limit(30, "fleet.summary", {}), 30)
        self.assertEqual(limit(30, "fleet.refresh", {}), 630)
        self.assertEqual(limit(30, "fleet.refresh", {"timeoutMs": 5_000}), 35)
        self.assertIsNone(limit(None, "fleet.refresh", {}))

    def test_a_connection_that_ended_between_two_calls_is_made_anew(self) -> None:
        closed = threading.Event()

        def first(peer: Peer) -> None:
            peer.answer(peer.read(), {"version": "1"})
            peer.connection.shutdown(socket.SHUT_RDWR)
            closed.set()

        def second(peer: Peer) -> None:
            peer.answer(peer.read(), {"version": "2"})

        with FakeDaemon(first, second) as daemon, FleetClient(daemon.path, TOKEN) as client:
            self.assertEqual(client.health()["version"], "1")
            self.assertTrue(closed.wait(PATIENCE))
            self.assertEqual(client.health()["version"], "2")


class ErrorTests(unittest.TestCase):
    def test_an_error_answer_has_its_parts(self) -> None:
        def script(peer: Peer) -> None:
            peer.refuse(peer.read()["id"], -32602, "invalid_params", "Invalid params", param="timeoutMs")
            peer.refuse(peer.read()["id"], -32003, "overloaded", "Too many")

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            with self.assertRaises(FleetError) as caught:
                client.refresh(timeout_ms=0)
            error = caught.exception
            self.assertEqual((error.code, error.data_code, error.retryable), (-32602, "invalid_params", False))
            self.assertEqual((error.message, error.data["param"]), ("Invalid params", "timeoutMs"))
            with self.assertRaises(FleetError) as caught:
                client.refresh()
            self.assertTrue(caught.exception.retryable)

    def test_an_error_without_data_is_still_an_error(self) -> None:
        def script(peer: Peer) -> None:
            peer.send({"jsonrpc": "2.0", "id": peer.read()["id"], "error": {"code": -1, "message": "no"}})

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            with self.assertRaises(FleetError) as caught:
                client.summary()
            self.assertEqual((caught.exception.data_code, caught.exception.retryable), ("", False))

    def test_a_refused_connection_says_why_even_if_nothing_could_be_sent(self) -> None:
        def script(peer: Peer) -> None:
            peer.refuse(None, -32003, "overloaded", "Too many connections")

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            with self.assertRaises(FleetError) as caught:
                client.summary()
            self.assertEqual((caught.exception.data_code, caught.exception.retryable), ("overloaded", True))

    def test_a_daemon_that_hangs_up_is_a_lost_connection(self) -> None:
        def script(peer: Peer) -> None:
            peer.read()

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            with self.assertRaises(FleetError) as caught:
                client.summary()
            self.assertEqual(caught.exception.data_code, "connection_lost")
            self.assertIsNone(caught.exception.code)

    def test_a_closed_client_makes_no_call(self) -> None:
        client = FleetClient("/nowhere", TOKEN)
        client.close()
        with self.assertRaises(FleetError) as caught:
            client.health()
        self.assertEqual(caught.exception.data_code, "closed")


class ConnectingTests(unittest.TestCase):
    def failure(self, path: str) -> FleetError:
        async def asynchronously() -> None:
            async with AsyncFleetClient(path, TOKEN) as client:
                await client.health()

        with self.assertRaises(FleetError) as caught:
            FleetClient(path, TOKEN).health()
        with self.assertRaises(FleetError) as caught_too:
            asyncio.run(asynchronously())
        self.assertEqual(str(caught.exception), str(caught_too.exception))
        return caught.exception

    def test_no_socket_means_that_no_daemon_runs(self) -> None:
        error = self.failure("/nowhere/fleet.sock")
        self.assertEqual(error.data_code, "not_running")
        self.assertIn("codex-fleetd", error.message)

    def test_a_socket_that_a_dead_daemon_left_means_the_same(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "fleet.sock")
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(path)
            self.assertEqual(self.failure(path).data_code, "not_running")

    def test_no_permission_is_told_as_such(self) -> None:
        refusal = PermissionError(13, "Permission denied")
        with mock.patch.object(socket.socket, "connect", side_effect=refusal):
            self.assertEqual(self.failure("/some/fleet.sock").data_code, "permission_denied")

    def test_a_daemon_with_a_full_queue_may_be_tried_again(self) -> None:
        with mock.patch.object(socket.socket, "connect", side_effect=BlockingIOError(11, "again")):
            error = self.failure("/some/fleet.sock")
        self.assertEqual((error.data_code, error.retryable), ("unreachable", True))

    def test_a_path_that_cannot_be_a_socket_is_refused(self) -> None:
        for path in ("", "x" * 108, "a\0b"):
            self.assertEqual(self.failure(path).data_code, "unreachable")

    def test_the_socket_is_looked_for_where_the_daemon_makes_it(self) -> None:
        find = codex_fleet.default_socket_path
        with tempfile.TemporaryDirectory() as folder:
            there = os.path.join(folder, "codex-fleet", "fleet.sock")
            os.mkdir(os.path.dirname(there))
            self.assertEqual(find({"CODEX_FLEET_SOCKET": "/named", "XDG_RUNTIME_DIR": folder}), "/named")
            self.assertEqual(find({"RUNTIME_DIRECTORY": ":/nowhere/a:/nowhere/b"}), "/nowhere/a/fleet.sock")
            self.assertEqual(find({"XDG_RUNTIME_DIR": "/nowhere"}), "/nowhere/codex-fleet/fleet.sock")
            pathlib.Path(there).touch()
            self.assertEqual(find({"RUNTIME_DIRECTORY": "/nowhere", "XDG_RUNTIME_DIR": folder}), there)


class TokenTests(unittest.TestCase):
    def test_the_token_is_in_no_representation(self) -> None:
        for client in (FleetClient("/nowhere", TOKEN), AsyncFleetClient("/nowhere", TOKEN)):
            for text in (repr(client), str(client), repr(vars(client)), repr(client.subscribe())):
                self.assertNotIn(TOKEN, text)

    def test_an_error_that_quotes_the_token_does_not_show_it(self) -> None:
        def script(peer: Peer) -> None:
            number = peer.read()["id"]
            peer.refuse(number, -32602, "invalid_params", f"what is {TOKEN}?", param=TOKEN, more=[{TOKEN: TOKEN}])

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            with self.assertRaises(FleetError) as caught:
                client.summary()
            for text in (repr(caught.exception), str(caught.exception), repr(caught.exception.data)):
                self.assertNotIn(TOKEN, text)
            self.assertEqual(caught.exception.message, "what is <token>?")

    def test_the_token_comes_from_the_environment_or_from_systemd(self) -> None:
        self.assertEqual(codex_fleet.default_token({"CODEX_FLEET_TOKEN": f" {TOKEN}\n"}), TOKEN)
        self.assertIsNone(codex_fleet.default_token({"CODEX_FLEET_TOKEN": ""}))
        with tempfile.TemporaryDirectory() as folder:
            self.assertIsNone(codex_fleet.default_token({"CREDENTIALS_DIRECTORY": folder}))
            pathlib.Path(folder, "token").write_text(TOKEN + "\n")
            self.assertEqual(codex_fleet.default_token({"CREDENTIALS_DIRECTORY": folder}), TOKEN)
            variables = {"CREDENTIALS_DIRECTORY": folder, "CODEX_FLEET_TOKEN": "sk-other"}
            self.assertEqual(codex_fleet.default_token(variables), "sk-other")

    def test_what_cannot_be_a_token_is_refused_and_not_shown(self) -> None:
        for text in (" ", "sk two", "sk\ntwo", "sk\x1b[2J", "sk\udcff"):
            with self.assertRaises(FleetError) as caught:
                FleetClient("/nowhere", text)
            self.assertEqual(caught.exception.data_code, "bad_token")
            self.assertNotIn("sk", str(caught.exception))


class SubscriptionTests(unittest.TestCase):
    def test_the_snapshot_comes_first_and_changes_follow(self) -> None:
        def script(peer: Peer) -> None:
            call = peer.snapshot(account("a"), account("b"))
            self.assertEqual(call["params"], {"accountIds": ["a", "b"], "token": TOKEN})
            peer.notify(subscription="s-1", accounts=[account("a", "paused")], removed=["b"], generatedAt="later")
            end = peer.read()
            self.assertEqual(end["method"], "fleet.unsubscribe")
            self.assertEqual(end["params"], {"subscription": "s-1", "token": TOKEN})
            self.assertNotIn("id", end)

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            with client.subscribe(["a", "b"]) as changes:
                first, second = next(changes), next(changes)
        self.assertEqual([entry["accountId"] for entry in first["accounts"]], ["a", "b"])
        self.assertEqual((first["removed"], first["subscription"], first["generatedAt"]), ([], "s-1", AT))
        self.assertEqual([entry["status"] for entry in second["accounts"]], ["paused"])
        self.assertEqual((second["removed"], second["generatedAt"]), (["b"], "later"))

    def test_changes_that_come_during_a_call_are_told_later_as_one(self) -> None:
        def script(peer: Peer) -> None:
            peer.snapshot(account("a"), account("b"), account("c"))
            call = peer.read()
            for status in ("paused", "active", "deactivated"):
                peer.notify(subscription="s-1", accounts=[account("a", status)], removed=["b"], generatedAt=status)
            peer.notify(subscription="s-1", accounts=[account("b")], removed=["c"], generatedAt="last")
            peer.answer(call, {"status": "ok"})
            peer.read()

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            with client.subscribe() as changes:
                next(changes)
                client.health()
                change = next(changes)
        found = {entry["accountId"]: entry["status"] for entry in change["accounts"]}
        self.assertEqual(found, {"a": "deactivated", "b": "active"})
        self.assertEqual((change["removed"], change["generatedAt"]), (["c"], "last"))

    def test_a_closed_subscription_tells_its_last_change_and_then_why(self) -> None:
        def script(peer: Peer) -> None:
            peer.snapshot()
            peer.notify(subscription="s-1", accounts=[account("a")], removed=[], generatedAt=AT)
            peer.notify(subscription="s-1", closed="unauthorized")
            self.assertTrue(peer.has_gone())

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            with client.subscribe() as changes:
                next(changes)
                self.assertEqual(len(next(changes)["accounts"]), 1)
                with self.assertRaises(FleetError) as caught:
                    next(changes)
                self.assertEqual((caught.exception.data_code, caught.exception.retryable), ("unauthorized", False))
                self.assertEqual(list(changes), [])

    def test_a_lost_connection_ends_the_subscription_with_an_error(self) -> None:
        def script(peer: Peer) -> None:
            peer.snapshot()

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            changes = client.subscribe()
            next(changes)
            with self.assertRaises(FleetError) as caught:
                next(changes)
            self.assertEqual(caught.exception.data_code, "connection_lost")

    def test_a_refused_subscription_is_an_error_of_the_first_step(self) -> None:
        def script(peer: Peer) -> None:
            peer.refuse(peer.read()["id"], -32003, "overloaded", "Too many subscriptions")

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN) as client:
            changes = client.subscribe()
            with self.assertRaises(FleetError) as caught:
                next(changes)
            self.assertEqual(caught.exception.data_code, "overloaded")
            self.assertEqual(list(changes), [])

    def test_a_subscription_that_opens_too_late_is_closed(self) -> None:
        def script(peer: Peer) -> None:
            call = peer.read()
            self.assertEqual(peer.read()["method"], "$/cancelRequest")
            other = peer.read()
            peer.answer(call, {"subscription": "s-9", "accounts": [], "generatedAt": AT})
            end = peer.read()
            self.assertEqual((end["method"], end["params"]["subscription"]), ("fleet.unsubscribe", "s-9"))
            peer.answer(other, {"status": "ok"})

        with FakeDaemon(script) as daemon, FleetClient(daemon.path, TOKEN, timeout=0) as client:
            with self.assertRaises(FleetError):
                next(client.subscribe())
            client.timeout = None
            client.health()


class AsyncTests(unittest.IsolatedAsyncioTestCase):
    async def has_happened(self, event: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        self.assertTrue(await loop.run_in_executor(None, event.wait, PATIENCE))

    async def test_calls_run_side_by_side_and_are_matched_by_id(self) -> None:
        def script(peer: Peer) -> None:
            # No call is answered before all have come.
            calls = [peer.read() for _ in range(100)]
            for call in reversed(calls):
                peer.answer(call, call["params"]["accountIds"])

        with FakeDaemon(script) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN) as client:
                names = [[str(number)] for number in range(100)]
                answers = await asyncio.gather(*(client.summary(name) for name in names))
        self.assertEqual(answers, names)

    async def test_an_error_concerns_its_own_call_only(self) -> None:
        def script(peer: Peer) -> None:
            first, second = peer.read(), peer.read()
            peer.refuse(first["id"], -32003, "overloaded", "Too many")
            peer.answer(second, {"status": "ok"})

        with FakeDaemon(script) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN) as client:
                answers = await asyncio.gather(client.refresh(), client.health(), return_exceptions=True)
        self.assertIsInstance(answers[0], FleetError)
        self.assertEqual(answers[1], {"status": "ok"})

    async def test_cancelling_returns_at_once_and_tells_the_daemon(self) -> None:
        arrived = threading.Event()

        def script(peer: Peer) -> None:
            call = peer.read()
            arrived.set()
            cancellation = peer.read()
            self.assertEqual(cancellation["method"], "$/cancelRequest")
            self.assertEqual(cancellation["params"], {"id": call["id"]})
            self.assertNotIn("id", cancellation)
            peer.refuse(call["id"], -32800, "request_cancelled", "Request cancelled")
            peer.answer(peer.read(), {"status": "ok"})

        with FakeDaemon(script) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN) as client:
                task = asyncio.ensure_future(client.refresh())
                await self.has_happened(arrived)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                self.assertEqual((await client.health())["status"], "ok")

    async def test_a_daemon_that_does_not_answer_is_given_up_and_told(self) -> None:
        def script(peer: Peer) -> None:
            for method in ("daemon.health", "fleet.subscribe"):
                self.assertEqual(peer.read()["method"], method)
                self.assertEqual(peer.read()["method"], "$/cancelRequest")

        with FakeDaemon(script) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN, timeout=0.01) as client:
                with self.assertRaises(FleetError) as caught:
                    await client.health()
                self.assertEqual(caught.exception.data_code, "timeout")
                with self.assertRaises(FleetError) as caught:
                    async for _ in client.subscribe():
                        pass
                self.assertEqual(caught.exception.data_code, "timeout")

    async def test_cancelling_an_answered_call_tells_nobody(self) -> None:
        def script(peer: Peer) -> None:
            peer.answer(peer.read(), {"status": "ok"})
            self.assertTrue(peer.has_gone())

        with FakeDaemon(script) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN) as client:
                task = asyncio.ensure_future(client.health())
                await task
                task.cancel()

    async def test_a_cancelled_subscription_that_opens_all_the_same_is_closed(self) -> None:
        arrived = threading.Event()

        def script(peer: Peer) -> None:
            call = peer.read()
            arrived.set()
            self.assertEqual(peer.read()["method"], "$/cancelRequest")
            other = peer.read()
            peer.answer(call, {"subscription": "s-9", "accounts": [], "generatedAt": AT})
            end = peer.read()
            self.assertEqual((end["method"], end["params"]["subscription"]), ("fleet.unsubscribe", "s-9"))
            peer.answer(other, {"status": "ok"})

        with FakeDaemon(script) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN) as client:
                task = asyncio.ensure_future(client.subscribe().__anext__())
                await self.has_happened(arrived)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                await client.health()

    async def test_a_subscription_yields_the_snapshot_changes_and_its_end(self) -> None:
        def script(peer: Peer) -> None:
            peer.snapshot(account("a"))
            peer.notify(subscription="s-1", accounts=[], removed=["a"], generatedAt="later")
            # The change has been taken when this call comes.
            peer.answer(peer.read(), {"status": "ok"})
            peer.notify(subscription="s-1", closed="unauthorized")
            self.assertTrue(peer.has_gone())

        seen: List[str] = []
        with FakeDaemon(script) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN) as client:
                with self.assertRaises(FleetError) as caught:
                    async with client.subscribe() as changes:
                        async for change in changes:
                            seen.extend(["+" + entry["accountId"] for entry in change["accounts"]])
                            seen.extend(["-" + name for name in change["removed"]])
                            if change["removed"]:
                                await client.health()
        self.assertEqual(caught.exception.data_code, "unauthorized")
        self.assertEqual(seen, ["+a", "-a"])

    async def test_a_consumer_that_takes_its_time_gets_one_state_and_no_queue(self) -> None:
        def script(peer: Peer) -> None:
            peer.snapshot(account("a"))
            call = peer.read()
            for number in range(1_000):
                peer.notify(subscription="s-1", accounts=[account("a", str(number))], removed=[], generatedAt=AT)
            peer.answer(call, {"status": "ok"})
            self.assertTrue(peer.has_gone())

        with FakeDaemon(script) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN) as client:
                changes = client.subscribe()
                await changes.__anext__()
                await client.health()
                self.assertEqual((await changes.__anext__())["accounts"][0]["status"], "999")

    async def test_closing_a_subscription_tells_who_waits_for_a_change(self) -> None:
        subscribed = threading.Event()

        def script(peer: Peer) -> None:
            peer.snapshot()
            subscribed.set()
            self.assertEqual(peer.read()["method"], "fleet.unsubscribe")

        with FakeDaemon(script) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN) as client:
                changes = client.subscribe()
                await changes.__anext__()
                waiting = asyncio.ensure_future(changes.__anext__())
                await asyncio.sleep(0)
                await changes.aclose()
                with self.assertRaises(FleetError):
                    await waiting

    async def test_a_lost_connection_fails_all_that_wait_and_the_next_call_connects_anew(self) -> None:
        def first(peer: Peer) -> None:
            for _ in range(3):
                peer.read()

        def second(peer: Peer) -> None:
            peer.answer(peer.read(), {"status": "ok"})

        with FakeDaemon(first, second) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN) as client:
                calls = (client.summary(), client.refresh(), client.stats())
                for answer in await asyncio.gather(*calls, return_exceptions=True):
                    self.assertIsInstance(answer, FleetError)
                    self.assertEqual(getattr(answer, "data_code"), "connection_lost")
                self.assertEqual((await client.health())["status"], "ok")

    async def test_a_refused_connection_says_why_even_if_nothing_could_be_sent(self) -> None:
        def script(peer: Peer) -> None:
            peer.refuse(None, -32003, "overloaded", "Too many connections")

        for _ in range(20):
            with FakeDaemon(script) as daemon:
                async with AsyncFleetClient(daemon.path, TOKEN) as client:
                    with self.assertRaises(FleetError) as caught:
                        await client.summary()
                    self.assertEqual(caught.exception.data_code, "overloaded")

    async def test_an_answer_of_many_megabytes_is_read(self) -> None:
        long = "x" * (5 << 20)
        with FakeDaemon(lambda peer: peer.answer(peer.read(), long)) as daemon:
            async with AsyncFleetClient(daemon.path, TOKEN) as client:
                self.assertEqual(await client.call("any"), long)

    async def test_closing_the_client_fails_what_waits(self) -> None:
        arrived = threading.Event()

        def script(peer: Peer) -> None:
            peer.read()
            arrived.set()
            self.assertTrue(peer.has_gone())

        with FakeDaemon(script) as daemon:
            client = AsyncFleetClient(daemon.path, TOKEN)
            call = asyncio.ensure_future(client.refresh())
            await self.has_happened(arrived)
            await client.aclose()
            with self.assertRaises(FleetError) as caught:
                await call
            self.assertEqual(caught.exception.data_code, "closed")


class CommandLineTests(unittest.TestCase):
    def run_main(self, daemon: FakeDaemon, *arguments: str) -> Any:
        output, errors = io.StringIO(), io.StringIO()
        variables = {"CODEX_FLEET_SOCKET": daemon.path, "CODEX_FLEET_TOKEN": TOKEN}
        with mock.patch.dict(os.environ, variables), contextlib.redirect_stdout(output):
            with contextlib.redirect_stderr(errors):
                status = codex_fleet.main(list(arguments))
        self.assertNotIn(TOKEN, output.getvalue() + errors.getvalue())
        return status, [json.loads(line) for line in output.getvalue().splitlines()], errors.getvalue()

    def test_a_summary_is_one_line(self) -> None:
        def script(peer: Peer) -> None:
            call = peer.read()
            self.assertEqual(call["params"], {"accountIds": ["a"], "token": TOKEN})
            peer.answer(call, {"accounts": [account("a")], "generatedAt": AT})

        with FakeDaemon(script) as daemon:
            status, lines, _ = self.run_main(daemon, "summary", "a")
        self.assertEqual((status, len(lines), lines[0]["accounts"][0]["accountId"]), (0, 1, "a"))

    def test_a_refresh_that_failed_for_an_account_has_its_own_status(self) -> None:
        for word, expected in (("written", 0), ("fresh", 0), ("skipped", 0), ("failed", 5), ("coolingDown", 5)):

            def script(peer: Peer, word: str = word) -> None:
                peer.answer(peer.read(), {"outcomes": [{"accountId": "a", "outcome": word}]})

            with FakeDaemon(script) as daemon:
                self.assertEqual(self.run_main(daemon, "refresh")[0], expected)

    def test_watch_prints_each_change_and_ends_with_the_reason(self) -> None:
        def script(peer: Peer) -> None:
            peer.snapshot(account("a"))
            peer.notify(subscription="s-1", closed="unauthorized")

        with FakeDaemon(script) as daemon:
            status, lines, errors = self.run_main(daemon, "watch")
        self.assertEqual((status, len(lines)), (4, 1))
        self.assertIn("revoked", errors)

    def test_a_daemon_that_does_not_answer_cannot_be_reached(self) -> None:
        def script(peer: Peer) -> None:
            peer.read()
            self.assertEqual(peer.read()["method"], "$/cancelRequest")

        with FakeDaemon(script) as daemon:
            status, lines, errors = self.run_main(daemon, "--timeout", "0.01", "summary")
        self.assertEqual((status, lines), (3, []))
        self.assertIn("has not answered in time", errors)
        self.assertIn("--timeout", errors)
        with FakeDaemon() as daemon, self.assertRaises(SystemExit):
            self.run_main(daemon, "--timeout", "0", "summary")

    def test_errors_go_to_stderr_and_steer_no_terminal(self) -> None:
        def script(peer: Peer) -> None:
            peer.refuse(peer.read()["id"], -32603, "internal_error", "bad \x1b[2J luck")

        with FakeDaemon(script) as daemon:
            status, lines, errors = self.run_main(daemon, "summary")
        self.assertEqual((status, lines), (1, []))
        self.assertIn("internal_error", errors)
        self.assertNotIn("\x1b", errors)

    def test_it_runs_as_a_program(self) -> None:
        def script(peer: Peer) -> None:
            peer.answer(peer.read(), {"status": "ok", "version": "1", "protocolVersion": 1})

        program = [sys.executable, str(codex_fleet.__file__), "health"]
        with FakeDaemon(script) as daemon:
            variables = {**os.environ, "CODEX_FLEET_SOCKET": daemon.path}
            done = subprocess.run(program, env=variables, stdout=subprocess.PIPE, timeout=PATIENCE, check=True)
        self.assertEqual(json.loads(done.stdout)["status"], "ok")


if __name__ == "__main__":
    unittest.main()
