/** A model with its tokenizer and chat template, opened from files. */
import { blobSource, memorySource, type ByteSource } from '../../formats/files/byte-source.ts';
import { encodeAnswer, encodeConversation, encodePrompt } from '../../text/labels/labels.ts';
import {
  templateFor,
  type ChatMessage,
  type ChatTemplate,
  type TemplateChoice,
} from '../../text/template/chat-template.ts';
import { loadTokenizer, type TextTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { openModelFolder, type ModelFolder } from '../model/model-folder.ts';
import { withTensors } from '../model/replaced-weights.ts';
import type { Precision } from '../model/weight-storage.ts';
import { parameterCount } from '../model/weights.ts';
import type { Recipe } from '../training/recipe/recipe.ts';

/** Files by path: a Hugging Face folder, or one GGUF file. A list of files has their paths in it. */
export type ModelFiles =
  | ReadonlyMap<string, FileContent>
  | Readonly<Record<string, FileContent>>
  | Iterable<File>;

/** The forms in which a file may be given; a Blob or a ByteSource is read only where needed. */
export type FileContent = ByteSource | Blob | Uint8Array;

export interface LoadModelOptions {
  /** How the frozen weights are kept on the device; small models in float32 unless told, others in 16 bits. */
  readonly precision?: Precision;
  /** The model's own chat template unless told otherwise; where it has none, a template that its tokens allow. */
  readonly template?: TemplateChoice;
  /** The date for templates that write one; today unless given. */
  readonly now?: Date;
  /** Tensors that replace the files' tensors: all elements in float32, by name. */
  readonly tensors?: Readonly<Record<string, Float32Array>>;
}

/** A conversation as token ids, and which of them train. */
export interface TokenisedRecord {
  readonly ids: Uint32Array;
  /** For each token itself where it is a target, else −100; the loss shifts them, so the first never counts. */
  readonly labels: Int32Array;
}

/** The same, and how many of its targets the loss counts: a conversation without any teaches nothing. */
export interface EncodedRecord extends TokenisedRecord {
  readonly targets: number;
}

/** A model with everything read except its weights. */
export interface Model {
  /** Hugging Face's `model_type`. */
  readonly architecture: string;
  readonly parameters: number;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  /** The longest sequence that it was made for, in tokens. */
  readonly contextLength: number;
  readonly precision: Precision;
  readonly template: TemplateChoice;
  /** Whether the output layer is the embedding. */
  readonly tiedHead: boolean;
  /** Tokens that end an answer. */
  readonly endIds: readonly number[];
  /** Token ids of a text alone; special tokens written in it are recognised, none is added. */
  encode(text: string): Uint32Array;
  /** Text of token ids without special tokens. */
  decode(ids: Iterable<number>): string;
  /** A single token as the vocabulary writes it. */
  tokenText(id: number): string;
  /** A conversation up to where its answer begins, as the chat template writes it. */
  encodePrompt(messages: readonly ChatMessage[]): Uint32Array;
  /** An answer as it follows its question, without the tokens that end it. */
  encodeAnswer(text: string): Uint32Array;
  /**
   * A conversation as a run of this recipe trains on it, at its whole length.
   * @throws StudioError `answer-not-located`, `answer-empty`, `template-…`, `text-…`
   */
  encodeRecord(
    record: { readonly messages: readonly ChatMessage[] },
    recipe: Pick<Recipe, 'labels' | 'reasoning'>,
  ): EncodedRecord;
  /**
   * All elements of a tensor, by its name in the file, in float32.
   * @throws StudioError `tensor-missing`, `file-unreadable`
   */
  readTensor(name: string): Promise<Float32Array>;
}

/**
 * The model behind the face.
 * @internal
 */
export class OpenedModel implements Model {
  readonly folder: ModelFolder;
  readonly tokenizer: TextTokenizer;
  readonly chat: ChatTemplate;
  readonly precision: Precision;
  readonly template: TemplateChoice;

  constructor(folder: ModelFolder, { precision, template, now, tensors }: LoadModelOptions = {}) {
    this.folder = tensors ? { ...folder, weights: withTensors(folder.weights, tensors) } : folder;
    this.tokenizer = loadTokenizer(folder.texts);
    this.template = template ?? folder.template;
    this.chat = templateFor(this.tokenizer, this.template, now);
    this.precision = precision ?? folder.precision;
  }

  get architecture(): string {
    return this.folder.config.architecture;
  }

  get parameters(): number {
    return parameterCount(this.folder.config);
  }

  get layers(): number {
    return this.folder.config.layers;
  }

  get hiddenSize(): number {
    return this.folder.config.hiddenSize;
  }

  get vocabularySize(): number {
    return this.folder.config.vocabularySize;
  }

  get contextLength(): number {
    return this.folder.config.contextLength;
  }

  get tiedHead(): boolean {
    return this.folder.config.tiedHead;
  }

  get endIds(): readonly number[] {
    return this.tokenizer.eosIds;
  }

  encode(text: string): Uint32Array {
    return this.tokenizer.encode(text);
  }

  decode(ids: Iterable<number>): string {
    return this.tokenizer.decode(ids, { skipSpecial: true });
  }

  tokenText(id: number): string {
    return this.tokenizer.tokenText(id);
  }

  encodePrompt(messages: readonly ChatMessage[]): Uint32Array {
    return encodePrompt(this.tokenizer, this.chat, messages);
  }

  encodeAnswer(text: string): Uint32Array {
    return encodeAnswer(this.tokenizer, this.chat, text);
  }

  encodeRecord(
    record: { readonly messages: readonly ChatMessage[] },
    { labels, reasoning, truncation }: Pick<Recipe, 'labels' | 'reasoning' | 'truncation'>,
    maxLength = Number.MAX_SAFE_INTEGER,
  ): EncodedRecord {
    const rules = { labels, reasoning, truncation, maxLength };
    return encodeConversation(this.tokenizer, this.chat, record, rules);
  }

  readTensor(name: string): Promise<Float32Array> {
    return this.folder.weights.readFloat32(name);
  }
}

/**
 * Reads and checks everything of a model but its weights, which are read when they go to the device. The files'
 * tokenizer and template run right here: their regular expressions may never end, so open a stranger's model in a
 * worker that can be ended.
 * @throws StudioError for missing, damaged or unsupported files
 */
export async function loadModel(files: ModelFiles, options: LoadModelOptions = {}): Promise<Model> {
  return openModel(files, options);
}

/**
 * `loadModel` for callers within the engine.
 * @internal
 */
export async function openModel(
  files: ModelFiles,
  options: LoadModelOptions = {},
): Promise<OpenedModel> {
  return new OpenedModel(await openModelFolder(sourcesOf(files)), options);
}

/**
 * The model behind the face.
 * @internal
 * @throws TypeError for an object that did not come from `loadModel`
 */
export function openedModel(model: Model): OpenedModel {
  if (model instanceof OpenedModel) return model;
  throw new TypeError('model is none that loadModel() gave');
}

function sourcesOf(files: ModelFiles): Map<string, ByteSource> {
  const entries = files instanceof Map || !isIterable(files) ? entriesOf(files) : pathsOf(files);
  return new Map([...entries].map(([path, content]) => [path, sourceOf(path, content)]));
}

function isIterable(files: object): files is Iterable<File> {
  return Symbol.iterator in files;
}

function entriesOf(files: object): Iterable<[string, FileContent]> {
  return files instanceof Map
    ? (files as ReadonlyMap<string, FileContent>)
    : Object.entries(files as Record<string, FileContent>);
}

function* pathsOf(files: Iterable<File>): Generator<[string, FileContent]> {
  // Paths from a folder picked by a person begin with that folder.
  for (const file of files) yield [file.webkitRelativePath || file.name, file];
}

function sourceOf(path: string, content: FileContent): ByteSource {
  if (content instanceof Uint8Array) return memorySource(path, content);
  return content instanceof Blob ? blobSource(path, content) : content;
}
