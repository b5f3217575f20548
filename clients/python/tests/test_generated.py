"""client.py is as generate.py would write it now."""

import importlib.util
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def test_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("generate", PROJECT / "generate.py")
    assert spec is not None and spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    committed = (PROJECT / "src" / "homing" / "client.py").read_text(encoding="utf-8")
    assert committed == generate.generated(), "python clients/python/generate.py writes it"
