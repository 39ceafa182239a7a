/** How long questions took, and how long others will take on the same device: by how they are answered. */
import { LEAST_ROOM } from '../../engine/evaluation/answer-room.ts';
import { groupByTask, type EvaluationItem } from '../../engine/evaluation/items.ts';
import { methodOf } from '../../engine/evaluation/tasks.ts';
import type {
  AnswerMethod,
  EvaluationForecast,
  EvaluationPace,
  EvaluationSettings,
  EvaluationSummary,
} from '../../contract/evaluation.ts';

type Spent = EvaluationPace['methods'];

/** Counts the time of batches of answers, each of them of one task. */
export class PaceCounter {
  readonly #methods = new Map<number, AnswerMethod>();
  readonly #adapter: string;
  readonly #loading: number;
  #spent: Spent;
  #since = performance.now();

  /** @param earlier the time of answers that are there already; it counts on if it was spent on the same adapter */
  constructor(
    items: readonly EvaluationItem[],
    { choices }: Pick<EvaluationSettings, 'choices'>,
    about: { readonly adapter: string; readonly loading: number },
    earlier?: EvaluationPace,
  ) {
    for (const task of groupByTask(items)) {
      const method = methodOf(task, choices);
      for (const place of task.places) this.#methods.set(place, method);
    }
    this.#adapter = about.adapter;
    this.#loading = about.loading;
    this.#spent = earlier?.adapter === about.adapter ? earlier.methods : {};
  }

  /** The pace after a batch of answers to these places. */
  after(places: readonly number[]): EvaluationPace {
    const now = performance.now();
    const method = this.#methods.get(places[0] ?? -1);
    if (method) {
      const { questions = 0, milliseconds = 0 } = this.#spent[method] ?? {};
      this.#spent = {
        ...this.#spent,
        [method]: {
          questions: questions + places.length,
          milliseconds: milliseconds + now - this.#since,
        },
      };
    }
    this.#since = now;
    return { adapter: this.#adapter, loading: this.#loading, methods: this.#spent };
  }
}

/** What a forecast is asked about. */
export interface ToMeasure {
  readonly modelId: string;
  readonly states: number;
  readonly adapter: string;
  readonly settings: EvaluationSettings;
}

/**
 * The time that questions will take, from the latest measurements of the model on the adapter; without one for each
 * way of answering, it is not known.
 */
export function forecast(
  items: readonly EvaluationItem[],
  { modelId, states, adapter, settings }: ToMeasure,
  earlier: readonly EvaluationSummary[],
): EvaluationForecast {
  const alike = earlier
    .filter(
      ({ variant, pace, settings: { perplexity, products = 'float32' } }) =>
        variant.modelId === modelId &&
        pace?.adapter === adapter &&
        perplexity === settings.perplexity &&
        products === (settings.products ?? 'float32'),
    )
    .toSorted((a, b) => b.updatedAt - a.updatedAt);
  const loading = alike[0]?.pace?.loading ?? 0;
  const times = groupByTask(items).map((task) => {
    const method = methodOf(task, settings.choices);
    const each = timeOfOne(method, settings, alike);
    return each === null ? null : each * task.items.length;
  });
  const known = times.flatMap((time) => time ?? []);
  const questions = items.length;
  if (questions === 0 || known.length < times.length) return { questions, milliseconds: null };
  const ofState = known.reduce((sum, time) => sum + time, loading);
  return { questions, milliseconds: states * ofState };
}

/** Milliseconds of one question; null where none was answered this way. */
function timeOfOne(
  method: AnswerMethod,
  settings: EvaluationSettings,
  latestFirst: readonly EvaluationSummary[],
): number | null {
  for (const { pace, settings: had } of latestFirst) {
    const spent = pace?.methods[method];
    if (!spent || spent.questions === 0) continue;
    const each = spent.milliseconds / spent.questions;
    const written = method === 'written' || method === 'generated';
    // A model that ends its answers early takes less; one that does not writes to the end.
    return written ? (each * roomOf(settings)) / roomOf(had) : each;
  }
  return null;
}

function roomOf({ answerTokens = 0 }: EvaluationSettings): number {
  return answerTokens === 0 ? LEAST_ROOM : answerTokens;
}
