/** Whether a run's sample answers ended, as an archive holds it: never prompts and answers, which are texts of records. */
import { z } from 'zod';
import type { SamplePoint } from '../contract/runs.ts';
import { ANSWERS, count, id, invalidArchive, parsed } from './archive-files.ts';
import { newerArchive } from './archive-manifest.ts';

const VERSION = 1;

/** Of one measured place of a run: whether each sample answer ran on to the limit of tokens. */
export type AnswerEnds = Required<Pick<SamplePoint, 'stage' | 'step' | 'snapshot' | 'endless'>>;

const answersSchema = z.strictObject({
  version: z.literal(VERSION),
  points: z
    .array(
      z.strictObject({
        stage: count.max(15),
        step: count,
        snapshot: id,
        endless: z.array(z.boolean()).max(8),
      }),
    )
    .max(100_000),
});

/** Points of which it is not known how their answers ended are left out. */
export function answerEnds(points: readonly SamplePoint[]): AnswerEnds[] {
  return points.flatMap(({ stage, step, snapshot, endless }) =>
    endless ? [{ stage, step, snapshot, endless }] : [],
  );
}

export function writeAnswers(points: readonly AnswerEnds[]): unknown {
  return { version: VERSION, points };
}

/** @throws StudioError `run-archive-newer`, `run-archive-invalid` with the field, also where two points share a place */
export function parseAnswers(json: unknown): AnswerEnds[] {
  const { version } = (json ?? {}) as { readonly version?: unknown };
  if (typeof version === 'number' && version > VERSION) throw newerArchive(version, VERSION);
  const { points } = parsed(answersSchema, json, ANSWERS);
  const places = new Set(points.map((point) => `${point.stage}.${point.step}.${point.snapshot}`));
  if (places.size < points.length) throw invalidArchive(ANSWERS, 'points', { reason: 'twice' });
  return points;
}
