"""What the spawner says of the place in which kernels run."""

import os

NAMES = {
    "environment": ("TRAILBOOK_ENVIRONMENT",),
    "size": ("TRAILBOOK_SIZE",),
    "image": ("JUPYTER_IMAGE_SPEC", "JUPYTER_IMAGE"),
    "memory_limit": ("MEM_LIMIT",),
    "cpu_limit": ("CPU_LIMIT",),
}
"""What JupyterHub's spawners, and ours, put into the environment of every server."""


def of_the_server() -> dict[str, str]:
    """The named environment and size, the image, and what the spawner limits."""
    found = {}
    for key, names in NAMES.items():
        value = next(filter(None, map(os.environ.get, names)), None)
        if value:
            found[key] = value
    return found
