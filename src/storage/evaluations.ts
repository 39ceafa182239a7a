/** Stores what models answered, item by item as it comes, and the grids of measured recipes. */
import type { EvaluationItem, ItemAnswer } from '../engine/evaluation/items.ts';
import type { StoredGrid } from '../contract/ablation.ts';
import type { EvaluationSummary } from '../contract/evaluation.ts';
import { together, type StudioDatabase } from './database.ts';

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

  /** The evaluations of an evaluation's shortcut check, as far as it went. */
  async checksOf(id: string): Promise<EvaluationSummary[]> {
    return (await this.list()).filter(({ check }) => check?.of === id);
  }

  async find(id: string): Promise<EvaluationSummary | null> {
    return (await this.#database.get('evaluations', id)) ?? null;
  }

  /** Enters an evaluation with its questions, or starts or continues the one with the same id. */
  async begin(evaluation: EvaluationSummary, items: readonly EvaluationItem[]): Promise<void> {
    const { id, itemsId } = evaluation;
    await this.#database.write(['evaluations', 'evaluationItems'], (transaction) =>
      together([
        () => transaction.objectStore('evaluations').put(evaluation, id),
        () => transaction.objectStore('evaluationItems').put({ items }, itemsId),
      ]),
    );
  }

  /** Stores the figures; false when the evaluation was removed meanwhile. */
  async keep(evaluation: EvaluationSummary): Promise<boolean> {
    const kept = await this.#database.change(
      'evaluations',
      evaluation.id,
      (known) => known && evaluation,
    );
    return kept !== undefined;
  }

  async putItems(itemsId: string, items: readonly EvaluationItem[]): Promise<void> {
    await this.#database.put('evaluationItems', { items }, itemsId);
  }

  async items(itemsId: string): Promise<readonly EvaluationItem[]> {
    return (await this.#database.get('evaluationItems', itemsId))?.items ?? [];
  }

  /** Adds answers and stores the evaluation as they change it. The caller holds it alone (lock-names.ts). */
  async addAnswers(
    evaluation: EvaluationSummary,
    batch: readonly (readonly [place: number, answer: ItemAnswer])[],
  ): Promise<void> {
    const { id } = evaluation;
    await this.#database.write(['evaluations', 'evaluationAnswers'], (transaction) => {
      const answers = transaction.objectStore('evaluationAnswers');
      return together([
        ...batch.map(
          ([place, answer]) =>
            () =>
              answers.put(answer, [id, place]),
        ),
        () => transaction.objectStore('evaluations').put(evaluation, id),
      ]);
    });
  }

  /** Answers by the place of their item; undefined where there is none yet. */
  async answers(id: string): Promise<(ItemAnswer | undefined)[]> {
    const answers: (ItemAnswer | undefined)[] = [];
    for (const [[, place], answer] of await this.#database.entries(
      'evaluationAnswers',
      rangeOf(id),
    )) {
      answers[place] = answer;
    }
    return answers;
  }

  async clearAnswers(id: string): Promise<void> {
    await this.#database.delete('evaluationAnswers', rangeOf(id));
  }

  /** Removes evaluations that the caller holds alone, and the questions that nothing uses any more. */
  async remove(ids: readonly string[]): Promise<void> {
    await this.#database.write(['evaluations', 'evaluationAnswers'], (transaction) =>
      together(
        ids.flatMap((id) => [
          () => transaction.objectStore('evaluations').delete(id),
          () => transaction.objectStore('evaluationAnswers').delete(rangeOf(id)),
        ]),
      ),
    );
    await this.dropUnusedItems();
  }

  /** Removes questions without an evaluation or grid. Whoever begins one stores its questions with it. */
  async dropUnusedItems(): Promise<void> {
    await this.#database.write(['evaluations', 'grids', 'evaluationItems'], async (transaction) => {
      const items = transaction.objectStore('evaluationItems');
      const [evaluations, grids, known] = await Promise.all([
        transaction.objectStore('evaluations').getAll(),
        transaction.objectStore('grids').getAll(),
        items.getAllKeys(),
      ]);
      const used = new Set([...evaluations, ...grids].map(({ itemsId }) => itemsId));
      await together(known.filter((id) => !used.has(id)).map((id) => () => items.delete(id)));
    });
  }

  /** Oldest first. */
  async grids(): Promise<StoredGrid[]> {
    const all = await this.#database.getAll('grids');
    return all.sort((a, b) => a.createdAt - b.createdAt);
  }

  async grid(id: string): Promise<StoredGrid | null> {
    return (await this.#database.get('grids', id)) ?? null;
  }

  /** Enters a grid with its questions. */
  async beginGrid(grid: StoredGrid, items: readonly EvaluationItem[]): Promise<void> {
    await this.#database.write(['grids', 'evaluationItems'], (transaction) =>
      together([
        () => transaction.objectStore('grids').put(grid, grid.id),
        () => transaction.objectStore('evaluationItems').put({ items }, grid.itemsId),
      ]),
    );
  }

  /** Changes a grid, given its value at that moment; null when it was removed. */
  async changeGrid(
    id: string,
    change: (grid: StoredGrid) => StoredGrid,
  ): Promise<StoredGrid | null> {
    return (await this.#database.change('grids', id, (grid) => grid && change(grid))) ?? null;
  }

  async removeGrid(id: string): Promise<void> {
    await this.#database.delete('grids', id);
    await this.dropUnusedItems();
  }
}

/** Every key that begins with this id: arrays sort after numbers. */
function rangeOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []], false, true);
}
