/** Hands a damaged input to the studio as a person would, works with what it became, and removes it again. */
import { quickRecipe } from '../../../src/engine/training/recipe/presets.ts';
import { parseRecipe } from '../../../src/engine/training/recipe/recipe.ts';
import { faultFrom } from '../../../src/faults/fault.ts';
import { memoryStore } from '../../../src/storage/files/memory-store.ts';
import type { FileStore } from '../../../src/storage/files/file-store.ts';
import type { CallInput, CallKind, CallOutput } from '../../../src/contract/contract.ts';
import { noDevice, openStudio, textFile, type Studio } from '../../../src/worker/testing/studio.ts';
import { pathsOf } from '../../earlier/profile.ts';
import { startHub } from '../../hub/test-hub.ts';
import { codeOfThrown } from '../campaign.ts';
import type { BadInput } from './bad.ts';
import type { Folder } from './valid.ts';

/** What is wrong with how the studio took an input. */
export interface Fault {
  readonly kind: 'untyped' | 'left' | 'lost';
  readonly what: string;
}

const NOTHING: CallInput<'data.list'> = {};
const MODEL = 'stories260k';
const ENOUGH = 20;
const PAGE = 500;
const patient = { attempts: 2, silenceMs: 2000, pause: () => 1 };

/** A studio without a device that tries one input after another. */
export class Trier {
  readonly #studio: Studio;
  readonly #files: FileStore;
  /** A small set of records, to be read by the models that come. */
  readonly #dataSet: string;
  #faults: Fault[] = [];

  private constructor(studio: Studio, files: FileStore, dataSet: string) {
    this.#studio = studio;
    this.#files = files;
    this.#dataSet = dataSet;
  }

  static async open(name: string): Promise<Trier> {
    const files = memoryStore();
    const studio = await openStudio(noDevice, { files, name }, patient);
    const lines = [
      '{"prompt": "Is it warm?", "response": "It is."}',
      '{"prompt": "?", "response": "!"}',
    ];
    const [set] = await studio.client.call('data.import', {
      files: [textFile('known.jsonl', lines)],
      task: 'import',
    });
    if (!set) throw new Error('a good file was not imported');
    return new Trier(studio, files, set.id);
  }

  close(): void {
    this.#studio.close();
  }

  /** What it found; nothing where every end has a code and nothing stays behind. */
  async try(input: BadInput): Promise<readonly Fault[]> {
    this.#faults = [];
    await this.#hand(input);
    await this.#takeOut();
    const left = (await pathsOf(this.#files)).filter((path) => !path.includes(this.#dataSet));
    if (left.length > 0) this.#faults.push({ kind: 'left', what: left.slice(0, 5).join(', ') });
    for (const path of left) await this.#files.remove(path);
    return this.#faults;
  }

  /** What a call gives, or undefined where it ends with an error; one without a code is noted. */
  async #call<K extends CallKind>(
    kind: K,
    input: CallInput<K>,
  ): Promise<CallOutput<K> | undefined> {
    try {
      return await this.#studio.client.call(kind, input);
    } catch (thrown) {
      this.#note(kind, thrown);
      return undefined;
    }
  }

  #note(where: string, thrown: unknown): void {
    const code = codeOfThrown(thrown);
    if (code.startsWith('untyped'))
      this.#faults.push({ kind: 'untyped', what: `${where}: ${code}` });
  }

  async #hand(input: BadInput): Promise<void> {
    switch (input.kind) {
      case 'records':
        return this.#records(new File([input.file.bytes.slice()], input.file.name));
      case 'evaluation':
        await this.#call('evaluation.run', {
          state: { modelId: MODEL, runId: null, snapshot: 'base' },
          label: 'base',
          files: [new File([input.file.bytes.slice()], input.file.name)],
          settings: { maxItems: 0, choices: 'likelihood', perplexity: true },
          task: 'evaluate',
        });
        return;
      case 'archive':
        return this.#archive(new File([input.file.bytes.slice()], input.file.name));
      case 'recipe':
        return this.#recipe(input.text);
      case 'hub':
        return this.#hub(input);
      default:
        return this.#folder(input.folder);
    }
  }

  async #records(file: File): Promise<void> {
    await this.#call('data.inspect', { file });
    const sets = await this.#call('data.import', { files: [file], task: 'import' });
    for (const { id, records, problems, notes = 0 } of sets ?? []) {
      const rows = await this.#countOf('data.rows', id);
      const listed = await this.#countOf('data.problems', id);
      if (rows !== records || listed !== problems + notes) {
        const said = `${records} records, ${problems} problems and ${notes} notes`;
        this.#faults.push({ kind: 'lost', what: `${said}, but ${rows} rows and ${listed} lines` });
      }
      await this.#read(MODEL, id, Math.min(ENOUGH, records));
    }
  }

  /** How many rows or problems of a set there are, page by page. */
  async #countOf(list: 'data.rows' | 'data.problems', id: string): Promise<number> {
    let from = 0;
    for (;;) {
      const page = await this.#call(list, { id, from, count: PAGE });
      from += page?.length ?? 0;
      if ((page?.length ?? 0) < PAGE) return from;
    }
  }

  /** Records as a model reads them. */
  async #read(modelId: string, id: string, count: number): Promise<void> {
    const { labels } = quickRecipe();
    const encoding = { id, modelId, labels, maxLength: 128 };
    for (let index = 0; index < count; index += 1) {
      await this.#call('data.render', { ...encoding, index });
    }
    await this.#call('data.histogram', { ...encoding, all: false, task: 'count' });
  }

  async #folder(folder: Folder): Promise<void> {
    const files = Object.entries(folder).map(
      ([path, bytes]) => new File([bytes.slice()], path.slice(path.lastIndexOf('/') + 1)),
    );
    const paths = Object.keys(folder);
    const model = await this.#call('models.import', { files, paths, name: 'bad', task: 'import' });
    if (!model) return;
    await this.#use(model.id);
  }

  async #use(modelId: string): Promise<void> {
    await this.#call('models.plan', { modelId, recipe: quickRecipe() });
    for (const template of ['model', 'chatml'] as const) {
      await this.#call('models.setTemplate', { id: modelId, template });
      await this.#read(modelId, this.#dataSet, 1);
    }
    await this.#call('models.verify', { id: modelId, task: 'verify' });
  }

  async #archive(file: File): Promise<void> {
    const run = await this.#call('archive.open', { file, task: 'open' });
    if (!run) return;
    const { id } = run;
    await this.#call('runs.curves', { id });
    await this.#call('runs.samples', { id });
    await this.#call('experts.report', { runId: id });
    await this.#call('archive.link', {});
    for (const what of ['metrics', 'recipe', 'card', 'adapters'] as const) {
      await this.#call('exports.build', { runId: id, what, dtype: 'F32', task: 'export' });
    }
  }

  async #recipe(text: string): Promise<void> {
    try {
      const recipe = parseRecipe(JSON.parse(text));
      await this.#call('models.plan', { modelId: MODEL, recipe });
    } catch (thrown) {
      // A text that is no JSON never gets as far as the recipe.
      if (!(thrown instanceof SyntaxError)) this.#note('recipe', thrown);
    }
  }

  async #hub({ folder, listing, faults }: BadInput & { readonly kind: 'hub' }): Promise<void> {
    const hub = await startHub([{ name: 'valid/model', files: folder, listing }]);
    try {
      for (const { what, fault } of faults) hub.fail(what, fault, 2);
      const look = { hub: hub.address, name: 'valid/model', task: 'look' };
      const found = await this.#call('hub.look', look);
      if (!found) return;
      const { hub: address, name, commit, proposed: choice } = found;
      const download = await this.#call('hub.download', { hub: address, name, commit, choice });
      if (download) await this.#ended(download.id);
    } finally {
      await hub.close();
    }
  }

  /** Waits until a download became a model or stopped; what stopped is discarded. */
  async #ended(id: string): Promise<void> {
    for (;;) {
      const [own] = ((await this.#call('hub.list', {})) ?? []).filter((one) => one.id === id);
      if (!own) break;
      if (own.state === 'failed' || own.state === 'paused') {
        if (own.error) this.#note('hub.download', faultFrom(own.error));
        await this.#call('hub.discard', { id });
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (const model of (await this.#call('models.list', {})) ?? []) {
      if (model.id === id) await this.#use(id);
    }
  }

  /** Removes everything that came in, so that whatever is left after it has no owner. */
  async #takeOut(): Promise<void> {
    const { client } = this.#studio;
    for (const { id } of await client.call('runs.list', {}))
      await this.#call('runs.remove', { id });
    for (const { id } of await client.call('data.list', NOTHING)) {
      if (id !== this.#dataSet) await this.#call('data.remove', { id });
    }
    for (const { id, source } of await client.call('models.list', {})) {
      if (source !== 'built-in') await this.#call('models.remove', { id });
    }
    const measured = await client.call('evaluation.list', {});
    await this.#call('evaluation.remove', { ids: measured.map(({ id }) => id) });
    await this.#files.remove('exports');
  }
}
