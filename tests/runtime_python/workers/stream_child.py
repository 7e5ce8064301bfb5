"""A scripted worker of streams, made of libzmq: it echoes as ours do and then breaks the rules that
the called function is named after. `seen` answers with the stream messages that came, in order.

With the argument `foreign` its echoes carry no `mf`, as those of published workers.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import msgpack
import zmq

socket = zmq.Context.instance().socket(zmq.ROUTER)
socket.connect(f"tcp://127.0.0.1:{os.environ['COMLINK_ZMQ_PORT']}")
seen: list[list[Any]] = []
VALUE = {"at": 0.0, "value": 1.0}


def send(identity: bytes, **fields: Any) -> None:
    message = {"app": "comlink_ipc_v3", "timestamp": time.time(), **fields}
    socket.send_multipart([identity, b"", msgpack.packb(message)])


def on_call(identity: bytes, call: dict[str, Any]) -> None:
    name, call_id = call["args"][0] if call["args"] else "", call["id"]

    def item(seq: Any, **value: Any) -> None:
        send(identity, id=call_id, type="mf_stream", seq=seq, **(value or {"value": VALUE}))

    def answer(result: Any = None) -> None:
        send(identity, id=call_id, type="response", result=result)

    if call["function"] == "ordinary":
        answer(7)
    elif call["function"] == "seen":
        answer(seen)
        seen.clear()
    elif name == "gap":
        item(0)
        item(2)
    elif name == "twice":
        item(0)
        item(0)
    elif name == "text":
        item("0")
    elif name == "flood":
        for number in range(100):
            item(number)
    elif name == "empty":
        send(identity, id=call_id, type="mf_stream", seq=0)
    elif name == "undecodable":
        head = msgpack.packb({"app": "comlink_ipc_v3", "id": call_id, "type": "mf_stream"})
        rest = msgpack.packb("seq") + b"\x00" + msgpack.packb("value") + b"\xa5no"
        socket.send_multipart([identity, b"", b"\x85" + head[1:] + rest])
    elif name == "misfit":
        item(0)
        item(1, value={"at": 0.0, "value": "much"})
    elif name == "strangers":
        for kind in ("mf_stream", "mf_credit", "mf_stream_end"):
            send(identity, id="unknown", type=kind, seq=0, value=1, n=1)
        send(identity, type="mf_stream")
        for count in (-1, 0, "1", None, True, 1.5):  # nor does a reader take credit
            send(identity, id=call_id, type="mf_credit", n=count)
        send(identity, id=call_id, type="mf_credit", n=5)
        send(identity, id=call_id, type="mf_stream_end")
        item(0)
        answer()
        item(1)
    elif name == "window":
        for number in range(32):
            item(number)
    elif name == "early":  # of an upload: the answer without any credit
        answer(1)
    elif name == "three":
        send(identity, id=call_id, type="mf_credit", n=3)
    elif name == "nonsense":
        for count in (-1, 0, "1", None, True, 1.5):
            send(identity, id=call_id, type="mf_credit", n=count)
        item(0)
        send(identity, id=call_id, type="mf_credit", n=2**63)
    # "silent": nothing at all


while True:
    identity, _, payload = socket.recv_multipart()
    message = msgpack.unpackb(payload)
    kind = message["type"]
    if kind == "heartbeat":
        metadata = {**message["metadata"], "hb_response": True}
        if "foreign" in sys.argv:
            metadata.pop("mf", None)
        send(identity, id=message["id"], type="heartbeat", metadata=metadata)
    elif kind == "call":
        if message["function"] not in ("seen", "ordinary"):
            mf = message.get("metadata", {}).get("mf", {})
            seen.append(["call", message["function"], mf.get("credit"), "deadline_ms" in mf])
        on_call(identity, message)
    elif kind == "shutdown":
        break
    else:
        seen.append([kind, message.get("seq"), message.get("n"), message.get("error")])
        if kind == "mf_stream_end":
            send(identity, id=message["id"], type="response", result=9)
