/** What page and worker say about grids of ablations. Part of the protocol (protocol.ts); types only. */
import type { GridCell, GridChoice } from '../../engine/evaluation/grid/grid-plan.ts';
import type { GridFigure, GridTable } from '../../engine/evaluation/grid/grid-tables.ts';
import type { AblationId } from '../../engine/training/recipe/ablations.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { ErrorDescription } from '../../errors.ts';
import type { EvaluationSettings, LeftOut } from './evaluate-protocol.ts';

export type { AblationId, GridChoice, GridFigure, GridTable };

export type CellState = 'waiting' | 'training' | 'measuring' | 'done' | 'failed';

export interface GridCellState {
  readonly cell: GridCell;
  readonly state: CellState;
  /** The run that trained it; null for the base model and before the first step. */
  readonly runId: string | null;
  readonly evaluationId: string | null;
  readonly error: Required<ErrorDescription> | null;
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
  readonly leftOut?: LeftOut;
  readonly settings: EvaluationSettings;
  readonly cells: readonly GridCellState[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface GridReport {
  readonly tables: readonly GridTable[];
  readonly figures: readonly GridFigure[];
}

export interface AblationCalls {
  /** The rows of the paper's tables that a grid can have, in the paper's order. */
  'ablation.recipes': {
    in: Record<string, never>;
    out: readonly { readonly id: AblationId; readonly name: string; readonly tables: string }[];
  };
  /** Plans a grid and stores it; nothing is trained yet. */
  'ablation.create': {
    in: {
      name: string;
      modelId: string;
      dataSetIds: readonly string[];
      /** The pipeline that every ablation changes. */
      recipe: Recipe;
      choice: GridChoice;
      files: readonly File[];
      settings: EvaluationSettings;
    };
    out: StoredGrid;
  };
  /**
   * Trains and measures what is not done, one cell after another. A cell that fails does not stop the
   * others; failed ones are tried again the next time.
   */
  'ablation.run': { in: { id: string; task: string }; out: StoredGrid };
  'ablation.list': { in: Record<string, never>; out: readonly StoredGrid[] };
  'ablation.report': { in: { id: string }; out: GridReport };
  /** Forgets the grid; its runs and evaluations stay. */
  'ablation.remove': { in: { id: string }; out: null };
  'ablation.export': {
    in: { id: string; format: 'csv' | 'markdown' };
    out: { readonly name: string; readonly blob: Blob };
  };
}

export interface AblationEvent {
  readonly type: 'ablation.changed';
  readonly grid: StoredGrid;
}
