/**
 * Checks the files around a tokenizer before the library reads them. `tokenizer_config.json` exists in two
 * dialects: the older one carries the chat template and an added_tokens_decoder; the newer one keeps the
 * template in chat_template.jinja, further templates in files beside it, and the tokens in tokenizer.json.
 */
import { fault } from '../../faults/fault.ts';
import { isJsonObject, parseJsonObject } from '../../formats/texts/json.ts';
import type { JsonObject, JsonValue } from '../../formats/texts/json.ts';
import { wrongField } from './tokenizer-fields.ts';

export interface TokenizerFiles {
  readonly tokenizerJson: string;
  readonly tokenizerConfigJson?: string;
  readonly chatTemplateJinja?: string;
  /** Templates in the folder `additional_chat_templates`, by name. */
  readonly namedTemplates?: Readonly<Record<string, string>>;
  readonly generationConfigJson?: string;
  /** Files that repeat, or alone state, what some tokens are for. */
  readonly configJson?: string;
  readonly specialTokensMapJson?: string;
  readonly addedTokensJson?: string;
}

/** Largest published tokenizer.json files are about 35 MB (256,000 tokens with pretty printing). */
const MAX_TOKENIZER_LENGTH = 64_000_000;
const MAX_CONFIG_LENGTH = 8_000_000;
export const MAX_VOCABULARY = 1_000_000;
const MAX_ADDED_TOKENS = 100_000;

export interface AddedTokenInfo {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  readonly normalized: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
}

/** Of a model's templates, the one taken for chat, and the others. */
export interface TemplateNames {
  readonly taken: string;
  readonly others: readonly string[];
}

export interface CheckedTokenizer {
  readonly json: JsonObject;
  readonly config: JsonObject;
  readonly added: readonly AddedTokenInfo[];
  /** Highest id of vocabulary and added tokens, plus one. */
  readonly idCount: number;
  readonly bosToken: string | undefined;
  readonly eosToken: string | undefined;
  readonly padToken: string | undefined;
  /** Ids that generation_config.json names. */
  readonly generationEosIds: readonly number[];
  /** Ids that config.json names. */
  readonly configEosIds: readonly number[];
  readonly chatTemplate: string | null;
  readonly templateNames: TemplateNames | null;
  /** What the other files add to tokenizer.json and tokenizer_config.json, as a text; '' where they add nothing. */
  readonly declaredBeside: string;
}

function isId(value: JsonValue | undefined): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MAX_VOCABULARY
  );
}

function highestVocabularyId(model: JsonObject): number {
  const { vocab } = model;
  let highest = -1;
  let count = 0;
  const take = (id: JsonValue | undefined): void => {
    if (!isId(id)) {
      throw fault('tokenizer-vocabulary', { most: MAX_VOCABULARY });
    }
    count += 1;
    highest = Math.max(highest, id);
  };
  if (Array.isArray(vocab)) vocab.forEach((_piece, index) => take(index));
  else if (isJsonObject(vocab)) for (const id of Object.values(vocab)) take(id);
  if (count === 0) throw fault('tokenizer-vocabulary', {});
  return highest;
}

function readAddedTokens(json: JsonObject): AddedTokenInfo[] {
  const list = json['added_tokens'] ?? [];
  if (!Array.isArray(list) || list.length > MAX_ADDED_TOKENS) {
    throw fault('tokenizer-added-tokens', { reason: 'no-list' });
  }
  return list.map((entry: JsonValue) => {
    const fields: JsonObject = isJsonObject(entry) ? entry : {};
    const { id, content } = fields;
    if (!isId(id) || typeof content !== 'string' || content === '') {
      throw fault('tokenizer-added-tokens', { reason: 'incomplete' });
    }
    return { id, content, ...tokenFlags(fields) };
  });
}

/** How an added token is treated; each is off unless the file turns it on. */
function tokenFlags(fields: JsonObject): Omit<AddedTokenInfo, 'id' | 'content'> {
  return {
    special: fields['special'] === true,
    normalized: fields['normalized'] === true,
    lstrip: fields['lstrip'] === true,
    rstrip: fields['rstrip'] === true,
  };
}

/** A token of the config: a string, or an object with `content` (the older dialect), or null. */
function tokenText(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (isJsonObject(value) && typeof value['content'] === 'string') return value['content'];
  return undefined;
}

const ROLES = ['bos_token', 'eos_token', 'pad_token', 'unk_token', 'sep_token', 'cls_token'];

/** Tokens that a file gives a role, by text. */
function namedTokens(declared: JsonObject): string[] {
  const more = declared['additional_special_tokens'];
  const others: readonly JsonValue[] = Array.isArray(more) ? more : [];
  const values = [...ROLES.map((role) => declared[role]), ...others];
  return values.flatMap((value) => tokenText(value) ?? []);
}

/** Id of a token's text in the vocabulary. */
function vocabularyId({ vocab }: JsonObject, text: string): number | undefined {
  if (Array.isArray(vocab)) {
    const id = vocab.findIndex((piece) => Array.isArray(piece) && piece[0] === text);
    return id < 0 ? undefined : id;
  }
  const id = isJsonObject(vocab) && Object.hasOwn(vocab, text) ? vocab[text] : undefined;
  return isId(id) ? id : undefined;
}

/**
 * Tokens that only the files beside tokenizer.json declare, as transformers adds them when it loads the
 * same files: tokens in `added_tokens_decoder` and added_tokens.json, and tokens with a role that are
 * ordinary entries of the vocabulary.
 * @param rows rows of the model's embedding: ids beyond them stand for nothing
 */
function declaredElsewhere(
  model: JsonObject,
  known: readonly AddedTokenInfo[],
  rows: number,
  {
    config,
    specialMap,
    addedMap,
  }: Readonly<Record<'config' | 'specialMap' | 'addedMap', JsonObject>>,
): AddedTokenInfo[] {
  const contents = new Set(known.map(({ content }) => content));
  const ids = new Set(known.map(({ id }) => id));
  const fresh: AddedTokenInfo[] = [];
  const add = (content: string, id: JsonValue | undefined, fields: JsonObject): void => {
    if (content === '' || !isId(id) || contents.has(content) || ids.has(id)) return;
    if (id >= rows) return;
    // Where the vocabulary gives this id to another text, the token is not added.
    const own = vocabularyId(model, content);
    if (own !== undefined && own !== id) return;
    contents.add(content);
    ids.add(id);
    fresh.push({ id, content, ...tokenFlags(fields) });
  };
  const decoder = config['added_tokens_decoder'];
  for (const [id, fields] of Object.entries(isJsonObject(decoder) ? decoder : {})) {
    if (isJsonObject(fields)) add(tokenText(fields) ?? '', Number(id), fields);
  }
  for (const [content, id] of Object.entries(addedMap)) add(content, id, {});
  for (const content of [...namedTokens(config), ...namedTokens(specialMap)]) {
    add(content, vocabularyId(model, content), { special: true });
  }
  return fresh.slice(0, MAX_ADDED_TOKENS);
}

/** Names of templates for other purposes than a conversation. */
const OTHER_USE = /tool|function|rag|retriev|search|cit/i;

/**
 * The template for chat: the one without a name or named `default`; else the one named `chat`, or the first
 * that is not for tools or retrieval.
 */
function readChatTemplate(
  config: JsonObject,
  { chatTemplateJinja: own, namedTemplates = {} }: TokenizerFiles,
): { readonly source: string | null; readonly names: TemplateNames | null } {
  const { chat_template: declared } = config;
  const listed: readonly JsonValue[] = Array.isArray(declared) ? declared : [];
  const found = new Map<string, string>();
  for (const { name, template } of listed.filter(isJsonObject)) {
    if (typeof template === 'string')
      found.set(typeof name === 'string' ? name : 'default', template);
  }
  for (const [name, template] of Object.entries(namedTemplates)) found.set(name, template);
  if (typeof declared === 'string') found.set('default', declared);
  if (own !== undefined && own.trim() !== '') found.set('default', own);
  const names = [...found.keys()];
  const taken =
    ['default', 'chat'].find((name) => found.has(name)) ??
    names.find((name) => !OTHER_USE.test(name)) ??
    names[0];
  if (taken === undefined) return { source: null, names: null };
  const others = names.filter((name) => name !== taken);
  return {
    source: found.get(taken) ?? null,
    names: others.length === 0 ? null : { taken, others },
  };
}

/** The files of a tokenizer as JSON; a file that the folder lacks is empty. */
function parseFiles(files: TokenizerFiles) {
  const parse = (text: string | undefined, name: string): JsonObject =>
    text === undefined ? {} : parseJsonObject(text, { name, maxLength: MAX_CONFIG_LENGTH });
  return {
    // Vocabularies hold words such as "constructor"; these keys stay plain own properties.
    json: parseJsonObject(files.tokenizerJson, {
      name: 'tokenizer.json',
      maxLength: MAX_TOKENIZER_LENGTH,
      prototypeKeys: 'allow',
    }),
    config: parse(files.tokenizerConfigJson, 'tokenizer_config.json'),
    generation: parse(files.generationConfigJson, 'generation_config.json'),
    modelConfig: parse(files.configJson, 'config.json'),
    specialMap: parse(files.specialTokensMapJson, 'special_tokens_map.json'),
    addedMap: parse(files.addedTokensJson, 'added_tokens.json'),
  };
}

/** The model of a tokenizer.json whose kind and fields are supported. @throws StudioError `tokenizer-…` */
function supportedModel(json: JsonObject): JsonObject {
  const { model } = json;
  if (!isJsonObject(model)) throw fault('tokenizer-model');
  const { type } = model;
  if (type !== undefined && type !== 'BPE' && type !== 'Unigram' && type !== 'WordPiece') {
    const kind = typeof type === 'string' ? type.slice(0, 40) : '';
    throw fault('tokenizer-unsupported', { kind });
  }
  const field = wrongField(json);
  if (field !== null) throw fault('tokenizer-field', { field });
  return model;
}

/** Token ids that a config names as ends of an answer, if the vocabulary has them. */
function declaredEnds({ eos_token_id: declared }: JsonObject, idCount: number): number[] {
  const ids: readonly JsonValue[] = Array.isArray(declared) ? declared : [declared ?? null];
  return ids.filter(isId).filter((id) => id < idCount);
}

/** Parses and checks the files of a tokenizer. @throws StudioError `tokenizer-…` or `json-…`. */
export function checkTokenizerFiles(files: TokenizerFiles): CheckedTokenizer {
  const { json, config, generation, modelConfig, specialMap, addedMap } = parseFiles(files);
  const model = supportedModel(json);
  const listed = readAddedTokens(json);
  const { vocab_size: size } = modelConfig;
  const rows = isId(size) ? size : MAX_VOCABULARY;
  const elsewhere = declaredElsewhere(model, listed, rows, { config, specialMap, addedMap });
  const added = [...listed, ...elsewhere];
  const idCount = added.reduce(
    (most, { id }) => Math.max(most, id + 1),
    highestVocabularyId(model) + 1,
  );
  const role = (name: string): string | undefined =>
    tokenText(config[name]) ?? tokenText(specialMap[name]);
  const roles = ['bos_token', 'eos_token', 'pad_token'].filter(
    (name) => tokenText(config[name]) === undefined && role(name) !== undefined,
  );
  const template = readChatTemplate(config, files);
  const fromFolder = Object.values(files.namedTemplates ?? {}).includes(template.source ?? '');
  const beside = fromFolder ? [template.source] : [];
  const nothing = elsewhere.length + roles.length + beside.length === 0;
  return {
    declaredBeside: nothing ? '' : JSON.stringify([elsewhere, roles.map(role), ...beside]),
    json: elsewhere.length === 0 ? json : { ...json, added_tokens: added.map(asListed) },
    config,
    added,
    idCount,
    bosToken: role('bos_token'),
    eosToken: role('eos_token'),
    padToken: role('pad_token'),
    generationEosIds: declaredEnds(generation, idCount),
    configEosIds: declaredEnds(modelConfig, idCount),
    chatTemplate: template.source,
    templateNames: template.names,
  };
}

/** A token as tokenizer.json lists it. */
function asListed(token: AddedTokenInfo): JsonObject {
  return { ...token, single_word: false };
}
