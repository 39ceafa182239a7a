/** What page and worker say about grids of ablations. */
import { z } from 'zod';
import type { GridCell, GridChoice } from '../engine/evaluation/grid/grid-plan.ts';
import type { GridFigure, GridTable } from '../engine/evaluation/grid/grid-tables.ts';
import { ablationIds, type AblationId } from '../engine/training/recipe/ablations.ts';
import type { Recipe } from '../engine/training/recipe/recipe.ts';
import type { FaultDescription } from '../faults/catalogue.ts';
import { knownColumns } from './data.ts';
import { takes } from './call.ts';
import { loadingState, planning, readingQuestions, startingRun } from './faults.ts';
import {
  evaluationFiles,
  evaluationSettings,
  type EvaluationSettings,
  type LeftOutRows,
} from './evaluation.ts';
import { id, recipe, task, type MadeFile } from './fields.ts';

export type { AblationId, GridChoice, GridFigure, GridTable };

export type CellState = 'waiting' | 'training' | 'measuring' | 'done' | 'failed';

export interface GridCellState {
  readonly cell: GridCell;
  readonly state: CellState;
  /** The run that trained it; null for the base model and before the first step. */
  readonly runId: string | null;
  readonly evaluationId: string | null;
  readonly error: FaultDescription | null;
}

export interface StoredGrid {
  readonly id: string;
  readonly name: string;
  readonly modelId: string;
  readonly modelName: string;
  readonly dataSetIds: readonly string[];
  readonly base: Recipe;
  readonly files: readonly string[];
  readonly itemsId: string;
  readonly items: number;
  /** Rows of the files that gave no question; absent in grids of earlier versions. */
  readonly leftOut?: LeftOutRows;
  readonly settings: EvaluationSettings;
  readonly cells: readonly GridCellState[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface GridReport {
  readonly tables: readonly GridTable[];
  readonly figures: readonly GridFigure[];
}

const shares = z.array(z.number().gt(0).max(1)).max(20);
const gridChoice: z.ZodType<GridChoice> = z.strictObject({
  ablations: z.array(z.enum(ablationIds)),
  fractions: z.tuple([shares, shares]),
});

/** A row of the paper's tables that a grid can have. */
export interface AblationRow {
  readonly id: AblationId;
  readonly name: string;
  readonly tables: string;
}

export const ablationCalls = {
  /** In the paper's order. */
  'ablation.recipes': takes({}).gives<readonly AblationRow[]>(),
  /** Plans a grid and stores it; nothing is trained yet. */
  'ablation.create': takes({
    name: z.string().max(200),
    modelId: id,
    dataSetIds: z.array(id).min(1).readonly(),
    /** The pipeline that every ablation changes. */
    recipe,
    choice: gridChoice,
    files: evaluationFiles,
    columns: knownColumns.optional(),
    settings: evaluationSettings,
  })
    .fails(...planning, ...readingQuestions, 'ablation-needs-medcare')
    .gives<StoredGrid>(),
  /**
   * Trains and measures the cells that are not done, one after another. A cell that fails does not stop the
   * others; failed cells are tried again the next time.
   */
  'ablation.run': takes({ id, task })
    .onDevice('answers')
    .fails(
      ...startingRun,
      ...loadingState,
      'grid-missing',
      'grid-elsewhere',
      'grid-run-stopped',
      'grid-run-interrupted',
      'evaluation-elsewhere',
      'run-in-use',
      'run-not-active',
      'run-not-resumable',
      'run-inputs-changed',
    )
    .gives<StoredGrid>(),
  'ablation.list': takes({}).gives<readonly StoredGrid[]>(),
  'ablation.report': takes({ id }).fails('grid-missing').gives<GridReport>(),
  /** Forgets the grid; its runs and evaluations stay. */
  'ablation.remove': takes({ id }).fails('grid-elsewhere').gives<null>(),
  'ablation.export': takes({ id, format: z.enum(['csv', 'markdown']) })
    .fails('grid-missing')
    .gives<MadeFile>(),
};
