#!/usr/bin/env python3
"""Asks an agent, and prints its answer while it arrives. Needs Python 3.9 or later, and no packages.

PARLEY_API_KEY=parley_... python3 ask.py "What can you do?"
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

BASE_URL = os.environ.get("PARLEY_URL", "http://127.0.0.1:8000")
API_KEY = os.environ.get("PARLEY_API_KEY", "")
MAX_ATTEMPTS = 8
# The server sends a keep-alive every 15 s.
SILENCE_SECONDS = 40


def call(method, path, body=None, **headers):
    """Sends a request and returns the response. Raises urllib.error.HTTPError for a refusal."""
    request = urllib.request.Request(
        BASE_URL + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {API_KEY}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
    return urllib.request.urlopen(request, timeout=SILENCE_SECONDS)


def read_events(response):
    """Yields the id and the event of each frame of a server-sent stream."""
    fields = {}
    for line in response:
        text = line.decode().rstrip("\r\n")
        if text.startswith(":"):
            continue
        if text:
            name, _, value = text.partition(": ")
            fields[name] = value
            continue
        if "data" in fields:
            yield fields.get("id"), json.loads(fields["data"])
        fields = {}


def ask(chat_id, content):
    """Yields the events of the answer, over lost connections and restarts of the server."""
    # The server accepts a message id once: a repeated request returns the stream of the first one.
    message = {"content": content, "message_id": str(uuid.uuid4())}
    last_id = None
    failures = 0
    while failures < MAX_ATTEMPTS:
        try:
            if last_id is None:
                path = f"/api/chats/{chat_id}/messages"
                response = call("POST", path, message, Accept="text/event-stream")
            else:
                run_id = last_id.partition(":")[0]
                path = f"/api/chats/{chat_id}/runs/{run_id}/events"
                response = call("GET", path, Last_Event_ID=last_id)
            with response:
                for event_id, event in read_events(response):
                    last_id = event_id or last_id
                    failures = 0
                    yield event
                    if event["type"] in ("done", "error", "closed"):
                        return
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise
        except (OSError, http.client.HTTPException):
            pass  # The connection broke. The agent goes on.
        failures += 1
        time.sleep(min(0.25 * 2**failures, 8))
    raise ConnectionError("Parley is unreachable.")


def main():
    question = " ".join(sys.argv[1:]) or "Hello"
    with call("GET", "/api/agents?limit=1") as response:
        agent = json.load(response)["items"][0]
    with call("POST", "/api/chats", {"agent_id": agent["id"]}) as response:
        chat = json.load(response)
    for event in ask(chat["id"], question):
        if event["type"] == "message":
            # After a reset, the answer begins again: the server no longer has its events one by one.
            again = "\n" if event["data"].get("reset") else ""
            print(again + event["data"]["content"], end="", flush=True)
        elif event["type"] in ("error", "closed"):
            sys.exit(f"\n{event['data']['reason']}: {event['data']['message']}")
    print()


if __name__ == "__main__":
    try:
        main()
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        sys.exit(f"{problem['reason']}: {problem['message']}")
