"""The command ``genai-templates``: verbs, each in a module that is loaded when the verb is used.

Exit codes: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted. An error is one line on
standard error.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from ..errors import GenAITemplatesError, InvalidOption
from .arguments import parse

_FAILED = 1
_WRONG_USAGE = 2
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, or with those of the process, and return its exit code."""
    try:
        parsed = parse(sys.argv[1:] if arguments is None else arguments)
        code: int = parsed.run(parsed)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # the reader, such as head, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except InvalidOption as error:
        from .options import with_flags

        return _say(with_flags(str(error)), _WRONG_USAGE)
    except GenAITemplatesError as error:
        return _say(error, _FAILED)
    except OSError as error:
        return _say(f"{error.filename}: {error.strerror}" if error.filename and error.strerror else error, _FAILED)
    except KeyboardInterrupt as interrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # another one ends a wait for threads, without a traceback
        return _say(interrupt if interrupt.args else "interrupted", _INTERRUPTED)


def _say(problem: object, code: int) -> int:
    print(f"genai-templates: {problem}", file=sys.stderr)
    return code
