"""Reading the data files that hold what differs between customers and versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

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
    return model.model_validate(read_yaml(DATA.joinpath(*path).read_text("utf-8")))


def read_yaml(text: str) -> Any:
    """A YAML text as plain values; read by libyaml, since start-up reads thousands of lines."""
    return yaml.load(text, Loader=yaml.CSafeLoader)
