"""The programs of the README run as they stand there, and pass a type checker."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("program", PROGRAMS, ids=[f"program {number + 1}" for number in range(len(PROGRAMS))])
def test_runs_and_prints_what_it_says(program: str, receiver: str, tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    # The one thing that is replaced: nobody is to receive our tests.
    script.write_text(program.replace("https://example.com/hook", receiver), encoding="utf-8")
    ran = subprocess.run([sys.executable, str(script)], env=os.environ, capture_output=True, text=True, check=False)  # noqa: S603
    assert (ran.returncode, ran.stderr) == (0, "")
    for words in re.findall(r"print\(.*\)  # (.*)", program):
        pattern = r"\w+".join(re.escape(part) for part in words.split("…"))
        assert re.search(rf"^{pattern}$", ran.stdout, re.MULTILINE), ran.stdout


def test_passes_a_strict_type_checker(tmp_path: Path) -> None:
    scripts = []
    for number, program in enumerate(PROGRAMS):
        scripts.append(tmp_path / f"program_{number}.py")
        scripts[-1].write_text(program, encoding="utf-8")
    assert checked(*scripts) == ""


def test_a_type_checker_finds_what_the_api_would_refuse(tmp_path: Path) -> None:
    script = tmp_path / "wrong.py"
    script.write_text(
        """from homing import HomingClient
homing = HomingClient("http://127.0.0.1:3000", "key")
homing.send({"targetURL": "https://example.com/hook"})
homing.list(status="LOST")
homing.get("msg_1")["statsu"]
""",
        encoding="utf-8",
    )
    lines = [line.split(":")[1] for line in checked(script).splitlines() if ": error:" in line]
    assert sorted(set(lines)) == ["3", "4", "5"]


def checked(*scripts: Path) -> str:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--cache-dir", os.devnull]
    ran = subprocess.run([*command, *map(str, scripts)], capture_output=True, text=True, check=False)  # noqa: S603
    return ran.stdout + ran.stderr
