"""What the README tells people to type."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cli import Cli

README = Path(__file__).parents[2] / "README.md"


async def test_the_python_example_runs_as_it_stands(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It queues two points at a site of its own, and prints the queues."""
    monkeypatch.setenv("RACECONTROL_DATA_DIR", str(cli.data_dir))
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}

    await eval(compile(example, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)

    printed = ast.literal_eval(capsys.readouterr().out)
    assert (printed["live"]["ready"], printed["upload"]["ready"]) == (1, 1)
