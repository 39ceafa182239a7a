import { z } from 'zod';
import { parseModelConfig } from '../engine/model/config.ts';
import type { ModelConfig } from '../engine/model/config.ts';
import type { Precision } from '../engine/model/weight-storage.ts';
import { checkWeights, parameterCount } from '../engine/model/weights.ts';
import { sizeInWords, StudioError } from '../errors.ts';
import { memorySource } from '../formats/byte-source.ts';
import type { ByteSource } from '../formats/byte-source.ts';
import { openGguf } from '../formats/gguf-model.ts';
import { parseJson } from '../formats/json.ts';
import { licenceOfReadme } from '../formats/readme.ts';
import { openModelWeights } from '../formats/model-weights.ts';
import { withUsualNames } from '../formats/weight-names.ts';
import type { WeightsFolder } from '../formats/weights-folder.ts';
import type { PublicFiles } from '../storage/fetch.ts';
import { Sealer } from '../storage/file-store.ts';
import { modelMissing } from '../storage/models.ts';
import type { Models } from '../storage/models.ts';
import { templateSourceFor } from '../text/chat-template.ts';
import type { DatedTemplate } from '../text/chat-template.ts';
import { withinVocabulary } from '../text/tokenizer-fit.ts';
import type { TokenizerFiles } from '../text/tokenizer-files.ts';
import { openVocabulary } from '../text/vocabulary.ts';
import type { Vocabulary } from '../text/vocabulary.ts';
import { Asides } from './asides.ts';
import { encoderSource } from './encoder-source.ts';
import type { ModelOrigin } from './hub-protocol.ts';
import { ggufAmong, textsOfGguf } from './gguf-files.ts';
import type { ModelSummary, TemplateChoice } from './protocol.ts';
import type { Task } from './tasks.ts';
import type { TokenPool } from './token-pool.ts';

/** A model with everything read except its weights. */
export interface OpenModel {
  readonly summary: ModelSummary;
  readonly config: ModelConfig;
  readonly weights: WeightsFolder;
  /** What its tokens stand for; how texts become tokens is asked of its text side (model-text.ts). */
  readonly vocabulary: Vocabulary;
  /** The texts that a tokenizer is made from, read again. */
  tokenizerFiles(): Promise<TokenizerFiles>;
  /** SHA-256 of the texts that decide how a text becomes tokens. */
  readonly tokenizerHash: string;
  /** The fingerprint that runs and archives know a built-in model by, where its files are other ones. */
  readonly knownFingerprint: string | null;
  /** Every file of the folder, by path; of a GGUF file the texts that it stands for. */
  readonly files: ReadonlyMap<string, ByteSource>;
  /** The template in use. @param now the date that templates asking for one are told */
  template(now?: Date): DatedTemplate;
}

const builtInSchema = z.array(
  z.object({
    id: z.string().min(1),
    name: z.string().min(1),
    folder: z.string().min(1),
    licence: z.string(),
    files: z.array(z.object({ path: z.string().min(1), bytes: z.int().min(0) })).min(1),
    // Hashes that runs and archives have of files which say the same in other words.
    knownAs: z.object({ fingerprint: z.string(), tokenizer: z.string() }).optional(),
  }),
);
type BuiltIn = z.infer<typeof builtInSchema>[number];

const BUILT_IN_LIST = 'models/models.json';
const CONFIG_FILES = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'special_tokens_map.json',
  'added_tokens.json',
];
/** Files that say something of a tokenizer beside tokenizer.json, where a folder has them. */
const BESIDE_TOKENIZER: Readonly<
  Record<keyof Omit<TokenizerFiles, 'tokenizerJson' | 'namedTemplates'>, string>
> = {
  tokenizerConfigJson: 'tokenizer_config.json',
  chatTemplateJinja: 'chat_template.jinja',
  generationConfigJson: 'generation_config.json',
  configJson: 'config.json',
  specialTokensMapJson: 'special_tokens_map.json',
  addedTokensJson: 'added_tokens.json',
};
/** Further chat templates, below the root of a model. */
const NAMED_TEMPLATE = /^additional_chat_templates\/([^/]+)\.jinja$/;
const MAX_NAMED_TEMPLATES = 32;
const MAX_TEXT_BYTES = 64_000_000;
/** Models kept open: a large vocabulary takes some 100 MB. */
const MAX_OPEN = 3;

function fileNeeded(name: string, remedy: string): StudioError {
  return new StudioError({
    code: 'model-file-missing',
    message: `There is no ${name} in the folder.`,
    kept: 'Models already in the studio.',
    remedy,
    data: { file: name },
  });
}

async function readText(source: ByteSource): Promise<string> {
  if (source.size > MAX_TEXT_BYTES) {
    throw new StudioError({
      code: 'model-file-too-large',
      message: `${source.name} has ${sizeInWords(source.size)}; at most ${sizeInWords(MAX_TEXT_BYTES)} are read.`,
      kept: 'Models already in the studio.',
      remedy: 'Check that it is the right file.',
      data: { file: source.name, bytes: source.size },
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.size));
  } catch (cause) {
    if (cause instanceof StudioError) throw cause;
    throw new StudioError(
      {
        code: 'text-encoding',
        message: `${source.name} is not UTF-8 text.`,
        kept: 'Models already in the studio.',
        remedy: 'Fetch the file again.',
        data: { file: source.name },
      },
      { cause },
    );
  }
}

interface Identity {
  readonly id: string;
  readonly name: string;
  readonly source: ModelSummary['source'];
  readonly licence: string;
  readonly template: TemplateChoice | null;
  readonly precision?: Precision | undefined;
  readonly origin?: ModelOrigin;
  readonly knownAs?: BuiltIn['knownAs'];
  readonly aside?: ModelSummary['aside'];
}

/** A model whose files are already in storage: what is known of it, and how it is entered there. */
export interface Arrival {
  readonly id: string;
  readonly licence: string;
  readonly origin: ModelOrigin;
  readonly enter: (summary: ModelSummary) => Promise<void>;
}

/** Reads and checks all of a folder but the weights themselves. */
async function openFolder(
  given: ReadonlyMap<string, ByteSource>,
  identity: Identity,
): Promise<OpenModel> {
  const file = ggufAmong(given);
  const gguf = file && (await openGguf(file));
  const files = gguf ? textsOfGguf(gguf) : given;
  const stored = gguf?.weights ?? (await openModelWeights(files));
  const find = (name: string): ByteSource | undefined => files.get(stored.root + name);
  const text = async (name: string): Promise<string | undefined> => {
    const source = find(name);
    return source && readText(source);
  };
  const configText = await text('config.json');
  if (configText === undefined) {
    throw fileNeeded('config.json', 'Drop the whole model folder as it was downloaded.');
  }
  const config = parseModelConfig(parseJson(configText, { name: 'config.json' }));
  const weights = withUsualNames(stored, config);
  checkWeights(config, weights);

  let beyond = false;
  const tokenizerFiles = async (): Promise<TokenizerFiles> => {
    const tokenizerJson = await text('tokenizer.json');
    if (tokenizerJson === undefined) {
      throw fileNeeded(
        'tokenizer.json',
        'Add it: transformers’ AutoTokenizer with use_fast=True writes one with save_pretrained.',
      );
    }
    const beside = await Promise.all(
      Object.entries(BESIDE_TOKENIZER).map(async ([key, name]) => [key, await text(name)] as const),
    );
    const given = beside.filter(([, content]) => content !== undefined);
    const named: [string, string][] = [];
    for (const path of namedTemplates(files, stored.root)) {
      const content = await text(path);
      named.push([NAMED_TEMPLATE.exec(path)?.[1] ?? path, content ?? '']);
    }
    return {
      tokenizerJson: beyond
        ? withinVocabulary(tokenizerJson, config.vocabularySize)
        : tokenizerJson,
      ...(Object.fromEntries(given) as Partial<TokenizerFiles>),
      ...(named.length === 0 ? {} : { namedTemplates: Object.fromEntries(named) }),
    };
  };
  let texts = await tokenizerFiles();
  let vocabulary = openVocabulary(texts);
  if (vocabulary.vocabularySize > config.vocabularySize) {
    beyond = true;
    texts = await tokenizerFiles();
    vocabulary = openVocabulary(texts);
  }
  if (vocabulary.vocabularySize > config.vocabularySize) {
    throw new StudioError({
      code: 'tokenizer-mismatch',
      message: `The tokenizer has ids up to ${vocabulary.vocabularySize - 1}; the model's vocabulary has ${config.vocabularySize}.`,
      kept: 'Models already in the studio.',
      remedy: 'Use tokenizer.json and weights of the same model.',
      data: { tokenizer: vocabulary.vocabularySize, model: config.vocabularySize },
    });
  }
  const sealer = new Sealer();
  const encoder = new TextEncoder();
  const { tokenizerJson, tokenizerConfigJson = '', chatTemplateJinja = '' } = texts;
  // What other files add counts where they add something: what was hashed without them stays the same.
  const { declaredBeside } = vocabulary;
  const parts = [tokenizerJson, tokenizerConfigJson, chatTemplateJinja];
  for (const part of declaredBeside === '' ? parts : [...parts, declaredBeside]) {
    sealer.update(encoder.encode(`${part.length}\n${part}`));
  }
  const choice = identity.template ?? defaultTemplate(vocabulary);
  const { id, name, source } = identity;
  const licence = gguf?.licence ?? identity.licence;
  const summary: ModelSummary = {
    id,
    name,
    source,
    licence,
    architecture: config.architecture,
    parameters: parameterCount(config),
    bytes: weights.byteSize,
    hiddenSize: config.hiddenSize,
    layers: config.layers,
    heads: config.heads,
    keyValueHeads: config.keyValueHeads,
    feedForwardSize: config.feedForwardSize,
    vocabularySize: config.vocabularySize,
    contextLength: config.contextLength,
    hasTemplate: vocabulary.chatTemplate !== null,
    ...(vocabulary.templateNames === null ? {} : { templateNames: vocabulary.templateNames }),
    template: choice,
    precision: identity.precision ?? defaultPrecision(gguf !== undefined, parameterCount(config)),
    ...(identity.origin === undefined ? {} : { origin: identity.origin }),
    ...(identity.aside === undefined ? {} : { aside: identity.aside }),
  };
  return {
    summary,
    config,
    weights,
    vocabulary,
    tokenizerFiles,
    tokenizerHash: identity.knownAs?.tokenizer ?? sealer.seal().sha256,
    knownFingerprint: identity.knownAs?.fingerprint ?? null,
    files,
    template: (now = new Date()) => ({ source: templateSourceFor(vocabulary, choice), now }),
  };
}

/** Models this small are kept in float32, which merges in place and loses nothing. */
const SMALL_PARAMETERS = 50_000_000;

/** A quantised file as it is, small models in float32, others in 16 bit. */
function defaultPrecision(gguf: boolean, parameters: number): Precision {
  if (gguf) return 'stored';
  return parameters <= SMALL_PARAMETERS ? 'float32' : '16-bit';
}

/** The model's own template; without one ChatML where the tokenizer knows its tokens, else plain text. */
function defaultTemplate(tokenizer: Vocabulary): TemplateChoice {
  if (tokenizer.chatTemplate !== null) return 'model';
  const chatml = tokenizer.idOf('<|im_start|>') !== undefined;
  return chatml && tokenizer.idOf('<|im_end|>') !== undefined ? 'chatml' : 'plain';
}

/** Built-in and dropped models under one roof. */
export class ModelLibrary {
  readonly #models: Models;
  readonly #publicFiles: PublicFiles;
  readonly #open = new Map<string, Promise<OpenModel>>();
  #builtIns: Promise<readonly BuiltIn[]> | null = null;
  readonly asides: Asides;
  readonly #pool: TokenPool;

  /**
   * @param pool where tokenizers and templates are tried
   * @param changed told of what became of a model without being asked
   */
  constructor(
    models: Models,
    publicFiles: PublicFiles,
    pool: TokenPool,
    changed: (model: ModelSummary) => void = () => undefined,
  ) {
    this.#models = models;
    this.#publicFiles = publicFiles;
    this.#pool = pool;
    this.asides = new Asides(models, (model) => {
      this.#open.delete(model.id);
      changed(model);
    });
  }

  async list(): Promise<ModelSummary[]> {
    const builtIns = await this.#listBuiltIns();
    const own = (await this.#models.list()).map(({ summary }) => summary);
    const summaries = await Promise.all(
      builtIns.map(async ({ id }) => (await this.open(id)).summary),
    );
    return [...summaries, ...own.filter(({ source }) => source !== 'built-in')];
  }

  /** @throws StudioError `model-missing`, or what a damaged file throws */
  open(id: string): Promise<OpenModel> {
    const known = this.#open.get(id);
    // Most recently used last.
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
    const builtIn = (await this.#listBuiltIns()).find((candidate) => candidate.id === id);
    if (builtIn) {
      return openFolder(await this.#builtInSources(builtIn), {
        ...builtIn,
        source: 'built-in',
        template: stored?.summary.template ?? null,
        precision: stored?.summary.precision,
        ...(stored?.summary.aside && { aside: stored.summary.aside }),
      });
    }
    if (!stored) throw modelMissing(id);
    return openFolder(await this.#models.sources(id), stored.summary);
  }

  #listBuiltIns(): Promise<readonly BuiltIn[]> {
    this.#builtIns ??= this.#readBuiltIns().catch((error: unknown) => {
      this.#builtIns = null;
      throw error;
    });
    return this.#builtIns;
  }

  async #readBuiltIns(): Promise<readonly BuiltIn[]> {
    const text = new TextDecoder().decode(await this.#publicFiles.read(BUILT_IN_LIST));
    return builtInSchema.parse(parseJson(text, { name: BUILT_IN_LIST }));
  }

  /** Built-in models are small: their files are read whole. */
  async #builtInSources({ folder, files }: BuiltIn): Promise<Map<string, ByteSource>> {
    const contents = await Promise.all(
      files.map(({ path }) => this.#publicFiles.read(`${folder}/${path}`)),
    );
    const sources = new Map<string, ByteSource>();
    for (const [i, { path, bytes }] of files.entries()) {
      const content = contents[i] ?? new Uint8Array();
      if (content.byteLength !== bytes) {
        throw new StudioError({
          code: 'public-file-damaged',
          message: `The studio's own file ${folder}/${path} has ${content.byteLength} bytes instead of ${bytes}.`,
          kept: 'Everything stored.',
          remedy: 'Reload the page; if it stays so, the server holds an incomplete copy.',
          data: { path: `${folder}/${path}` },
        });
      }
      sources.set(path, memorySource(path, content));
    }
    return sources;
  }

  /** Checks the files of a model as import does, and takes nothing. */
  async check(files: ReadonlyMap<string, ByteSource>, signal?: AbortSignal): Promise<void> {
    const about = { id: 'checked', name: 'checked', source: 'hub', licence: '' } as const;
    await this.#try(await openFolder(files, { ...about, template: null }), signal);
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
    task.progress(0, 'Checking the folder');
    const checked = await openFolder(files, {
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
      task.progress(done / total, 'Storing the model');
    });
    return checked.summary;
  }

  async setTemplate(id: string, template: TemplateChoice): Promise<ModelSummary> {
    const model = await this.open(id);
    const now = new Date();
    const source = templateSourceFor(model.vocabulary, template);
    await this.#try({ ...model, template: () => ({ source, now }) });
    this.#open.delete(id);
    // What held a text may have been the template that was in use.
    this.asides.lift(id);
    return this.#models.change(model.summary, { template, aside: null });
  }

  /**
   * Lets a worker of the pool make tokenizer and template, which have to work before a model is taken, and
   * turn a short conversation into tokens.
   * @throws StudioError `tokenizer-…`, `template-…`, `text-stuck`, `cancelled`
   */
  async #try(model: OpenModel, signal?: AbortSignal): Promise<void> {
    const job = { what: 'asks', asks: [{ ask: 'stops' }] } as const;
    // What a template says against this conversation is no reason to refuse the model.
    await this.#pool.run(encoderSource(model, model.template()), job, { urgent: true, signal });
  }

  /** A model that was put aside is used again. */
  async tryAgain(id: string): Promise<ModelSummary> {
    const model = await this.open(id);
    this.asides.lift(id);
    this.#open.delete(id);
    return this.#models.change(model.summary, { aside: null });
  }

  /** How the model's frozen weights are kept on the device from now on. */
  async setPrecision(id: string, precision: Precision): Promise<ModelSummary> {
    const model = await this.open(id);
    this.#open.delete(id);
    return this.#models.change(model.summary, { precision });
  }

  async remove(id: string): Promise<void> {
    const builtIns = await this.#listBuiltIns();
    if (builtIns.some((builtIn) => builtIn.id === id)) {
      throw new StudioError({
        code: 'model-built-in',
        message: 'Built-in models come with the studio and take no storage.',
        kept: 'The model.',
        remedy: 'Remove models that were dropped, to free storage.',
        data: { id },
      });
    }
    await this.#models.remove(id);
    this.#open.delete(id);
  }
}

/** Paths of further chat templates below the root, in the order of their names. */
function namedTemplates(files: ReadonlyMap<string, ByteSource>, root: string): string[] {
  const below = [...files.keys()].filter((path) => path.startsWith(root));
  return below
    .map((path) => path.slice(root.length))
    .filter((path) => NAMED_TEMPLATE.test(path))
    .sort()
    .slice(0, MAX_NAMED_TEMPLATES);
}

/** Files kept of a folder, by path below the model's root: those that hold its weights, and its texts. */
function neededFiles(
  files: ReadonlyMap<string, ByteSource>,
  { root, files: ofWeights }: WeightsFolder,
): Map<string, ByteSource> {
  const gguf = ggufAmong(files);
  if (gguf) return new Map([['model.gguf', gguf]]);
  const needed = new Map<string, ByteSource>();
  for (const name of [...CONFIG_FILES, ...namedTemplates(files, root), ...ofWeights]) {
    const source = files.get(root + name);
    if (source) needed.set(name, source);
  }
  return needed;
}

/** The licence that the folder's README names in its front matter. */
async function statedLicence(files: ReadonlyMap<string, ByteSource>): Promise<string> {
  const readme = [...files].find(([path]) => /(?:^|\/)README\.md$/.test(path))?.[1];
  if (!readme) return 'not stated';
  return licenceOfReadme(await readme.read(0, Math.min(readme.size, 8192)));
}
