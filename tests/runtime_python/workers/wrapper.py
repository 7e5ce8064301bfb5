"""Starts the script that it is given as a process of its own and waits: as `tsx` or `go run` do."""

import subprocess
import sys

sys.exit(subprocess.run([sys.executable, *sys.argv[1:]], check=False).returncode)
