/**
 * The tokens of a model and the text of each, read from its files alone. Nothing here follows a regular
 * expression of the files, whose author may be a stranger: the time of every answer depends only on the number
 * of tokens. Texts become tokens elsewhere (tokenizer.ts), in a place where that can be stopped.
 */
import type { JsonObject, JsonValue } from '../../formats/texts/json.ts';
import { isJsonObject } from '../../formats/texts/json.ts';
import { pieceBytes, pieceSchemeOf } from './token-pieces.ts';
import type { PieceKind } from './token-pieces.ts';
import { checkTokenizerFiles } from './tokenizer-files.ts';
import type { CheckedTokenizer, TemplateNames, TokenizerFiles } from './tokenizer-files.ts';

export interface DecodeOptions {
  /** Leaves out special tokens such as `<|im_end|>`. */
  readonly skipSpecial?: boolean;
}

/** @throws StudioError `tokenizer-…` or `json-…` for files that are damaged. */
export function openVocabulary(files: TokenizerFiles): Vocabulary {
  return new Vocabulary(checkTokenizerFiles(files));
}

/** Token strings by id and ids by token string; an added token takes precedence over one of the model's. */
function tablesOf({ json, added }: CheckedTokenizer): {
  readonly pieces: string[];
  readonly ids: Map<string, number>;
} {
  const pieces: string[] = [];
  const ids = new Map<string, number>();
  const enter = (piece: JsonValue | undefined, id: JsonValue | undefined): void => {
    if (typeof piece !== 'string' || typeof id !== 'number') return;
    pieces[id] = piece;
    ids.set(piece, id);
  };
  const model: JsonObject = isJsonObject(json['model']) ? json['model'] : {};
  const { vocab } = model;
  if (Array.isArray(vocab)) {
    // Unigram: pairs of a piece and its score.
    const list: readonly JsonValue[] = vocab;
    list.forEach((entry, id) => {
      const pair: readonly JsonValue[] = Array.isArray(entry) ? entry : [entry];
      enter(pair[0], id);
    });
  } else if (isJsonObject(vocab)) {
    for (const [piece, id] of Object.entries(vocab)) enter(piece, id);
  }
  for (const { content, id } of added) enter(content, id);
  return { pieces, ids };
}

/** The tokens of a model, and what each stands for. */
export class Vocabulary {
  /** Highest token id plus one. A model's embedding may have more rows; the extra rows stand for nothing. */
  readonly vocabularySize: number;
  readonly bosId: number | undefined;
  /** Ids after which generation ends: the end token and the ids in generation_config.json. */
  readonly eosIds: readonly number[];
  /** The same ids, and the ids that config.json names besides. */
  readonly endIds: readonly number[];
  readonly padId: number | undefined;
  /** Text of the begin and end tokens as templates use them; '' where there is none. */
  readonly bosToken: string;
  readonly eosToken: string;
  /** The model's own Jinja chat template. */
  readonly chatTemplate: string | null;
  /** Names of the templates, where the model brings several. */
  readonly templateNames: TemplateNames | null;
  /** What files other than tokenizer.json and tokenizer_config.json add; '' where they add nothing. */
  readonly declaredBeside: string;
  /** Whether decoding a whole text drops the space that the tokenizer put before it. */
  readonly stripsLeadingSpace: boolean;
  /** How tokens spell text; `opaque` tokens do not, and only the tokenizer decodes them. */
  readonly kind: PieceKind;
  readonly #pieces: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #addedIds: ReadonlySet<number>;
  readonly #specialIds: ReadonlySet<number>;
  readonly #bytes = new Map<number, Uint8Array | undefined>();

  constructor(checked: CheckedTokenizer) {
    const { pieces, ids } = tablesOf(checked);
    this.#pieces = pieces;
    this.#ids = ids;
    this.vocabularySize = checked.idCount;
    this.chatTemplate = checked.chatTemplate;
    this.templateNames = checked.templateNames;
    this.declaredBeside = checked.declaredBeside;
    this.bosToken = checked.bosToken ?? '';
    this.bosId = this.idOf(this.bosToken);
    this.padId = this.idOf(checked.padToken ?? '');
    const eosId = this.idOf(checked.eosToken ?? '');
    const eosIds = eosId === undefined ? [] : [eosId];
    this.eosIds = [...new Set([...eosIds, ...checked.generationEosIds])];
    this.endIds = [...new Set([...this.eosIds, ...checked.configEosIds])];
    const [firstEos] = this.eosIds;
    this.eosToken =
      checked.eosToken ?? (firstEos === undefined ? undefined : this.pieceOf(firstEos)) ?? '';
    this.#addedIds = new Set(checked.added.map(({ id }) => id));
    this.#specialIds = new Set(checked.added.filter(({ special }) => special).map(({ id }) => id));
    const { kind, stripsLeadingSpace } = pieceSchemeOf(checked.json);
    this.kind = kind;
    this.stripsLeadingSpace = stripsLeadingSpace;
  }

  /** The string of a token as the files write it. */
  pieceOf(id: number): string | undefined {
    return this.#pieces[id];
  }

  /** Text of ids, where tokens spell it (`kind`); ids that stand for nothing are left out. */
  spell(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let text = '';
    for (const id of ids) {
      if (options.skipSpecial === true && this.#specialIds.has(id)) continue;
      const bytes = this.tokenBytes(id);
      if (bytes) text += decoder.decode(bytes, { stream: true });
    }
    text += decoder.decode();
    return this.stripsLeadingSpace && text.startsWith(' ') ? text.slice(1) : text;
  }

  /** One token for display: its text, or its bytes as `<0xNN>` where they are not whole characters. */
  tokenText(id: number): string {
    const bytes = this.tokenBytes(id);
    if (bytes === undefined) return this.pieceOf(id) ?? '';
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      const shown = Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
      return shown.map((byte) => `<0x${byte}>`).join('');
    }
  }

  /** Bytes of a token; undefined for unknown ids and for tokenizers that do not spell bytes. */
  tokenBytes(id: number): Uint8Array | undefined {
    const cached = this.#bytes.get(id);
    if (cached !== undefined) return cached;
    const token = this.pieceOf(id);
    if (token === undefined) return undefined;
    const bytes = pieceBytes(this.kind, token, this.#addedIds.has(id));
    this.#bytes.set(id, bytes);
    return bytes;
  }

  /** Id of a token by its exact string. */
  idOf(token: string): number | undefined {
    return token === '' ? undefined : this.#ids.get(token);
  }

  isSpecial(id: number): boolean {
    return this.#specialIds.has(id);
  }

  /** Whether a token was added to the vocabulary and is matched as a whole, special or not. */
  isAdded(id: number): boolean {
    return this.#addedIds.has(id);
  }
}
