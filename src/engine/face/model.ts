/** A model with its tokenizer and chat template, opened from files. */
import { blobSource, memorySource, type ByteSource } from '../../formats/files/byte-source.ts';
import {
  templateFor,
  type ChatTemplate,
  type TemplateChoice,
} from '../../text/template/chat-template.ts';
import { loadTokenizer, type TextTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { openModelFolder, type ModelFolder } from '../model/model-folder.ts';
import type { Precision } from '../model/weight-storage.ts';
import { parameterCount } from '../model/weights.ts';

/** Files by path: a Hugging Face folder, or one GGUF file. A list of files has their paths in it. */
export type ModelFiles =
  ReadonlyMap<string, FileContent> | Readonly<Record<string, FileContent>> | Iterable<File>;

/** What a file may be given as; of a Blob and of a ByteSource only what is needed is read. */
export type FileContent = ByteSource | Blob | Uint8Array;

export interface LoadModelOptions {
  /** How the frozen weights are kept on the device; small models in float32 unless told, others in 16 bits. */
  readonly precision?: Precision;
  /** The model's own chat template unless told, or where it has none one that its tokens allow. */
  readonly template?: TemplateChoice;
  /** The day that templates are told which write the date; today unless given. */
  readonly now?: Date;
}

/** A model with everything read except its weights. */
export interface Model {
  /** Hugging Face's `model_type`. */
  readonly architecture: string;
  readonly parameters: number;
  readonly layers: number;
  readonly vocabularySize: number;
  /** Longest sequence that it was made for, in tokens. */
  readonly contextLength: number;
  readonly precision: Precision;
  readonly template: TemplateChoice;
  /** Token ids of a text alone; special tokens written out in it are recognised, none is added. */
  encode(text: string): Uint32Array;
  /** Text of token ids without special tokens. */
  decode(ids: Iterable<number>): string;
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

  constructor(folder: ModelFolder, { precision, template, now }: LoadModelOptions = {}) {
    this.folder = folder;
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

  get vocabularySize(): number {
    return this.folder.config.vocabularySize;
  }

  get contextLength(): number {
    return this.folder.config.contextLength;
  }

  encode(text: string): Uint32Array {
    return this.tokenizer.encode(text);
  }

  decode(ids: Iterable<number>): string {
    return this.tokenizer.decode(ids, { skipSpecial: true });
  }
}

/**
 * Reads and checks all of a model but its weights, which are read when they go to the device. Tokenizer and template
 * of the files run right here: of a model from strangers, whose regular expressions may never end, run this in a worker
 * that can be ended.
 * @throws StudioError for what is missing, damaged or not supported
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
 * @throws TypeError for what `loadModel` did not give
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
  // A folder that a person picked gives paths from the folder itself on.
  for (const file of files) yield [file.webkitRelativePath || file.name, file];
}

function sourceOf(path: string, content: FileContent): ByteSource {
  if (content instanceof Uint8Array) return memorySource(path, content);
  return content instanceof Blob ? blobSource(path, content) : content;
}
