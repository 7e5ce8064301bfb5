"""Limits on what arrives: checked before anything is allocated for it."""

from __future__ import annotations

MAX_MESSAGE_BYTES = 256 * 1024 * 1024
"""The largest frame that is read; a peer that announces more is disconnected."""

MAX_VALUE_BYTES = MAX_MESSAGE_BYTES - 64 * 1024
"""What one message can carry besides itself: arguments, a result, an item."""

MAX_FRAMES = 16
"""Frames in one message: delimiter and payload, and room for the extra ones peers may append."""

MAX_DEPTH = 256
"""Nesting of untyped values, the same when sending and when receiving."""

MAX_QUEUED_BYTES = 64 * 1024 * 1024
"""Calls that wait for the handler, a connection: above it that connection is not read."""

MAX_UNSENT_BYTES = 64 * 1024 * 1024
"""Answers that a peer does not read, a connection: above it that peer is not read either."""

MAX_UNSENT_OUTPUT_BYTES = 1024 * 1024
"""Above so many unsent bytes output messages are dropped and counted (spec 8.1, best effort)."""

LONGEST_SECONDS = 365 * 86_400.0
"""Waits longer than a year are a year: system calls take no more than their numbers hold."""

HANDSHAKE_SECONDS = 10.0
"""A connection that is not greeted properly within this time is closed."""
