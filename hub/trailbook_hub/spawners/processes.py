"""Whether a process from before is still the one that it was: ids of processes are reused."""

import subprocess
from pathlib import Path


def started(pid: int) -> str:
    """When the process started, as the system says it; "" when there is none or it is dead."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The name in brackets may hold anything; what follows is state, parent, …
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in "ZX" else fields[19]
    listed = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    return "" if not listed or listed[0].startswith("Z") else " ".join(listed[1:])
