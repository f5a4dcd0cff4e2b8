"""One root error and a few children, each with a sentence for the person who meets it."""

from __future__ import annotations


class TillsynError(Exception):
    """Root of all errors that Tillsyn raises on purpose; ``exit_code`` is what the command ends with."""

    exit_code = 1


class UsageError(TillsynError):
    """The call asks for something that cannot be: a path that is not there, an option that does not fit."""

    exit_code = 2


class InputError(TillsynError):
    """A file or page cannot be read; the sentence names the file and what is wrong with it."""

    exit_code = 3


class CorpusError(TillsynError):
    """A file of ``corpus/`` (codebook, sources, lexicon, annotations) has a mistake; names file, key and mend."""

    exit_code = 4


class ModelError(TillsynError):
    """The trained model is missing, damaged or made by another version."""

    exit_code = 5


class WorkspaceError(TillsynError):
    """The workspace cannot be written, is in use by another run, or holds something unexpected."""

    exit_code = 6


class FetchError(TillsynError):
    """A page could not be fetched; the sentence names the URL and the reason."""

    exit_code = 7


class InvariantError(TillsynError):
    """A promise of the records was broken: a fault of ours, never of the input."""

    exit_code = 70
