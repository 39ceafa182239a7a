/** Scores by forced pair of experts, as an archive holds them: finished evaluations, without their questions. */
import { z } from 'zod';
import type { PairEvaluation } from '../contract/experts.ts';
import { expertPairs } from '../engine/evaluation/routing-pairs.ts';
import { count, figure, id, invalidArchive, PAIRS, parsed, text } from './archive-files.ts';

/** The run is the archive's own. */
type ArchivedPairs = Omit<PairEvaluation, 'runId'>;

const expert = z.int().min(0).max(63);

const scoreSchema = z.strictObject({
  pair: z.tuple([expert, expert]).nullable(),
  tasks: z
    .array(
      z.strictObject({
        task: text(400),
        items: count,
        choices: count,
        right: count,
        logLikelihood: figure,
      }),
    )
    .max(1000),
});

const pairsSchema = z
  .array(
    z.strictObject({
      id,
      snapshot: id,
      createdAt: z.number().min(0).max(1e16),
      experts: z.int().min(2).max(64),
      files: z.array(text(1000)).max(10_000),
      items: count,
      choices: count,
      tasks: z.array(text(400)).max(1000),
      routed: scoreSchema,
      pairs: z.array(scoreSchema).max(2016),
    }),
  )
  .max(100);

/** What of a run's evaluations goes into its archive: without questions, one that is not finished cannot go on. */
export function finishedPairs(evaluations: readonly PairEvaluation[]): ArchivedPairs[] {
  return evaluations
    .filter(({ routed, pairs, experts }) => routed && pairs.length === expertPairs(experts).length)
    .map(({ runId: _run, ...kept }) => kept);
}

/** @throws StudioError `run-archive-invalid` where an evaluation does not have every pair of its experts in order */
export function parsePairs(json: unknown): ArchivedPairs[] {
  const all = parsed(pairsSchema, json, PAIRS);
  for (const { experts, routed, pairs } of all) {
    const due = expertPairs(experts).map((pair) => pair.join());
    const found = pairs.map(({ pair }) => pair?.join());
    if (routed.pair !== null || found.join(' ') !== due.join(' ')) {
      throw invalidArchive(PAIRS, PAIRS, { reason: 'other-experts', experts });
    }
  }
  return all;
}
