/** Measures model states, and stores every batch of answers as it comes, so that nothing is asked twice. */
import { BOOTSTRAP_SEED } from '../../engine/evaluation/statistics/bootstrap.ts';
import { askedOf, type EvaluationItem } from '../../engine/evaluation/items.ts';
import { reportAnswers, type KnownAnswers } from '../../engine/evaluation/report.ts';
import { reportOverlap } from '../../engine/evaluation/trust/overlap-report.ts';
import { answerItems } from '../../engine/evaluation/tasks.ts';
import { fault } from '../../faults/fault.ts';
import { evaluationElsewhere, evaluationLock } from '../../storage/lock-names.ts';
import { alone } from '../../storage/locks.ts';
import { adapterName } from '../../engine/gpu/adapter-name.ts';
import type { WorkerContext } from '../context.ts';
import type {
  EvaluationSettings,
  EvaluationSummary,
  ShortcutOf,
} from '../../contract/evaluation.ts';
import { PaceCounter } from './evaluation-pace.ts';
import { sealOf, type Questions } from './evaluation-items.ts';
import { overlapWithRun } from './question-overlap.ts';
import type { ModelStateId } from '../../contract/fields.ts';
import type { Task } from '../tasks/tasks.ts';
import type { StateShelf } from '../models/state-shelf.ts';

export interface EvaluationOrder {
  readonly state: ModelStateId;
  readonly label: string;
  readonly questions: Questions;
  readonly settings: EvaluationSettings;
  readonly gridId: string | null;
  /** The shortcut check that it belongs to, of another evaluation. */
  readonly check?: ShortcutOf;
}

export class EvaluationKeeper {
  readonly #context: WorkerContext;
  readonly #shelf: StateShelf;

  constructor(context: WorkerContext, shelf: StateShelf) {
    this.#context = context;
    this.#shelf = shelf;
  }

  /**
   * Measures a model state on stored questions. Earlier answers of exactly the same evaluation are kept,
   * unless it was already complete. Those of a shortcut check are not told to the page, which asks for its report.
   * @throws StudioError `cancelled` with the answers so far stored, and what loading or answering throws
   */
  async measure(order: EvaluationOrder, task: Task): Promise<EvaluationSummary> {
    const { evaluations } = this.#context.storage;
    const { state, label, questions, settings, gridId, check } = order;
    const { itemsId, files, items, leftOut } = questions;
    const { summary: model } = await this.#context.library.open(state.modelId);
    const { choices, perplexity, products = 'float32', answerTokens = 0 } = settings;
    // Evaluations of earlier versions, all in float32 and of one length, keep their ids.
    const others = [
      ...(products === 'float32' ? [] : [products]),
      ...(answerTokens === 0 ? [] : [answerTokens]),
    ];
    const checked = check ? [check.of, check.shortcut] : [];
    const id = sealOf([
      state,
      model.precision,
      itemsId,
      choices,
      perplexity,
      ...others,
      ...checked,
    ]);
    return this.#alone(id, async () => {
      const earlier = await evaluations.find(id);
      if (earlier && earlier.answered >= earlier.total) await evaluations.clearAnswers(id);
      const partial = earlier && earlier.answered < earlier.total ? earlier : null;
      const now = Date.now();
      const evaluation: EvaluationSummary = {
        ...{
          id,
          variant: state,
          label,
          files,
          itemsId,
          settings,
          gridId,
          ...(leftOut && { leftOut }),
          ...(check && { check }),
          ...(partial?.answerTokens && { answerTokens: partial.answerTokens }),
          ...(partial?.pace && { pace: partial.pace }),
        },
        total: items.length,
        answered: partial?.answered ?? 0,
        createdAt: partial?.createdAt ?? now,
        updatedAt: now,
        figures: partial?.figures ?? null,
      };
      await evaluations.begin(evaluation, items);
      this.#tell(evaluation);
      return this.#compareOwn(await this.#ask(evaluation, items, task), task);
    });
  }

  /**
   * Goes on with an unfinished evaluation.
   * @throws StudioError `evaluation-missing`, `evaluation-elsewhere`
   */
  async resume(id: string, task: Task): Promise<EvaluationSummary> {
    const { evaluations } = this.#context.storage;
    return this.#alone(id, async () => {
      const evaluation = await this.get(id);
      const items = await evaluations.items(evaluation.itemsId);
      return this.#compareOwn(await this.#ask(evaluation, items, task), task);
    });
  }

  /**
   * Looks for the questions of an evaluation among the records of a run, and keeps what it found.
   * @throws StudioError `evaluation-missing`, `evaluation-elsewhere`, and as overlapWithRun
   */
  async findOverlap(id: string, runId: string, task: Task): Promise<EvaluationSummary> {
    return this.#alone(id, async () => this.#compare(await this.get(id), runId, task));
  }

  /**
   * The same after a state of a run was measured; those of a grid or a shortcut check are not shown by themselves. The
   * scores stand where the records cannot be read: whoever asks for them again is told why.
   */
  async #compareOwn(evaluation: EvaluationSummary, task: Task): Promise<EvaluationSummary> {
    const { variant, gridId, check } = evaluation;
    if (variant.runId === null || gridId !== null || check) return evaluation;
    return this.#compare(evaluation, variant.runId, task).catch(() => {
      task.check();
      return evaluation;
    });
  }

  async #compare(
    evaluation: EvaluationSummary,
    runId: string,
    task: Task,
  ): Promise<EvaluationSummary> {
    const { storage } = this.#context;
    const { evaluations } = storage;
    const { id, itemsId, settings } = evaluation;
    const [items, answers] = await Promise.all([
      evaluations.items(itemsId),
      evaluations.answers(id),
    ]);
    const questions = items.map(askedOf);
    const found = await overlapWithRun(storage, runId, questions, task);
    if (!found) return evaluation;
    const { records, short } = found;
    const options = { choices: settings.choices, seed: BOOTSTRAP_SEED };
    const tasks = reportOverlap({ items, answers }, found, options);
    const compared = { ...evaluation, overlap: { runId, records, short, tasks } };
    await this.#keep(compared);
    return compared;
  }

  /** Removes evaluations that nobody is measuring, with their shortcut checks. @throws StudioError `evaluation-elsewhere` */
  async remove(ids: readonly string[]): Promise<void> {
    const [id, ...others] = ids;
    if (id === undefined) return;
    const { evaluations } = this.#context.storage;
    await this.#alone(id, async () => {
      await this.remove([...others, ...(await evaluations.checksOf(id)).map((check) => check.id)]);
      await evaluations.remove([id]);
    });
  }

  #alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    const { locks } = this.#context.storage;
    return alone(locks, evaluationLock(id), () => evaluationElsewhere(id), work);
  }

  /** @throws StudioError `evaluation-missing` */
  async get(id: string): Promise<EvaluationSummary> {
    const found = await this.#context.storage.evaluations.find(id);
    if (found) return found;
    throw fault('evaluation-missing', { id }, { kept: 'other-evaluations' });
  }

  /** All evaluations; figures that a closed tab left uncounted, or that an earlier version counted, are counted now. */
  async list(): Promise<EvaluationSummary[]> {
    const { evaluations } = this.#context.storage;
    const all = (await evaluations.list()).filter(({ check }) => !check);
    return Promise.all(
      all.map(async (evaluation) => {
        return isCounted(evaluation) ? evaluation : this.#count(evaluation);
      }),
    );
  }

  async #keep(evaluation: EvaluationSummary): Promise<void> {
    // An evaluation that was removed meanwhile does not come back.
    if (await this.#context.storage.evaluations.keep(evaluation)) this.#tell(evaluation);
  }

  #tell(evaluation: EvaluationSummary): void {
    if (!evaluation.check) this.#context.emit({ type: 'evaluation.changed', evaluation });
  }

  /** Counts the answers so far, unless somebody is measuring the evaluation and will count them. */
  async #count({ id }: EvaluationSummary): Promise<EvaluationSummary> {
    const { storage } = this.#context;
    const release = await storage.locks.take(evaluationLock(id), 'exclusive');
    const evaluation = await this.get(id);
    if (!release) return evaluation;
    try {
      return await this.#countNow(evaluation);
    } finally {
      release();
    }
  }

  async #countNow(evaluation: EvaluationSummary): Promise<EvaluationSummary> {
    const { evaluations } = this.#context.storage;
    const [items, answers] = await Promise.all([
      evaluations.items(evaluation.itemsId),
      evaluations.answers(evaluation.id),
    ]);
    if (items.length === 0) return evaluation;
    const counted = withFigures(evaluation, items, answers);
    // A full disk must not prevent reading the evaluation.
    await this.#keep(counted).catch(() => undefined);
    return counted;
  }

  async #ask(
    begun: EvaluationSummary,
    items: readonly EvaluationItem[],
    task: Task,
  ): Promise<EvaluationSummary> {
    const { device, storage, tokeniser } = this.#context;
    const answers = await storage.evaluations.answers(begun.id);
    let evaluation = begun;
    const begin = performance.now();
    task.progress(0, { code: 'loading-model' });
    try {
      await this.#shelf.use(begun.variant, async ({ weights, model, template }) => {
        task.progress(0, { code: 'tokenising-questions' });
        const text = await tokeniser.text(model, template, task.signal).questions();
        const { choices, perplexity, products, answerTokens = 0 } = begun.settings;
        const asked = weights.answers(products);
        const adapter = adapterName((await device.get()).adapter);
        const pace = new PaceCounter(
          items,
          begun.settings,
          { adapter, loading: performance.now() - begin },
          begun.pace,
        );
        const rooms: Record<string, number> = { ...begun.answerTokens };
        const batches = answerItems(
          {
            generateBatch: (prompts, maxTokens, eosIds) =>
              asked.generateBatch(prompts, maxTokens, eosIds, () => task.signal.aborted),
            score: (records) => asked.score(records.map((record) => ({ ...record, task: 0 }))),
          },
          text,
          items,
          {
            ...{ choices, perplexity },
            maxTokens: answerTokens === 0 ? undefined : answerTokens,
            onRoom: (name, tokens) => {
              rooms[name] = tokens;
            },
            contextLength: weights.context,
            check: () => task.check(),
            onProgress: (done, total) => {
              task.progress(done / total, { code: 'questions', done, total });
            },
            known: (place) => answers[place] !== undefined,
          },
        );
        for await (const batch of batches) {
          // Answers that were cut off by Cancel are not answers.
          task.check();
          for (const [place, answer] of batch) answers[place] = answer;
          const answered = answers.filter((answer) => answer !== undefined).length;
          evaluation = {
            ...{ ...evaluation, answered, updatedAt: Date.now() },
            ...{ answerTokens: { ...rooms }, pace: pace.after(batch.map(([place]) => place)) },
          };
          await storage.evaluations.addAnswers(evaluation, batch);
        }
      });
    } catch (thrown) {
      // The figures are stored if there is room; else they are counted when the evaluation is listed next.
      await this.#keep(withFigures(evaluation, items, answers)).catch(() => undefined);
      throw thrown;
    }
    evaluation = withFigures(evaluation, items, answers);
    await this.#keep(evaluation);
    return evaluation;
  }
}

/** Whether the figures are of every answer so far, and say what scores are worth. */
function isCounted({ figures, answered }: EvaluationSummary): boolean {
  const tasks = figures?.tasks ?? [];
  const counted = tasks.reduce((sum, { items }) => sum + items, 0);
  return (
    counted === answered &&
    tasks.every(({ baseline, calibration }) => baseline !== undefined && calibration !== undefined)
  );
}

function withFigures(
  evaluation: EvaluationSummary,
  items: readonly EvaluationItem[],
  answers: KnownAnswers,
): EvaluationSummary {
  const answered = answers.filter((answer) => answer !== undefined).length;
  const options = { choices: evaluation.settings.choices, seed: BOOTSTRAP_SEED };
  const figures = answered === 0 ? null : reportAnswers(items, answers, options);
  return { ...evaluation, answered, figures };
}
