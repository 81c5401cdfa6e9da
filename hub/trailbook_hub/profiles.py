"""What a person can start: an environment on a size, in words that no backend owns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """An environment with a size; a backend translates it into its spawner's own traits."""

    slug: str
    name: str
    environment: str = "common"
    size: str = "any"
    image: str = ""  # backends with containers only
    memory: str = ""  # such as "2G"; "" for no limit
    cpu: float = 0.0  # cores; 0 for no limit


COMMON = Profile(slug="common", name="Common environment")
"""What everybody gets when an administrator defines nothing."""


def chosen(profiles: tuple[Profile, ...], options: dict[str, object]) -> Profile:
    """The profile that a person asked for, looked up by its slug: options are user input."""
    offered = {profile.slug: profile for profile in profiles or (COMMON,)}
    wanted = options.get("profile")
    if isinstance(wanted, str) and wanted in offered:
        return offered[wanted]
    return next(iter(offered.values()))
