"""Reading of the data files (YAML) that stand beside the modules of this package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(name: str, folder: Path = Path(__file__).parent) -> Any:
    """The content of the YAML file ``name`` in ``folder`` (by default the one of this package)."""
    return yaml.load((folder / name).read_text(encoding="utf-8"), Loader=_LOADER)
