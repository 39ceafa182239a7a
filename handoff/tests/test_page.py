"""A bundle that the studio's page wrote without records trains with records that lie elsewhere, to the same bits.

The journey e2e/hand-off-records.spec.ts presses the page's buttons, and leaves what it and the command line wrote.
"""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from places import NANO, ROOT

from medcare_train.cli import main
from medcare_train.files.archive import RunArchive, read_archive

pytestmark = pytest.mark.full
PAGE = ROOT / "build/handoff/page"
JOURNEY = ["node_modules/@playwright/test/cli.js", "test", "-c", "e2e/playwright.config.ts", "hand-off-records.spec.ts"]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's bundle, unpacked as its fault and its README say."""
    done = subprocess.run(["node", *JOURNEY], cwd=ROOT, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stdout + done.stderr
    folder = tmp_path_factory.mktemp("page")
    with zipfile.ZipFile(PAGE / "bundle.zip") as file:
        file.extractall(folder)
    (bundle,) = folder.iterdir()
    assert not (bundle / "records").exists()
    return bundle


def train(bundle: Path, out: Path, *more: str) -> int:
    return main([str(bundle), "--model", str(NANO), "--out", str(out), "--device", "cpu", *more])


@pytest.fixture(scope="module")
def whole(bare: Path, tmp_path_factory: pytest.TempPathFactory) -> RunArchive:
    """The same run from a bundle that holds its records."""
    out = tmp_path_factory.mktemp("whole") / "run.zip"
    assert train(PAGE / "whole", out) == 0
    return read_archive(out)


@pytest.mark.parametrize("records", ["prepared", "whole/records"])
def test_it_takes_prepared_records_and_files_of_records(
    bare: Path, whole: RunArchive, tmp_path: Path, records: str
) -> None:
    out = tmp_path / "run.zip"
    assert train(bare, out, "--records", str(PAGE / records)) == 0
    trained = read_archive(out)
    assert trained.run["state"] == "done"
    assert trained.stages == whole.stages
    assert [step["rows"] for step in trained.steps] == [step["rows"] for step in whole.steps]
    assert trained.validation == whole.validation


def test_without_them_it_says_where_to_look(bare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert train(bare, tmp_path / "run.zip") == 3
    assert "--records FOLDER" in capsys.readouterr().err
