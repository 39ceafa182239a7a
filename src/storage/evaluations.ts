/** What models answered, item by item as it comes, and the grids of recipes that were measured. */
import type { EvaluationItem, ItemAnswer } from '../engine/evaluation/items.ts';
import type { StoredGrid } from '../worker/ablation-protocol.ts';
import type { EvaluationSummary } from '../worker/evaluate-protocol.ts';
import type { StudioDatabase } from './database.ts';

/** Questions of one or more evaluations, under the SHA-256 of them. */
export interface StoredItems {
  readonly items: readonly EvaluationItem[];
}

export type AnswerKey = [evaluationId: string, place: number];

export class Evaluations {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** Oldest first. */
  async list(): Promise<EvaluationSummary[]> {
    const all = await this.#database.getAll('evaluations');
    return all.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  }

  async find(id: string): Promise<EvaluationSummary | null> {
    return (await this.#database.get('evaluations', id)) ?? null;
  }

  async put(evaluation: EvaluationSummary): Promise<void> {
    await this.#database.put('evaluations', evaluation, evaluation.id);
  }

  async putItems(itemsId: string, items: readonly EvaluationItem[]): Promise<void> {
    await this.#database.put('evaluationItems', { items }, itemsId);
  }

  async items(itemsId: string): Promise<readonly EvaluationItem[]> {
    return (await this.#database.get('evaluationItems', itemsId))?.items ?? [];
  }

  /** Adds answers and what the evaluation is with them, in one transaction. */
  async addAnswers(
    evaluation: EvaluationSummary,
    batch: readonly (readonly [place: number, answer: ItemAnswer])[],
  ): Promise<void> {
    const transaction = this.#database.transaction(
      ['evaluations', 'evaluationAnswers'],
      'readwrite',
    );
    const answers = transaction.objectStore('evaluationAnswers');
    await Promise.all([
      ...batch.map(([place, answer]) => answers.put(answer, [evaluation.id, place])),
      transaction.objectStore('evaluations').put(evaluation, evaluation.id),
      transaction.done,
    ]);
  }

  /** Answers by the place of their item; undefined where there is none yet. */
  async answers(id: string): Promise<(ItemAnswer | undefined)[]> {
    const transaction = this.#database.transaction('evaluationAnswers', 'readonly');
    const [keys, values] = await Promise.all([
      transaction.store.getAllKeys(rangeOf(id)),
      transaction.store.getAll(rangeOf(id)),
    ]);
    const answers: (ItemAnswer | undefined)[] = [];
    keys.forEach(([, place], index) => {
      answers[place] = values[index];
    });
    return answers;
  }

  async clearAnswers(id: string): Promise<void> {
    await this.#database.delete('evaluationAnswers', rangeOf(id));
  }

  /** Removes evaluations, and the questions that nothing asks any more. */
  async remove(ids: readonly string[]): Promise<void> {
    const transaction = this.#database.transaction(
      ['evaluations', 'evaluationAnswers'],
      'readwrite',
    );
    await Promise.all([
      ...ids.flatMap((id) => [
        transaction.objectStore('evaluations').delete(id),
        transaction.objectStore('evaluationAnswers').delete(rangeOf(id)),
      ]),
      transaction.done,
    ]);
    await this.#dropUnusedItems();
  }

  async #dropUnusedItems(): Promise<void> {
    const [evaluations, grids, known] = await Promise.all([
      this.list(),
      this.grids(),
      this.#database.getAllKeys('evaluationItems'),
    ]);
    const used = new Set([...evaluations, ...grids].map(({ itemsId }) => itemsId));
    for (const id of known) if (!used.has(id)) await this.#database.delete('evaluationItems', id);
  }

  /** Oldest first. */
  async grids(): Promise<StoredGrid[]> {
    const all = await this.#database.getAll('grids');
    return all.sort((a, b) => a.createdAt - b.createdAt);
  }

  async grid(id: string): Promise<StoredGrid | null> {
    return (await this.#database.get('grids', id)) ?? null;
  }

  async putGrid(grid: StoredGrid): Promise<void> {
    await this.#database.put('grids', grid, grid.id);
  }

  async removeGrid(id: string): Promise<void> {
    await this.#database.delete('grids', id);
    await this.#dropUnusedItems();
  }
}

/** Every key that begins with this id: arrays sort after numbers. */
function rangeOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []], false, true);
}
