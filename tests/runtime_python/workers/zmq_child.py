"""A child made of libzmq: what a parent of ours meets when it spawns a foreign worker.

It behaves as sys.argv says: `plain` answers, `no-result` leaves the result out, `garbage` sends
what is no message before each answer, `foreign` speaks another protocol, `js` echoes only the args
form of heartbeats, `mute` echoes no heartbeat after the first, `wrapped` starts itself again and
waits, `hostile` sends the captured frames of the folder sys.argv[2] damaged when asked to.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import subprocess
import sys
import time
from typing import Any

import msgpack
import zmq

mode = sys.argv[1]
if mode == "wrapped":
    sys.exit(subprocess.run([sys.executable, __file__, "plain"], check=False).returncode)

socket = zmq.Context.instance().socket(zmq.ROUTER)
socket.sndhwm = 0
socket.connect(f"tcp://localhost:{os.environ['COMLINK_ZMQ_PORT']}")
beats = 0


def send(identity: bytes, **fields: Any) -> None:
    message = {"app": "comlink_ipc_v3", "timestamp": time.time(), **fields}
    socket.send_multipart([identity, b"", msgpack.packb(message)])


def send_hostile(identity: bytes) -> None:
    rng = random.Random(5)
    for path in sorted(pathlib.Path(sys.argv[2]).glob("*-child.json")):
        for entry in json.loads(path.read_text()):
            payload = bytes.fromhex(entry["frames_hex"][-1])
            if len(payload) > 600:
                continue
            for index in range(len(payload)):
                flipped = bytearray(payload)
                flipped[index] ^= 1 << rng.randrange(8)
                for damaged in (
                    bytes(flipped),
                    payload[:index],
                    payload[: index + 1] + b"\xff" * 4 + payload[index + 5 :],
                ):
                    socket.send_multipart([identity, b"", damaged])


def on_call(identity: bytes, call: dict[str, Any]) -> None:
    call_id = call["id"]
    if call["function"] == "hostile":
        send_hostile(identity)
    if mode == "garbage":
        for junk in (b"", b"\xc1", b"\x91" * 5000, b"\xdd\xff\xff\xff\xff", msgpack.packb([1])):
            socket.send_multipart([identity, b"", junk])
        socket.send_multipart([identity, b"one frame"])
        send(identity, id=call_id, type="news")
        send(identity, id="unknown", type="response", result=1)
        send(identity, type="response", result=1)
    if call["function"] == "undecodable":
        head = msgpack.packb({"app": "comlink_ipc_v3", "id": call_id, "type": "response"})
        body = msgpack.packb("timestamp") + msgpack.packb(1.0) + msgpack.packb("result")
        socket.send_multipart([identity, b"", b"\x85" + head[1:] + body + b"\xa1\xff"])
    elif mode == "no-result":
        send(identity, id=call_id, type="response")
    elif call["function"] == "fail":
        send(identity, id=call_id, type="error", error="division by zero")
    elif call["function"] == "print":
        send(identity, id="o", type="stdout", output="a\nb\n")
        send(identity, id=call_id, type="response", result="printed")
    elif call["function"] == "message":
        send(identity, id=call_id, type="response", result=repr(call))
    else:
        send(identity, id=call_id, type="response", result=call["args"])
        send(identity, id=call_id, type="response", result="twice")


while True:
    identity, _, payload = socket.recv_multipart()
    message = msgpack.unpackb(payload)
    app = "comlink_ipc_v9" if mode == "foreign" else "comlink_ipc_v3"
    if message["type"] == "heartbeat":
        beats += 1
        if mode == "mute" and beats > 1:
            continue
        if mode == "js":
            send(identity, id=message["id"], type="heartbeat", args=message["args"])
        else:
            metadata = {**message["metadata"], "hb_response": True}
            send(identity, id=message["id"], type="heartbeat", metadata=metadata, app=app)
    elif message["type"] == "call":
        on_call(identity, message)
    elif message["type"] == "shutdown":
        break
