"""A provider for the soak test: accounts with single-use refresh tokens, and trouble of all kinds now and then."""

import base64
import json
import random
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def _encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


class Upstream:
    """Answers usage calls and token exchanges on the loopback interface; `trouble` is the share that goes wrong."""

    def __init__(self, accounts, trouble):
        self.trouble = trouble
        self.lock = threading.Lock()
        self.access, self.refresh, self.used = {}, {}, set()
        self.current, self.serial = {}, 0
        self.counts = {"usage": 0, "exchanges": 0, "reused": 0, "trouble": 0}
        for number in range(accounts):
            self._issue(f"account-{number}")
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                owner._usage(self)

            def do_POST(self):
                owner._exchange(self)

            def log_message(self, *arguments):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request, client_address):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _issue(self, account):
        self.serial += 1
        claims = {"email": f"{account}@example.com", "https://api.openai.com/auth": {
            "chatgpt_account_id": f"acct-{account}", "chatgpt_user_id": f"user-{account}", "chatgpt_plan_type": "plus"}}
        tokens = {"id_token": f"{_encoded({'alg': 'none'})}.{_encoded(claims)}.x",
                  "access_token": f"soak-access-{self.serial}", "refresh_token": f"soak-refresh-{self.serial}"}
        self.access = {token: owner for token, owner in self.access.items() if owner != account}
        self.access[tokens["access_token"]] = account
        self.refresh[tokens["refresh_token"]] = account
        self.current[account] = tokens
        return tokens

    def auth_json(self, account):
        """The `auth.json` of a Codex CLI that has just signed in."""
        return json.dumps({"tokens": self.current[account] | {"account_id": f"acct-{account}"},
                           "last_refresh": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())})

    def expire(self, account):
        """Has the account's access token refused from now on."""
        with self.lock:
            self.access = {token: owner for token, owner in self.access.items() if owner != account}

    def _send(self, handler, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in headers:
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _usage(self, handler):
        token = (handler.headers.get("Authorization") or "").removeprefix("Bearer ")
        with self.lock:
            self.counts["usage"] += 1
            account = self.access.get(token)
            wrong = random.random() < self.trouble
            self.counts["trouble"] += wrong
        if account is None:
            return self._send(handler, 401, {})
        if wrong:
            return self._misbehave(handler)
        time.sleep(random.choice([0, 0, 0.01, 0.05]))
        used = time.time() / 60 % 100
        window = {"used_percent": used, "limit_window_seconds": 18000, "reset_after_seconds": 3600}
        week = {"used_percent": used / 2, "limit_window_seconds": 604800, "reset_after_seconds": 86400}
        self._send(handler, 200, {"plan_type": "plus", "rate_limit": {"primary_window": window, "secondary_window": week}})

    def _misbehave(self, handler):
        kind = random.randrange(8)
        if kind == 0:
            self._send(handler, random.choice([500, 502, 503]), b"")
        elif kind == 1:
            self._send(handler, 429, b"", [("Retry-After", "1")])
        elif kind == 2:
            self._send(handler, 200, b"<html>")
        elif kind == 3:
            self._send(handler, 200, {"rate_limit": {"primary_window": {"used_percent": []}}})
        elif kind == 4:
            self._send(handler, 200, b"{" + b" " * (2 << 20))
        elif kind == 5:
            time.sleep(12)
        elif kind == 6:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"plan")
            handler.close_connection = True

    def _exchange(self, handler):
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        token = json.loads(body).get("refresh_token")
        time.sleep(random.choice([0, 0.02, 0.2]))
        # Whoever has given up on a busy machine has not used its login up.
        try:
            if handler.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"":
                return
        except BlockingIOError:
            pass
        with self.lock:
            wrong = random.random() < self.trouble
            self.counts["trouble"] += wrong
            if not wrong:
                self.counts["exchanges"] += 1
            account = self.refresh.get(token)
            if wrong:
                tokens = {}
            elif account is None or token in self.used:
                self.counts["reused"] += token in self.used
                tokens = None
            else:
                self.used.add(token)
                tokens = self._issue(account)
        if tokens == {}:
            # Nothing is used up: the token is as good as before.
            return self._send(handler, random.choice([500, 503]), b"")
        if tokens is None:
            return self._send(handler, 401, {"error": {"code": "refresh_token_reused", "message": "used"}})
        self._send(handler, 200, tokens)
