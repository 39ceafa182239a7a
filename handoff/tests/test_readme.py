"""Every command of the README runs as it stands there, with the names that it leaves open filled in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from bundles import TINY, make_bundle
from places import GOLDEN, ROOT, environment

from medcare_train.files.archive import read_archive

README = (ROOT / "handoff/README.md").read_text(encoding="utf-8")
ELSEWHERE = ("#SBATCH", "srun ", "npm ", "pip install", "medcare-train ", "python -m medcare_train.ray_launcher")
"""Lines of a cluster, of these very tests, and those that the last test runs in an environment of its own."""


def commands() -> list[str]:
    """The indented lines outside fences, without the words beside them; lines that go on are one."""
    text = re.sub(r"```.*?```", "", README, flags=re.DOTALL).replace("\\\n", "")
    lines = [line[4:] for line in text.splitlines() if re.match(r" {4}\S", line)]
    return [re.split(r"\s{4,}", line)[0] for line in lines]


PREPARED = [line for line in commands() if "PREPARED" in line]
HERE = [line for line in commands() if not line.startswith(ELSEWHERE) and line not in PREPARED]


def filled(line: str, folder: Path) -> str:
    """A command with real places."""
    names = {
        "BUNDLE": str(folder / "bundle"),
        "FOLDER": str(TINY),
        "run.zip": str(folder / "run.zip"),
        "MERGED": str(folder / "merged"),
        "CASE…": str(GOLDEN / "odd-sizes"),
    }
    for name, value in names.items():
        line = line.replace(name, value)
    return line


def run(line: str, env: dict[str, str], place: Path = ROOT) -> str:
    done = subprocess.run(
        ["bash", "-c", line], cwd=place, env=env, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout


def found_first(folder: Path, env: dict[str, str]) -> dict[str, str]:
    return {**env, "PATH": f"{folder}{os.pathsep}{env['PATH']}"}


def test_the_readme_has_the_commands_that_are_tried() -> None:
    assert len(HERE) >= 5
    assert sum(line.startswith("torchrun") for line in HERE) == 2


@pytest.mark.long
@pytest.mark.parametrize("line", HERE)
def test_a_command_runs(line: str, bundle: Path, tmp_path: Path) -> None:
    shutil.copytree(bundle, tmp_path / "bundle")
    env = found_first(Path(sys.executable).parent, environment())
    if "merge" in line:
        run(filled("python -m medcare_train BUNDLE --model FOLDER --out run.zip --device cpu", tmp_path), env)
    place = ROOT
    if line.startswith("PYTHONPATH=trainer"):
        # The line of a bundle's own README: with the trainer that it brings, and the base beside it.
        place = tmp_path / "bundle"
        (place / "trainer").symlink_to(ROOT / "handoff")
        (place / "base").symlink_to(TINY)
    run(filled(line, tmp_path), env, place)
    if " --out run.zip" in line:
        assert read_archive(tmp_path / "run.zip").run["state"] == "done"


@pytest.mark.full
def test_records_are_prepared_handed_off_and_trained(tmp_path: Path) -> None:
    assert len(PREPARED) == 3
    names = {
        "RECIPE": "quick",
        "RECORDS": "test/package/numbers.jsonl --data test/package/rooms.jsonl",
        "FOLDER": "public/models/stories260k",
    }
    env = found_first(Path(sys.executable).parent, environment())
    for line in PREPARED:
        for name, value in names.items():
            line = line.replace(name, value)
        for name in ("PREPARED", "BARE", "run.zip"):
            line = line.replace(name, str(tmp_path / name.lower()))
        run(line, env)
    assert read_archive(tmp_path / "run.zip").run["state"] == "done"


@pytest.mark.full
def test_the_package_installs_from_its_folder_and_its_command_trains(tmp_path: Path) -> None:
    make_bundle(tmp_path / "bundle")
    venv.create(tmp_path / "venv", system_site_packages=True, with_pip=True)
    env = found_first(tmp_path / "venv/bin", {**os.environ})
    # What the tests' own Python has is there already, and its build tools too.
    env["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    for line in (line for line in commands() if line.startswith(("pip install .", "medcare-train "))):
        run(filled(line, tmp_path), env)
    assert read_archive(tmp_path / "run.zip").run["state"] == "done"
