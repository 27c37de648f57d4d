"""OpenRouter's keys in a dictionary, as the answer of a Wire. What a test wants to go another way it
says with `hook(keys, method, path, fields)`: a Reply, or None for the right one."""

import hashlib
import json
import threading

from wire import DELETED, GONE, MANAGEMENT_KEY, reply

WORKSPACE = "0a0b0c0d-0000-4000-8000-000000000000"


class OpenRouter:
    def __init__(self, rows, hook=lambda *_: None, **fields):
        self.hook = hook
        self.key = {}  # by hash, as they are shown
        self.secret = {}
        self._lock = threading.RLock()
        for row in rows:
            self._add(row.id, {"name": f"key {row.id[:6]}", **fields})

    def _add(self, digest, fields):
        self.key[digest] = {
            "hash": digest, "limit": None, "limit_reset": None, "include_byok_in_limit": False,
            "expires_at": None, "workspace_id": WORKSPACE, "disabled": False, **fields,
        }
        return self.key[digest]

    def create(self, fields):
        """A new key, whether anybody is told of it or not."""
        with self._lock:
            secret = f"sk-or-v1-{len(self.secret) + 0xace0:064x}"
            digest = hashlib.sha256(secret.encode()).hexdigest()
            self.secret[digest] = secret
            return {"data": dict(self._add(digest, fields)), "key": secret}

    def __call__(self, request):
        path = request.path.removeprefix("/api/v1")
        body = request.raw.split(b"\r\n\r\n", 1)[1]
        fields = json.loads(body) if body.strip() else {}
        other = self.hook(self, request.method, path, fields)
        if other:
            return other
        with self._lock:
            return self._answer(request.method, *path.partition("?")[::2], fields)

    def _answer(self, method, path, query, fields):
        offset = int(dict(part.split("=") for part in query.split("&") if part).get("offset", 0))
        if path == "/key":
            return MANAGEMENT_KEY
        if path == "/workspaces":
            return reply(200, {"data": [{"id": WORKSPACE}][offset:]})
        if path == "/keys" and method == "POST":
            return reply(201, self.create(fields))
        if path == "/keys":
            return reply(200, {"data": list(self.key.values())[offset : offset + 100]})
        digest = path.rsplit("/", 1)[1]
        if digest not in self.key:
            return GONE
        if method == "DELETE":
            del self.key[digest]
            return DELETED
        self.key[digest] |= fields
        return reply(200, {"data": self.key[digest]})
