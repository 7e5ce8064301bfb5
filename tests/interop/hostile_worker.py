"""Connects like a published worker, and answers the call `attack` with damaged frames captured from
published workers, each under the id of that call; every other call gets its first argument back.

HOSTILE_PEER names the implementation whose frames are used.
"""

from __future__ import annotations

import os
import time

import captured
import msgpack
import zmq

ID_BYTES = 36


def main() -> None:
    socket = zmq.Context().socket(zmq.ROUTER)
    socket.setsockopt(zmq.SNDHWM, 0)
    socket.connect(f"tcp://127.0.0.1:{os.environ['COMLINK_ZMQ_PORT']}")
    while True:
        identity, _, payload = socket.recv_multipart()
        message = msgpack.unpackb(payload)
        answer = {"app": "comlink_ipc_v3", "id": message["id"], "timestamp": time.time()}
        if message["type"] == "heartbeat":
            answer |= {"type": "heartbeat", "metadata": {"hb_response": True}}
        elif message["type"] == "call":
            if message["function"] == "attack":
                attack(socket, identity, message["id"].encode())
            answer |= {"type": "response", "result": message["args"][0]}
        else:
            return
        socket.send_multipart([identity, b"", msgpack.packb(answer)])


def attack(socket: zmq.Socket[bytes], identity: bytes, call_id: bytes) -> None:
    for payload, decoded in captured.vectors(os.environ["HOSTILE_PEER"], "child"):
        own = str(decoded.get("id", "")).encode()
        if len(own) == ID_BYTES:
            payload = payload.replace(own, call_id)
        for frame in captured.damaged(payload):
            socket.send_multipart([identity, b"", frame])


if __name__ == "__main__":
    main()
