"""Which generated code this runtime takes."""

from __future__ import annotations

from ..errors import MultifrostError

GENERATED_CODE_VERSION = 2


def require(version: int) -> None:
    """Refuses generated code that was made for another runtime."""
    if version != GENERATED_CODE_VERSION:
        raise MultifrostError(
            f"this module was generated for runtime interface {version}, the installed multifrost "
            f"has {GENERATED_CODE_VERSION}: run mfgen again"
        )
