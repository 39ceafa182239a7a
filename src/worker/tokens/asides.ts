/** Models that are put aside: their texts held a worker for ever, and nobody is to wait for them again. */
import { StudioError, type ErrorDescription } from '../../errors.ts';
import type { Models } from '../../storage/models.ts';
import type { ModelSummary } from '../../contract/models.ts';

export class Asides {
  readonly #models: Models;
  readonly #changed: (model: ModelSummary) => void;
  /** By id, from the moment that it is known here; before that a model's summary says it. */
  readonly #known = new Map<string, ErrorDescription | null>();

  /** @param changed told of a model that was put aside */
  constructor(models: Models, changed: (model: ModelSummary) => void) {
    this.#models = models;
    this.#changed = changed;
  }

  /** @throws StudioError `model-aside` */
  check(summary: ModelSummary): void {
    const { id, name } = summary;
    const known = this.#known.get(id);
    if (!(known === undefined ? summary.aside : known)) return;
    throw new StudioError({
      code: 'model-aside',
      message: `${name} is put aside: its tokenizer or chat template did not come to an end on a text.`,
      kept: 'The model, its runs and everything else in the studio.',
      remedy: 'Choose another model. On the Model page this one can be tried again, or removed.',
      data: { model: name },
    });
  }

  /** From now on, and after a reload. */
  put(summary: ModelSummary, error: StudioError): void {
    const aside = error.describe();
    this.#known.set(summary.id, aside);
    this.#changed({ ...summary, aside });
    // One that was removed meanwhile stays removed; where storage refuses it, it holds until the next reload.
    this.#models.change(summary, { aside }).catch(() => undefined);
  }

  /** The model is used again; whoever calls stores that. */
  lift(id: string): void {
    this.#known.set(id, null);
  }
}
