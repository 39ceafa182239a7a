/** Reads and checks a model's files, except the weights themselves. */
import { fault, StudioError } from '../../faults/fault.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { ggufAmong, textsOfGguf } from '../../formats/gguf/gguf-files.ts';
import { openGguf } from '../../formats/gguf/gguf-model.ts';
import { parseJson } from '../../formats/texts/json.ts';
import { openModelWeights } from '../../formats/weights/model-weights.ts';
import { withUsualNames } from '../../formats/weights/weight-names.ts';
import type { WeightsFolder } from '../../formats/weights/weights-folder.ts';
import type { TemplateChoice } from '../../text/template/chat-template.ts';
import type { TokenizerFiles } from '../../text/tokenizer/tokenizer-files.ts';
import { withinVocabulary } from '../../text/tokenizer/tokenizer-fit.ts';
import { openVocabulary } from '../../text/tokenizer/vocabulary.ts';
import type { Vocabulary } from '../../text/tokenizer/vocabulary.ts';
import { architectureNamed, architectures } from './architectures/index.ts';
import { withParts } from './fused-weights.ts';
import { parseModelConfig } from './config.ts';
import type { ModelConfig } from './config.ts';
import type { Precision } from './weight-storage.ts';
import { checkWeights, parameterCount } from './weights.ts';

/** A Hugging Face folder or a GGUF file with everything read except its weights. */
export interface ModelFolder {
  readonly config: ModelConfig;
  readonly weights: WeightsFolder;
  /** The meaning of its tokens. */
  readonly vocabulary: Vocabulary;
  /** The texts that a tokenizer is made from, read again. */
  readonly tokenizerFiles: () => Promise<TokenizerFiles>;
  /** Those texts as they were read the first time. */
  readonly texts: TokenizerFiles;
  /** Every file of the folder, by path; for a GGUF file, the equivalent texts. */
  readonly files: ReadonlyMap<string, ByteSource>;
  /** The licence that a GGUF file states; null for a folder, or where the file states none. */
  readonly licence: string | null;
  /** The template to use unless another is requested. */
  readonly template: TemplateChoice;
  /** How its weights are kept unless told otherwise. */
  readonly precision: Precision;
}

const CONFIG_FILES = [
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'special_tokens_map.json',
  'added_tokens.json',
];
/** Files that describe a tokenizer beside tokenizer.json, where a folder has them. */
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

function fileNeeded(file: string): StudioError {
  return fault('model-file-missing', { file, place: 'folder' }, { kept: 'models' });
}

async function readText(source: ByteSource): Promise<string> {
  if (source.size > MAX_TEXT_BYTES) {
    throw fault(
      'model-file-too-large',
      { file: source.name, bytes: source.size, most: MAX_TEXT_BYTES },
      { kept: 'models' },
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.size));
  } catch (cause) {
    if (cause instanceof StudioError) throw cause;
    throw fault('text-encoding', { file: source.name }, { kept: 'models', cause });
  }
}

/** The text of a file; undefined where there is none. */
async function textOf(
  files: ReadonlyMap<string, ByteSource>,
  path: string,
): Promise<string | undefined> {
  const source = files.get(path);
  return source && readText(source);
}

/**
 * The texts of a tokenizer below the root of a model.
 * @throws StudioError `model-file-missing` without tokenizer.json, `model-file-too-large`, `text-encoding`
 */
async function readTokenizerFiles(
  files: ReadonlyMap<string, ByteSource>,
  root: string,
): Promise<TokenizerFiles> {
  const text = (name: string): Promise<string | undefined> => textOf(files, root + name);
  const tokenizerJson = await text('tokenizer.json');
  if (tokenizerJson === undefined) throw fileNeeded('tokenizer.json');
  const beside = await Promise.all(
    Object.entries(BESIDE_TOKENIZER).map(async ([key, name]) => [key, await text(name)] as const),
  );
  const given = beside.filter(([, content]) => content !== undefined);
  const named: [string, string][] = [];
  for (const path of namedTemplates(files, root)) {
    const content = await text(path);
    named.push([NAMED_TEMPLATE.exec(path)?.[1] ?? path, content ?? '']);
  }
  return {
    tokenizerJson,
    ...(Object.fromEntries(given) as Partial<TokenizerFiles>),
    ...(named.length === 0 ? {} : { namedTemplates: Object.fromEntries(named) }),
  };
}

/**
 * Reads and checks all of a Hugging Face folder or GGUF file but the weights themselves.
 * @param given files by path
 * @throws StudioError `model-…`, `gguf-…`, `tokenizer-…`, `json-…` for missing, damaged or unsupported files
 */
export async function openModelFolder(
  given: ReadonlyMap<string, ByteSource>,
): Promise<ModelFolder> {
  const file = ggufAmong(given);
  const gguf = file && (await openGguf(file, architectures));
  const files = gguf ? textsOfGguf(gguf) : given;
  const stored = gguf?.weights ?? (await openModelWeights(files, architectures));
  const configText = await textOf(files, `${stored.root}config.json`);
  if (configText === undefined) {
    throw fileNeeded('config.json');
  }
  const config = parseModelConfig(parseJson(configText, { name: 'config.json' }));
  const { tensors: names } = architectureNamed(config.architecture);
  const weights = withParts(withUsualNames(stored, config, names), config);
  checkWeights(config, weights);

  const whole = await readTokenizerFiles(files, stored.root);
  const all = openVocabulary(whole);
  const beyond = all.vocabularySize > config.vocabularySize;
  const fitted = (own: TokenizerFiles): TokenizerFiles =>
    beyond
      ? { ...own, tokenizerJson: withinVocabulary(own.tokenizerJson, config.vocabularySize) }
      : own;
  const tokenizerFiles = async (): Promise<TokenizerFiles> =>
    fitted(await readTokenizerFiles(files, stored.root));
  const texts = fitted(whole);
  const vocabulary = beyond ? openVocabulary(texts) : all;
  if (vocabulary.vocabularySize > config.vocabularySize) {
    throw fault(
      'tokenizer-mismatch',
      { tokenizer: vocabulary.vocabularySize, model: config.vocabularySize },
      { kept: 'models' },
    );
  }
  return {
    ...{ config, weights, vocabulary, tokenizerFiles, texts, files },
    licence: gguf?.licence ?? null,
    template: defaultTemplate(vocabulary),
    precision: defaultPrecision(gguf !== undefined, parameterCount(config)),
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

/** Paths of further chat templates below the root, in the order of their names. */
function namedTemplates(files: ReadonlyMap<string, ByteSource>, root: string): string[] {
  const below = [...files.keys()].filter((path) => path.startsWith(root));
  return below
    .map((path) => path.slice(root.length))
    .filter((path) => NAMED_TEMPLATE.test(path))
    .sort()
    .slice(0, MAX_NAMED_TEMPLATES);
}

/** Files kept of a folder, by path below the model's root: its weights and its texts. */
export function neededFiles(
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
