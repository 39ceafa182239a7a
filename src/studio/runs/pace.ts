/** How long the next run will take: from its steps, its tokens, and what steps took on this device before. */
import { create } from 'zustand';
import type { StageLoad } from '../../contract/runs.ts';
import { worker } from '../../worker/client.ts';

export interface Estimate {
  readonly steps: number;
  /** Of one step on average, and of all steps; without validation and sample answers. */
  readonly stepMilliseconds: number;
  readonly milliseconds: number;
}

/** @param pace milliseconds per token */
export function estimateOf(stages: readonly StageLoad[], pace: number): Estimate {
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  const tokens = stages.reduce((sum, stage) => sum + stage.tokens, 0);
  const milliseconds = tokens * pace;
  return { steps, milliseconds, stepMilliseconds: milliseconds / Math.max(1, steps) };
}

interface PaceState {
  /** Milliseconds per token of the latest dry run of each model, since the page was opened. */
  readonly tried: Readonly<Record<string, number>>;
  readonly keep: (modelId: string, pace: number) => void;
}

export const usePace = create<PaceState>()((set) => ({
  tried: {},
  keep: (modelId, pace) => set(({ tried }) => ({ tried: { ...tried, [modelId]: pace } })),
}));

/** Milliseconds per token of the latest run of this model on this adapter; null without one. */
export function readPace(modelId: string, adapter: string): Promise<number | null> {
  return worker.call('runs.pace', { modelId, adapter });
}
