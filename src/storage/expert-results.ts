/** Stores a run's results about experts: growth of its branches, scores by forced pair, the audit of its records. */
import type { NoiseAudit, PairEvaluation } from '../contract/experts.ts';
import type { StudioDatabase } from './database.ts';
import type { StoredGrowth, StoredPairEvaluation } from './stored.ts';

export class ExpertResults {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** A point that is measured again replaces the earlier one. */
  async putGrowth(runId: string, growth: StoredGrowth): Promise<void> {
    const { stage, step } = growth.point;
    await this.#database.put('growth', growth, [runId, stage, step]);
  }

  /** In the order of training. */
  async growth(runId: string): Promise<StoredGrowth[]> {
    return this.#database.getAll('growth', ofRun(runId));
  }

  /** Enters a new evaluation by pairs. */
  async addPairs(stored: StoredPairEvaluation): Promise<void> {
    const { runId, id } = stored.evaluation;
    await this.#database.put('pairScores', stored, [runId, id]);
  }

  /** Stores the new scores; false when the evaluation was removed meanwhile. */
  async keepPairs(stored: StoredPairEvaluation): Promise<boolean> {
    const { runId, id } = stored.evaluation;
    const kept = await this.#database.change(
      'pairScores',
      [runId, id],
      (before) => before && stored,
    );
    return kept !== undefined;
  }

  async pairs(runId: string, id: string): Promise<StoredPairEvaluation | null> {
    return (await this.#database.get('pairScores', [runId, id])) ?? null;
  }

  /** Newest first. */
  async listPairs(runId: string): Promise<PairEvaluation[]> {
    const stored = await this.#database.getAll('pairScores', ofRun(runId));
    return stored.map(({ evaluation }) => evaluation).sort((a, b) => b.createdAt - a.createdAt);
  }

  async removePairs(runId: string, id: string): Promise<void> {
    await this.#database.delete('pairScores', [runId, id]);
  }

  async noiseAudit(runId: string): Promise<NoiseAudit | null> {
    return (await this.#database.get('noiseAudits', runId)) ?? null;
  }

  /** Replaces the run's earlier audit. */
  async putNoiseAudit(audit: NoiseAudit): Promise<void> {
    await this.#database.put('noiseAudits', audit, audit.runId);
  }

  /** Removes growth beyond the step from which a run resumes. */
  async truncateGrowth(runId: string, stage: number, step: number): Promise<void> {
    const after = IDBKeyRange.bound([runId, stage, step], [runId, []], true, true);
    await this.#database.delete('growth', after);
  }
}

/** Arrays sort after numbers and text, so [id, []] lies beyond the last key of a run. */
function ofRun(runId: string): IDBKeyRange {
  return IDBKeyRange.bound([runId], [runId, []], false, true);
}
