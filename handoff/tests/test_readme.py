"""Every command of the README runs as it stands there, with the names that it leaves open filled in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from socket import socket
from subprocess import PIPE, STDOUT

import pytest
from bundles import TINY, make_bundle
from places import GOLDEN, ROOT, environment

from medcare_train.files.archive import read_archive

README = (ROOT / "handoff/README.md").read_text(encoding="utf-8")
INSTALLED = ("pip install .", "medcare-train ")
NEVER = {
    "#SBATCH ": "a line that SLURM reads; there is no scheduler here",
    "npm run handoff:test": "these very tests",
    "python -m medcare_train.ray_launcher ": "Ray is none of the packages of these tests; tried by hand",
}
"""Commands that nothing here runs, and why; a command of the README that no test runs has to be one of them."""


def commands() -> list[str]:
    """The indented lines outside fences, without the words beside them; lines that go on are one."""
    text = re.sub(r" *\\\n *", " ", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
    lines = [line[4:] for line in text.splitlines() if re.match(r" {4}\S", line)]
    return [re.split(r"\s{4,}", line)[0] for line in lines]


PREPARED = [line for line in commands() if "PREPARED" in line]
OF_A_NODE = [line.removeprefix("srun ") for line in commands() if line.startswith("srun ")]
APART = ("srun ", *INSTALLED, *NEVER)
HERE = [line for line in commands() if not line.startswith(APART) and line not in PREPARED]


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
    assert len(HERE) == 6
    assert sum(line.startswith("torchrun") for line in HERE) == 2
    assert len(PREPARED) == 3
    assert [len([line for line in commands() if line.startswith(one)]) for one in APART] == [1, 1, 1, 1, 2, 1]


@pytest.mark.long
def test_two_nodes_train_together_by_the_line_of_slurm(bundle: Path, tmp_path: Path) -> None:
    """Without srun, which starts this line once on each node: here two of them on one machine, by their own ports."""
    (line,) = OF_A_NODE
    assert "--nproc_per_node 4" in line
    line = filled(line, tmp_path).replace("--nproc_per_node 4", "--nproc_per_node 1") + " --device cpu"
    shutil.copytree(bundle, tmp_path / "bundle")
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = line.replace("$HEAD:29500", f"$HEAD:{port}")
    env = {**found_first(Path(sys.executable).parent, environment()), "HEAD": "127.0.0.1"}
    nodes = [subprocess.Popen(["bash", "-c", line], env=env, stdout=PIPE, stderr=STDOUT, text=True) for _ in range(2)]
    said = [node.communicate(timeout=600)[0] for node in nodes]
    assert [node.returncode for node in nodes] == [0, 0], said
    archive = read_archive(tmp_path / "run.zip")
    assert archive.run["state"] == "done"
    assert archive.run["adapter"].startswith("2 × CPU")


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
    for line in (line for line in commands() if line.startswith(INSTALLED)):
        run(filled(line, tmp_path), env)
    assert read_archive(tmp_path / "run.zip").run["state"] == "done"
