"""Boots the hook where PYTHONPATH has this directory: for containers whose packages are fixed.

Python imports only one sitecustomize, the first on its path. So the next one, which others may
rely on in the same way, is run in this one's place.
"""

import os
import sys


def _boot(directory):
    """Boots the hook of this directory; does nothing when that cannot be."""
    # Once resolved, an upgrade under a running process cannot mix two versions.
    sys.path.append(os.path.realpath(directory))
    try:
        from flower_monitoring.hook import boot
    except Exception:
        return
    finally:
        sys.path.pop()
    boot.start()


def _find_next(directory):
    """The spec of the next sitecustomize on the path; None when there is none."""
    from importlib.machinery import PathFinder

    path = [os.path.abspath(entry) for entry in sys.path]
    rest = sys.path[path.index(directory) + 1 :] if directory in path else []
    return PathFinder.find_spec(__name__, rest)


def _run(spec):
    """Runs it as if it had been imported: what it raises is Python's to tell."""
    from importlib.util import module_from_spec

    module = module_from_spec(spec)
    # Python takes the module from here when this one is done.
    sys.modules[__name__] = module
    spec.loader.exec_module(module)


_directory = os.path.dirname(os.path.abspath(__file__))
_boot(_directory)
_next = _find_next(_directory)
if _next is not None:
    _run(_next)
