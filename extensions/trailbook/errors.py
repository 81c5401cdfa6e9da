"""Every error raised on purpose: a code, an HTTP status and a sentence for people.

Handlers contain no `try`: one door (`api.base`) turns these into a reply, and any other error
shows only the standard words of its status. `docs/reference/errors.md` lists them all.
"""


class TrailbookError(Exception):
    """What went wrong, what was kept, and what to do, in one or two sentences."""

    code = "error"
    status = 500
    retry_after: float | None = None  # seconds, where it is known when trying again can help


class NotFound(TrailbookError):
    """There is no such thing, or this person may not know that there is."""

    code, status = "not-found", 404

    def __init__(self, what: str = "page") -> None:
        super().__init__(f"No such {what} here, or it is not shared with you.")


class NotAllowed(TrailbookError):
    """The person may see the thing and may not do this to it."""

    code, status = "not-allowed", 403


class SignInNeeded(TrailbookError):
    """What a person signs needs that person's own sign-in at the service."""

    code, status = "sign-in-needed", 403

    def __init__(self) -> None:
        super().__init__("This needs your own sign-in: open it in the reader.")


class BadRequest(TrailbookError):
    """The request cannot be understood."""

    code, status = "bad-request", 400


class Conflict(TrailbookError):
    """Something changed in between, or a name is taken."""

    code, status = "conflict", 409


class UnknownEncoding(TrailbookError):
    """The body came in a `Content-Encoding` that is not read here."""

    code, status = "unknown-encoding", 415

    def __init__(self) -> None:
        super().__init__("The body's encoding is not known here: send it as it is, or as zstd.")


class TooLarge(TrailbookError):
    """The request, or what it names, is larger than the limit that the sentence states."""

    code, status = "too-large", 413


class Busy(TrailbookError):
    """The work took longer than its limit; trying later can help."""

    code, status = "busy", 503


class QuotaExceeded(TrailbookError):
    """Somebody's servers have sent more than is taken of them in a day."""

    code, status = "quota-exceeded", 429

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(
            f"More {what} than are taken in a day have come from these servers. What is not "
            f"stored yet waits in their spool and is sent again in {seconds:.0f} seconds or later."
        )
        self.retry_after = seconds


class OutOfTurn(TrailbookError):
    """Somebody's servers send more at once than is stored while others are served."""

    code, status = "out-of-turn", 429

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "These servers send more than can be stored beside what others send. What is not "
            f"stored yet waits in their spool and is sent again in {seconds:.0f} seconds or later."
        )
        self.retry_after = seconds


class WriterForked(TrailbookError):
    """Two different events claim the same place in one writer's sequence."""

    code, status = "writer-forked", 409

    def __init__(self, sequence: int) -> None:
        super().__init__(
            f"Event {sequence} of this writer is already recorded with other content. "
            "The recorder starts a new writer and sends what is missing again."
        )


class OutOfSequence(TrailbookError):
    """A batch starts after the next event that the store expects from this writer."""

    code, status = "out-of-sequence", 409

    def __init__(self, expected: int, got: int) -> None:
        super().__init__(f"Event {expected} of this writer comes next, not {got}.")


class ContentMissing(TrailbookError):
    """An event names content that was neither sent nor is in its space."""

    code, status = "content-missing", 409

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} pieces of content are missing; send them with the events.")


class NotReadable(TrailbookError):
    """The version's bytes are kept, and no notebook can be read from them."""

    code, status = "not-readable", 422

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"This version cannot be shown as a notebook: {why}. "
            "Its bytes are kept and can be downloaded."
        )


class NotExact(TrailbookError):
    """A snapshot's pieces do not give back the bytes whose sha256 came with it."""

    code, status = "not-exact", 422

    def __init__(self) -> None:
        super().__init__("The version does not match its checksum; nothing of it was stored.")


class StoreDamaged(TrailbookError):
    """Stored content does not match its own hash."""

    code, status = "store-damaged", 500

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is damaged in the store and is not shown. "
            "The rest is readable; `trailbook check` names everything that is damaged."
        )


class StoreTooNew(TrailbookError):
    """The store was written by a newer version."""

    code, status = "store-too-new", 500

    def __init__(self, found: str) -> None:
        super().__init__(
            f"This history was written by a newer Trailbook (schema {found}). "
            "Nothing was changed; install that version or a later one."
        )


class HubAway(TrailbookError):
    """The hub gives no answer, and the question cannot be answered without it."""

    code, status = "hub-away", 502

    def __init__(self) -> None:
        super().__init__("The hub gives no answer. Nothing was changed; trying again can help.")


class CannotStart(TrailbookError):
    """The workspace cannot start as asked; the sentence says what is missing or in the way."""

    code, status = "cannot-start", 500


class NoRepository(TrailbookError):
    """There is no git repository in this place."""

    code, status = "no-repository", 404

    def __init__(self, place: str) -> None:
        super().__init__(
            f"There is no git repository in {place}. One that lies elsewhere is cloned first: "
            "git clone --bare ADDRESS FOLDER."
        )


class CannotImport(TrailbookError):
    """A git repository's history cannot be read; what was imported before stays as it is."""

    code, status = "cannot-import", 422


class NoBackup(TrailbookError):
    """There is no such backup in this folder."""

    code, status = "no-backup", 404

    def __init__(self, folder: object, name: str | None) -> None:
        super().__init__(f"There is no backup {name + ' ' if name else ''}in {folder}.")


class BackupDamaged(TrailbookError):
    """A backup does not match its own checksums."""

    code, status = "backup-damaged", 500

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The backup {name} is damaged. Nothing was restored; `trailbook restore --list` "
            "names the others."
        )
