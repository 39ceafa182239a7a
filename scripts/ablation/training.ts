/** Trains what a recipe of the grid needs with the command line, except what an earlier recipe has trained already. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunSummary } from '../../src/contract/runs.ts';
import { parseStep } from '../../src/archive/archive-curves.ts';
import { sharedStages, type GridCell } from '../../src/engine/evaluation/grid/grid-plan.ts';
import type { Recipe } from '../../src/engine/index.ts';
import { lastOf, medcare, type Said } from '../cli/call.ts';
import { recordArguments, writeRecipe, type RecordFiles } from '../demo/files.ts';
import type { GridState } from './state.ts';

/** What is told of a stage that was trained. */
export interface StageFacts {
  readonly steps: number;
  readonly records: number;
  readonly seconds: number;
  readonly firstLoss: number;
  readonly lastLoss: number;
}

/** What the recipes of a grid are trained with, and where it goes. */
export interface GridTraining {
  /** Folder of the base model. */
  readonly model: string;
  readonly records: RecordFiles;
  readonly state: GridState;
  readonly print: (line: string) => void;
}

/**
 * Trains a recipe: takes over the stages that an earlier recipe trained alike, and goes on with a run that was
 * interrupted.
 * @param earlier recipes of the grid whose runs are done
 * @returns what is told of each stage
 */
export async function trainCell(
  grid: GridTraining,
  { id, recipe }: GridCell,
  earlier: readonly GridCell[],
): Promise<readonly StageFacts[]> {
  if (recipe.stages.length === 0) return [];
  const folder = grid.state.run(id);
  const hear = (said: Said): void => tell(said, grid.print);
  if (!existsSync(join(folder, 'run.json'))) {
    // A kill before the run began may have left an empty folder.
    await rm(folder, { recursive: true, force: true });
    const file = await writeRecipe(`${folder}.recipe.json`, recipe);
    const from = alikeMost(recipe, earlier);
    await medcare(
      [
        ...['train', file, '--model', grid.model, '--precision', 'float32'],
        ...[...recordArguments(grid.records), '--out', folder],
        ...(from ? ['--from', grid.state.run(from.id)] : []),
      ],
      hear,
    );
  } else if ((await inspect(folder)).state !== 'done') {
    await medcare(['resume', folder], hear);
  }
  return factsOf(folder);
}

async function inspect(folder: string): Promise<RunSummary> {
  const { run } = lastOf(await medcare(['inspect', folder]), 'run');
  if (!run) throw new Error(`${folder} holds no run`);
  return run;
}

/** The recipe that shares the most stages with this one, from the first. */
function alikeMost(recipe: Recipe, earlier: readonly GridCell[]): GridCell | undefined {
  const shared = (cell: GridCell): number => sharedStages(cell.recipe, recipe);
  return earlier.filter((cell) => shared(cell) > 0).toSorted((a, b) => shared(b) - shared(a))[0];
}

function tell(said: Said, print: (line: string) => void): void {
  if (said.type !== 'step' || said.step % 5 !== 0) return;
  print(`    stage ${said.stage + 1}, step ${said.step + 1}: ${said.nll.toFixed(3)}`);
}

/** What the run's folder says of each stage. */
async function factsOf(folder: string): Promise<readonly StageFacts[]> {
  const { stages } = await inspect(folder);
  const text = await readFile(join(folder, 'steps.jsonl'), 'utf8');
  const lines = text.split('\n').slice(0, -1);
  const all = lines.map((line) => parseStep(JSON.parse(line)).metrics);
  return stages.map(({ records, steps }, index) => {
    const own = all.filter(({ stage }) => stage === index);
    return {
      ...{ steps, records },
      seconds: own.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000,
      firstLoss: own[0]?.nll ?? Number.NaN,
      lastLoss: own.at(-1)?.nll ?? Number.NaN,
    };
  });
}
