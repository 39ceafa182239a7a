"""Everything that can go wrong for a person: a code, what happened, and what to do."""

from __future__ import annotations


class HandOffFault(Exception):
    """A fault with a code; `status` is the exit code of the command."""

    code = "hand-off"
    status = 1
    alone = False
    """Whether one process may have met it alone: then that one says it, whichever it is."""

    def __init__(self, said: str, remedy: str) -> None:
        super().__init__(said)
        self.said = said
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.said} {self.remedy}"


class TensorFileInvalid(HandOffFault):
    """A safetensors file whose header or length is wrong."""

    code, status = "tensor-file-invalid", 3


class BundleMissing(HandOffFault):
    """There is no bundle at this place."""

    code, status = "bundle-missing", 3


class BundleNewer(HandOffFault):
    """The bundle was written by a later studio."""

    code, status = "bundle-newer", 3


class BundleInvalid(HandOffFault):
    """A field of the bundle's manifest is not as it must be."""

    code, status = "bundle-invalid", 3


class BundleDamaged(HandOffFault):
    """A file of the bundle is missing, or has another hash than the manifest says."""

    code, status = "bundle-damaged", 3


class RecordsMissing(HandOffFault):
    """The bundle names records that are not there."""

    code, status = "records-missing", 3


class RecordsInvalid(HandOffFault):
    """A file of records does not hold what its header says."""

    code, status = "records-invalid", 3


class PreparedInvalid(HandOffFault):
    """A folder of prepared records lacks a file, or its index is not as it must be."""

    code, status = "prepared-invalid", 3


class PreparedDiffers(HandOffFault):
    """Prepared records are not those of the bundle, or were made into other tokens."""

    code, status = "prepared-differs", 3


class SplitDiffers(HandOffFault):
    """The records kept for validation are others than seed and counts give."""

    code, status = "split-differs", 3


class RecipeInvalid(HandOffFault):
    """A recipe that cannot be followed."""

    code, status = "recipe-invalid", 3


class StageWithoutData(HandOffFault):
    """A stage has no record to learn from."""

    code, status = "stage-without-data", 3


class BaseMissing(HandOffFault):
    """The folder has no model, or not all of it."""

    code, status = "base-missing", 4


class BaseDiffers(HandOffFault):
    """A file of the base model is not the one that the run began with."""

    code, status = "base-differs", 4


class BaseUnsupported(HandOffFault):
    """A model that this program does not compute."""

    code, status = "base-unsupported", 4


class VocabularyDiffers(HandOffFault):
    """The model's vocabulary is not the one that the records' tokens are of."""

    code, status = "vocabulary-differs", 4


class TooFewProcesses(HandOffFault):
    """Fewer processes run than were asked for."""

    code, status = "too-few-processes", 5


class TooManyProcesses(HandOffFault):
    """More processes run than were asked for, or than a step has work for."""

    code, status = "too-many-processes", 5


class ArchiveInvalid(HandOffFault):
    """A run archive that cannot be read."""

    code, status = "archive-invalid", 6


class ArchiveOfAnotherRun(HandOffFault):
    """The file to write already holds another run."""

    code, status = "archive-of-another-run", 6


class BranchesDiffer(HandOffFault):
    """Stored branches or a checkpoint do not fit the recipe."""

    code, status = "branches-differ", 6


class NothingToVerify(HandOffFault):
    """The bundle brings no curve to compare with."""

    code, status = "nothing-to-verify", 3


class VerifyDiffers(HandOffFault):
    """The first steps are not those of the bundle's curve."""

    code, status = "verify-differs", 8


class TensorBoardMissing(HandOffFault):
    """A log for TensorBoard was asked for, and the package is not installed."""

    code, status = "tensorboard-missing", 2


class DeviceMissing(HandOffFault):
    """A device was asked for that this machine, or this PyTorch, does not have."""

    code, status = "device-missing", 2


class StopOutside(HandOffFault):
    """The run was to stop at a step that it does not have."""

    code, status = "stop-outside", 2


class PackedSharded(HandOffFault):
    """A packed base was to be sharded."""

    code, status = "packed-sharded", 2


class NotFinite(HandOffFault):
    """A loss or gradient is not a number."""

    code, status = "not-finite", 7


class FileFailed(HandOffFault):
    """A file or folder cannot be read or written."""

    code, status = "file-failed", 9
    alone = True


class DeviceFull(HandOffFault):
    """The memory of a device is not enough."""

    code, status = "device-out-of-memory", 10
    alone = True


def file_failed(error: OSError) -> FileFailed:
    """What the system says of a file, as a fault."""
    what = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
    return FileFailed(
        f"A file or folder cannot be used: {what}.",
        "Make room, or name another place. An archive that was written before is whole: the same command goes on from "
        "it.",
    )
