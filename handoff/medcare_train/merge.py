"""`python -m medcare_train.merge ARCHIVE`: the merged model of a finished run as a Hugging Face folder.

python -m medcare_train.merge run.zip --model FOLDER --out MERGED [--dtype bfloat16]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from medcare_train.compute.arena import load_branches
from medcare_train.compute.base_folder import BaseFolder
from medcare_train.compute.export import export_merged
from medcare_train.compute.model_state import Merge
from medcare_train.faults import BranchesDiffer, HandOffFault, file_failed
from medcare_train.files.archive import RunArchive, read_archive
from medcare_train.plan.layout import lay_out
from medcare_train.plan.recipe import Recipe, parse_recipe, remaining_branches, stage_branches


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; gives its exit code."""
    parser = argparse.ArgumentParser(prog="python -m medcare_train.merge", description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--model", type=Path, required=True, help="Hugging Face folder of the run's base")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="bfloat16")
    options = parser.parse_args(arguments)
    try:
        archive = read_archive(options.archive)
        base = BaseFolder(options.model)
        merges = merges_of(archive, parse_recipe(archive.run["recipe"]), base)
        export_merged(base, merges, options.out, getattr(torch, options.dtype))
    except (HandOffFault, OSError) as error:
        fault = file_failed(error) if isinstance(error, OSError) else error
        print(f"{fault.said}\n{fault.remedy} ({fault.code})", file=sys.stderr)
        return fault.status
    except KeyboardInterrupt:
        return 130
    print(f"Wrote {options.out}.")
    return 0


def merges_of(archive: RunArchive, recipe: Recipe, base: BaseFolder) -> list[Merge]:
    """The branches that a finished run merged, with the values that their stages ended with."""
    stages = len(recipe.stages)
    if len(archive.stages) < stages or remaining_branches(recipe, stages - 1):
        raise BranchesDiffer(
            "The run has no merged state: it is not finished, or its recipe leaves branches beside the weights.",
            "Finish the run, or export its branches as PEFT adapters in the studio.",
        )
    found: list[Merge] = []
    for stage, data in enumerate(archive.stages):
        branches = {branch.name: branch for branch in stage_branches(recipe, stage)}
        named = load_branches(data, lay_out(base.config.shape, list(branches.values())))
        acts = recipe.stages[stage].after
        found += [Merge(branches[act.branch], named) for act in acts if act.action == "merge"]
    return found


if __name__ == "__main__":
    sys.exit(main())
