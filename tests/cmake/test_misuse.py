"""Every wrong call of mfgen_add_interface() stops at configure time and says what is wrong."""

import subprocess
from pathlib import Path

import pytest
from conftest import Settings

MISUSES = {
    "no_sources": "name at least one .mfidl file after SOURCES",
    "unknown_argument": "unexpected 'OUTPUT_DIR;out'",
    "not_mfidl": "'a.proto' is not named *.mfidl",
    "outside_base_dir": "is not below BASE_DIR",
    "unknown_language": "language 'cobol' is neither cpp nor python",
    "bad_split": "SPLIT takes a positive number, not 'many'",
    "import_is_no_target": "IMPORTS names 'nowhere', which is not a target so far",
    "import_is_no_interface": "'other' was not made by mfgen_add_interface()",
}


@pytest.mark.parametrize("case", MISUSES)
def test_misuse(settings: Settings, tmp_path: Path, case: str) -> None:
    function = settings.mfgen_source / "cmake/mfgen_add_interface.cmake"
    source = Path(__file__).parent / "misuse"
    done = subprocess.run(
        [
            settings.cmake,
            "-S",
            source,
            "-B",
            tmp_path,
            f"-DCASE={case}",
            f"-DFUNCTION_FILE={function}",
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    message = " ".join(done.stderr.split())  # CMake wraps lines
    assert "mfgen_add_interface(api): " in message
    assert MISUSES[case] in message
