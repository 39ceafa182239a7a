/**
 * Turns text into tokens, in a worker of the pool or, without one, in the caller's thread. Messages in, one
 * answer for each job out; nothing is kept between jobs but the encoders.
 */
import type { FaultDescription } from '../../faults/catalogue.ts';
import { asStudioError, detailOf, fault, StudioError } from '../../faults/fault.ts';
import type { PromptText } from '../../engine/evaluation/answering.ts';
import {
  NO_TARGETS,
  RECORD_MARKS,
  REFUSAL_SHIFT,
  TARGET_BIT,
  type Refusal,
} from '../../storage/token-cache.ts';
import {
  compileTemplate,
  type ChatMessage,
  type ChatTemplate,
} from '../../text/template/chat-template.ts';
import { NO_TARGET } from '../../text/labels/no-target.ts';
import {
  encodeConversation,
  encodePrompt,
  type Conversation,
  type EncodedConversation,
  type EncodeOptions,
  type TargetRules,
} from '../../text/labels/labels.ts';
import {
  loadTokenizer,
  type TextTokenizer,
  type TokenizerFiles,
} from '../../text/tokenizer/tokenizer.ts';
import { turnEnd, type TurnEnd } from '../../text/template/turn-end.ts';
import { promptText } from '../../engine/evaluation/prompt-text.ts';
import type { FilePlace } from '../../formats/records/record-types.ts';
import { RefusalList } from '../data/refusal-list.ts';

/** Longest record in tokens; the context of every model is shorter. */
const MAX_TOKENS = 2 ** 20;

/** Everything that decides how a text becomes tokens. `key` identifies all of it. */
export interface EncoderFiles {
  readonly key: string;
  readonly tokenizer: TokenizerFiles;
  readonly template: string;
  /** The date given to the template, in milliseconds. */
  readonly now: number;
}

export type TokenJob =
  /** Records as JSON lines, each ended by a line break. */
  | { readonly what: 'records'; readonly rules: TargetRules; readonly lines: Uint8Array }
  /** Texts of any kind, handled independently: a refused text does not affect the others. */
  | { readonly what: 'asks'; readonly asks: readonly Ask[] };

/** One thing to do with a text. */
export type Ask =
  /** A conversation up to where its next answer begins, as ids. */
  | { readonly ask: 'prompt'; readonly messages: readonly ChatMessage[] }
  /** An answer as it would follow a prompt, without the end token, as ids. */
  | { readonly ask: 'answer'; readonly text: string }
  /** A plain text, as ids; `bos`: after the begin token where the model was trained with one. */
  | { readonly ask: 'text'; readonly text: string; readonly bos: boolean }
  /** A conversation with its labels. */
  | { readonly ask: 'conversation'; readonly record: Conversation; readonly options: EncodeOptions }
  /** How an answer ends with the template. */
  | { readonly ask: 'end' }
  /** Ids after which an answer ends. */
  | { readonly ask: 'stops' }
  /** Text of ids, special tokens left out unless they are asked for. */
  | { readonly ask: 'decode'; readonly ids: Uint32Array; readonly special: boolean };

/** The result of each kind of ask. */
export interface AskResults {
  prompt: Uint32Array<ArrayBuffer>;
  answer: Uint32Array<ArrayBuffer>;
  text: Uint32Array<ArrayBuffer>;
  conversation: EncodedConversation;
  end: TurnEnd;
  stops: readonly number[];
  decode: string;
}

export type AskResult =
  | { readonly value: AskResults[keyof AskResults] }
  | { readonly error: FaultDescription };

export type ToEncoder =
  | { readonly type: 'encoder'; readonly files: EncoderFiles }
  | { readonly type: 'forget'; readonly key: string }
  | { readonly type: 'job'; readonly id: number; readonly key: string; readonly job: TokenJob };

/** Records in the order of the job; lengths, targets, marks and words as in a TokenSegment. */
export interface TokenisedRecords {
  readonly lengths: Uint32Array<ArrayBuffer>;
  readonly firstTargets: Uint32Array<ArrayBuffer>;
  readonly targets: Uint32Array<ArrayBuffer>;
  readonly marks: Uint32Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly refusals: readonly Refusal[];
}

export type TokenOutput =
  | ({ readonly what: 'records' } & TokenisedRecords)
  | { readonly what: 'asks'; readonly results: readonly AskResult[] };

export type FromEncoder =
  | { readonly id: number; readonly output: TokenOutput }
  | { readonly id: number; readonly error: FaultDescription }
  /** One of the texts of a job is done: a sign of life for the pool. */
  | { readonly id: number; readonly alive: true };

/** Milliseconds between two signs of life. */
const ALIVE_MS = 250;

interface Encoder {
  readonly tokenizer: TextTokenizer;
  readonly template: ChatTemplate;
  /** The text functions for evaluation, made at the first request. */
  readonly questions: () => PromptText;
}

function makeEncoder(tokenizer: TextTokenizer, template: ChatTemplate): Encoder {
  let made: PromptText | null = null;
  return { tokenizer, template, questions: () => (made ??= promptText(tokenizer, template)) };
}

/** @param post sends an answer; the arrays in `transfer` may be moved instead of copied */
export function createTokenEncoder(
  post: (message: FromEncoder, transfer: Transferable[]) => void,
): (message: ToEncoder) => void {
  /** Encoders, made at their first job; if the files make none, every job gets the error. */
  const encoders = new Map<string, () => Encoder>();
  let told = 0;
  const alive = (id: number): void => {
    if (performance.now() - told < ALIVE_MS) return;
    told = performance.now();
    post({ id, alive: true }, []);
  };

  return (message) => {
    if (message.type === 'encoder') {
      const { key, tokenizer: texts, template, now } = message.files;
      let made: Encoder | null = null;
      encoders.set(key, () => {
        made ??= makeEncoder(loadTokenizer(texts), compileTemplate(template, new Date(now)));
        return made;
      });
      return;
    }
    if (message.type === 'forget') {
      encoders.delete(message.key);
      return;
    }
    const { id, key, job } = message;
    try {
      const encoder = encoders.get(key)?.();
      if (!encoder) throw new Error('The tokenizer of this job was never sent');
      told = Number.NEGATIVE_INFINITY;
      alive(id);
      const { output, transfer } =
        job.what === 'records'
          ? encodeRecords(encoder, job.lines, job.rules, () => alive(id))
          : answerAsks(encoder, job.asks, () => alive(id));
      post({ id, output }, transfer);
    } catch (thrown) {
      post({ id, error: asStudioError(thrown).describe() }, []);
    }
  };
}

interface Encoded {
  readonly output: TokenOutput;
  readonly transfer: Transferable[];
}

function encodeRecords(
  { tokenizer, template }: Encoder,
  bytes: Uint8Array,
  rules: TargetRules,
  alive: () => void,
): Encoded {
  // Every line ends in a break, so the text behind the last break is empty.
  const lines = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
  const lengths = new Uint32Array(lines.length);
  const firstTargets = new Uint32Array(lines.length).fill(NO_TARGETS);
  const targets = new Uint32Array(lines.length);
  const parts: Uint32Array[] = [];
  let total = 0;
  const marks = new Uint32Array(lines.length);
  const refusals = new RefusalList();
  lines.forEach((text, index) => {
    // The store wrote the line itself, under a hash: its shape is known.
    const record = JSON.parse(text) as Conversation & FilePlace;
    alive();
    try {
      const encoded = encodeConversation(tokenizer, template, record, {
        ...rules,
        maxLength: MAX_TOKENS,
      });
      marks[index] = marksOf(encoded);
      const words = encoded.ids;
      words.forEach((id, t) => {
        if (encoded.labels[t] === NO_TARGET) return;
        words[t] = (id | TARGET_BIT) >>> 0;
        targets[index] = (targets[index] ?? 0) + 1;
        if (t > 0 && firstTargets[index] === NO_TARGETS) firstTargets[index] = t;
      });
      parts.push(words);
      lengths[index] = words.length;
      total += words.length;
    } catch (error) {
      const { line, row } = record;
      const refused = error instanceof StudioError ? error : brokenBy(error, line);
      const described = refused.describe();
      const place = row === undefined ? { line } : { line, row };
      const reason = { ...described, data: { ...described.data, ...place } };
      marks[index] = refusals.place(reason) << REFUSAL_SHIFT;
    }
  });
  const words = new Uint32Array(total);
  let at = 0;
  for (const part of parts) {
    words.set(part, at);
    at += part.length;
  }
  return {
    output: {
      what: 'records',
      ...{ lengths, firstTargets, targets, marks, words },
      refusals: refusals.list,
    },
    transfer: [lengths, firstTargets, targets, marks, words].map(({ buffer }) => buffer),
  };
}

function marksOf(encoded: EncodedConversation): number {
  const { noEnd, reasoningDropped, otherPrompt } = RECORD_MARKS;
  return (
    (encoded.turnsWithoutEnd > 0 ? noEnd : 0) |
    (encoded.reasoningDropped > 0 ? reasoningDropped : 0) |
    (encoded.otherPrompts > 0 ? otherPrompt : 0)
  );
}

/** Tokenizer or template crashed on a record: they did not refuse it, but the record cannot be read. */
function brokenBy(cause: unknown, line: number): StudioError {
  return fault(
    'record-not-tokenised',
    { line, detail: detailOf(cause) },
    { kept: 'data-model-recipe', cause },
  );
}

function answerAsks(encoder: Encoder, asks: readonly Ask[], alive: () => void): Encoded {
  const results = asks.map((ask): AskResult => {
    alive();
    try {
      return { value: answerOf(encoder, ask) };
    } catch (thrown) {
      return { error: asStudioError(thrown).describe() };
    }
  });
  return { output: { what: 'asks', results }, transfer: [] };
}

function answerOf(encoder: Encoder, ask: Ask): AskResults[keyof AskResults] {
  const { tokenizer, template, questions } = encoder;
  switch (ask.ask) {
    case 'prompt':
      return encodePrompt(tokenizer, template, ask.messages);
    case 'answer':
      return new Uint32Array(questions().answer(ask.text));
    case 'text':
      return ask.bos ? tokenizer.encodeWithBos(ask.text) : tokenizer.encode(ask.text);
    case 'conversation':
      return encodeConversation(tokenizer, template, ask.record, ask.options);
    case 'end':
      return turnEnd(tokenizer, template);
    case 'stops':
      return questions().eosIds;
    case 'decode':
      return tokenizer.decode(ask.ids, { skipSpecial: !ask.special });
  }
}
