"""Reading the data files that hold what differs between customers and versions."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel

DATA = Path(__file__).parent / "data"

Model = TypeVar("Model", bound=BaseModel)


def load(model: type[Model], *path: str) -> Model:
    """One YAML file under ``data/`` as a checked model.

    Raises:
        pydantic.ValidationError: the file does not fit the model; the service does not
            start with such a file.
    """
    with DATA.joinpath(*path).open(encoding="utf-8") as file:
        return model.model_validate(yaml.safe_load(file))
