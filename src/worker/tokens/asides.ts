/** Models that are set aside because their texts hung a worker, so that nobody waits for them again. */
import type { FaultDescription } from '../../faults/catalogue.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import type { Models } from '../../storage/models.ts';
import type { ModelSummary } from '../../contract/models.ts';

export class Asides {
  readonly #models: Models;
  readonly #changed: (model: ModelSummary) => void;
  /** Models set aside or lifted in this session, by id; for all others the model's summary decides. */
  readonly #known = new Map<string, FaultDescription | null>();

  /** @param changed hears of each model that was set aside */
  constructor(models: Models, changed: (model: ModelSummary) => void) {
    this.#models = models;
    this.#changed = changed;
  }

  /** @throws StudioError `model-aside` */
  check(summary: ModelSummary): void {
    const { id, name } = summary;
    const known = this.#known.get(id);
    if (!(known === undefined ? summary.aside : known)) return;
    throw fault('model-aside', { model: name }, { kept: 'model-runs-all' });
  }

  /** Puts a model aside from now on, also after a reload. */
  put(summary: ModelSummary, error: StudioError): void {
    const aside = error.describe();
    this.#known.set(summary.id, aside);
    this.#changed({ ...summary, aside });
    // A model removed meanwhile stays removed; if storage refuses the change, it holds until the next reload.
    this.#models.change(summary, { aside }).catch(() => undefined);
  }

  /** Lets the model be used again; the caller stores that. */
  lift(id: string): void {
    this.#known.set(id, null);
  }
}
