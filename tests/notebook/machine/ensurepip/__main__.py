"""Installs the stand-in of pip into the environment that is being made."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

shutil.copy(Path(__file__).with_name("pip_stand_in.py"), Path(sysconfig.get_path("purelib"), "pip.py"))
