/** The library of models, built in or imported. */
import type { Precision } from '../../engine/model/weight-storage.ts';
import { fault } from '../../faults/fault.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import type { PublicFiles } from '../../storage/fetch.ts';
import { modelMissing, type Models } from '../../storage/models.ts';
import { templateSourceFor } from '../../text/template/chat-template.ts';
import { Asides } from '../tokens/asides.ts';
import { BuiltInModels } from './built-in-models.ts';
import { encoderSource } from '../tokens/encoder-source.ts';
import type { ModelOrigin } from '../../contract/hub.ts';
import { neededFiles } from '../../engine/model/model-folder.ts';
import { openModelFiles, statedLicence, type OpenModel } from './open-model.ts';
import type { ModelSummary, TemplateChoice } from '../../contract/models.ts';
import type { Task } from '../tasks/tasks.ts';
import type { TokenPool } from '../tokens/token-pool.ts';

/** Models kept open: a large vocabulary takes some 100 MB. */
const MAX_OPEN = 3;

/** A model whose files are already in storage: its known facts, and how to enter it there. */
export interface Arrival {
  readonly id: string;
  readonly licence: string;
  readonly origin: ModelOrigin;
  readonly enter: (summary: ModelSummary) => Promise<void>;
}

/** Built-in and dropped models under one roof. */
export class ModelLibrary {
  readonly #models: Models;
  readonly #open = new Map<string, Promise<OpenModel>>();
  readonly #builtIns: BuiltInModels;
  readonly asides: Asides;
  readonly #pool: TokenPool;

  /**
   * @param pool where tokenizers and templates are tried
   * @param changed hears of changes to a model that nobody asked for
   */
  constructor(
    models: Models,
    publicFiles: PublicFiles,
    pool: TokenPool,
    changed: (model: ModelSummary) => void = () => undefined,
  ) {
    this.#models = models;
    this.#builtIns = new BuiltInModels(publicFiles);
    this.#pool = pool;
    this.asides = new Asides(models, (model) => {
      this.#open.delete(model.id);
      changed(model);
    });
  }

  async list(): Promise<ModelSummary[]> {
    const builtIns = await this.#builtIns.list();
    const own = (await this.#models.list()).map(({ summary }) => summary);
    const summaries = await Promise.all(
      builtIns.map(async ({ id }) => (await this.open(id)).summary),
    );
    return [...summaries, ...own.filter(({ source }) => source !== 'built-in')];
  }

  /** @throws StudioError `model-missing`, or what a damaged file throws */
  open(id: string): Promise<OpenModel> {
    const known = this.#open.get(id);
    // The most recently used model comes last.
    this.#open.delete(id);
    const opened =
      known ??
      this.#load(id).catch((error: unknown) => {
        this.#open.delete(id);
        throw error;
      });
    this.#open.set(id, opened);
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
    return opened;
  }

  async #load(id: string): Promise<OpenModel> {
    const stored = await this.#models.find(id);
    const builtIn = (await this.#builtIns.list()).find((candidate) => candidate.id === id);
    if (builtIn) {
      return openModelFiles(await this.#builtIns.sources(builtIn), {
        ...builtIn,
        source: 'built-in',
        template: stored?.summary.template ?? null,
        precision: stored?.summary.precision,
        ...(stored?.summary.aside && { aside: stored.summary.aside }),
      });
    }
    if (!stored) throw modelMissing(id);
    return openModelFiles(await this.#models.sources(id), stored.summary);
  }

  /** Checks the files of a model as import does, but stores nothing. */
  async check(files: ReadonlyMap<string, ByteSource>, signal?: AbortSignal): Promise<void> {
    const about = { id: 'checked', name: 'checked', source: 'hub', licence: '' } as const;
    await this.#try(await openModelFiles(files, { ...about, template: null }), signal);
  }

  /**
   * Checks a dropped folder whole, then stores what the model needs of it.
   * @param arrival of files that were downloaded: they pass the same checks and stay where they are
   */
  async import(
    files: ReadonlyMap<string, ByteSource>,
    name: string,
    task: Task,
    arrival?: Arrival,
  ): Promise<ModelSummary> {
    task.progress(0, { code: 'checking-folder' });
    const checked = await openModelFiles(files, {
      id: crypto.randomUUID(),
      name: name.trim() === '' ? 'Dropped model' : name.trim(),
      source: arrival ? 'hub' : 'folder',
      licence: arrival?.licence ?? (await statedLicence(files)),
      template: null,
      ...(arrival && { id: arrival.id, origin: arrival.origin }),
    });
    await this.#try(checked, task.signal);
    if (arrival) {
      await arrival.enter(checked.summary);
      return checked.summary;
    }
    const needed = neededFiles(files, checked.weights);
    const total = [...needed.values()].reduce((sum, { size }) => sum + size, 0);
    await this.#models.add(checked.summary, needed, (done) => {
      task.check();
      task.progress(done / total, { code: 'storing-model' });
    });
    return checked.summary;
  }

  async setTemplate(id: string, template: TemplateChoice): Promise<ModelSummary> {
    const model = await this.open(id);
    const now = new Date();
    const source = templateSourceFor(model.vocabulary, template);
    await this.#try({ ...model, template: () => ({ source, now }) });
    this.#open.delete(id);
    // The template in use may have been the part that hung.
    this.asides.lift(id);
    return this.#models.change(model.summary, { template, aside: null });
  }

  /**
   * Lets a worker of the pool build tokenizer and template and turn a short conversation into tokens, which must
   * work before a model is accepted.
   * @throws StudioError `tokenizer-…`, `template-…`, `text-stuck`, `cancelled`
   */
  async #try(model: OpenModel, signal?: AbortSignal): Promise<void> {
    const job = { what: 'asks', asks: [{ ask: 'stops' }] } as const;
    // If the template rejects this conversation, that is no reason to refuse the model.
    await this.#pool.run(encoderSource(model, model.template()), job, { urgent: true, signal });
  }

  /** Lets a model that was set aside be used again. */
  async tryAgain(id: string): Promise<ModelSummary> {
    const model = await this.open(id);
    this.asides.lift(id);
    this.#open.delete(id);
    return this.#models.change(model.summary, { aside: null });
  }

  /** Sets how the device keeps the model's frozen weights from now on. */
  async setPrecision(id: string, precision: Precision): Promise<ModelSummary> {
    const model = await this.open(id);
    this.#open.delete(id);
    return this.#models.change(model.summary, { precision });
  }

  async remove(id: string): Promise<void> {
    const builtIns = await this.#builtIns.list();
    if (builtIns.some((builtIn) => builtIn.id === id)) {
      throw fault('model-built-in', { id }, { kept: 'model' });
    }
    await this.#models.remove(id);
    this.#open.delete(id);
  }
}
