"""Who is at the other end of a spawn listener? Only the worker we started may be (R6).

A port on 127.0.0.1 can be reached by every process of the machine. The owner of the peer's socket
must be our child or descend from it (wrappers such as `sh -c` or `go run` make it a grandchild).
"""

from __future__ import annotations

import os
import socket
import struct

from ._identity import group_of, parent_of

_MAX_ANCESTORS = 64


def is_ours(sock: socket.socket, child: int) -> bool:
    """Whether the process at the other end is `child`, in its group, or its descendant."""
    if sock.family == socket.AF_UNIX:
        pid, uid, _ = struct.unpack(
            "iII", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        )
        return uid == os.getuid() and (pid == 0 or _belongs(pid, child))
    if not os.path.exists("/proc/net/tcp"):
        return True  # a system that does not tell
    inode = _peer_inode(sock)
    return inode is not None and _owner_belongs(inode, child)


def _belongs(pid: int, child: int) -> bool:
    for _ in range(_MAX_ANCESTORS):
        if pid == child or group_of(pid) == child:
            return True
        parent = parent_of(pid)
        if parent is None or parent <= 1:
            return False
        pid = parent
    return False


def _peer_inode(sock: socket.socket) -> str | None:
    """The inode of the peer's socket: the row of /proc/net/tcp whose two ends are ours, swapped."""
    local = _row_address(sock.getpeername())
    remote = _row_address(sock.getsockname())
    with open("/proc/net/tcp", encoding="ascii") as file:
        next(file)
        for line in file:
            fields = line.split()
            if fields[1] == local and fields[2] == remote:
                return fields[9]
    return None


def _row_address(address: tuple[str, int]) -> str:
    (number,) = struct.unpack("=I", socket.inet_aton(address[0]))
    return f"{number:08X}:{address[1]:04X}"


def _owner_belongs(inode: str, child: int) -> bool:
    wanted = f"socket:[{inode}]"
    if _holds(child, wanted):
        return True
    pids = (int(name) for name in os.listdir("/proc") if name.isdigit())
    return any(_holds(pid, wanted) for pid in pids if pid != child and _belongs(pid, child))


def _holds(pid: int, wanted: str) -> bool:
    folder = f"/proc/{pid}/fd"
    try:
        descriptors = os.listdir(folder)
    except OSError:
        return False
    for descriptor in descriptors:
        try:
            if os.readlink(f"{folder}/{descriptor}") == wanted:
                return True
        except OSError:
            continue  # closed meanwhile
    return False
