import { asStudioError, StudioError } from '../errors.ts';
import type { ErrorDescription } from '../errors.ts';
import { NO_TARGETS, RECORD_MARKS, REFUSAL_SHIFT, TARGET_BIT } from '../storage/token-cache.ts';
import type { Refusal } from '../storage/token-cache.ts';
import { compileTemplate } from '../text/chat-template.ts';
import type { ChatTemplate } from '../text/chat-template.ts';
import { encodeConversation, NO_TARGET } from '../text/labels.ts';
import type { Conversation, EncodedConversation, TargetRules } from '../text/labels.ts';
import { loadTokenizer } from '../text/tokenizer.ts';
import type { TextTokenizer, TokenizerFiles } from '../text/tokenizer.ts';
import { promptText } from './prompt-text.ts';
import { RefusalList } from './refusal-list.ts';

/**
 * Text to tokens, as it runs in a worker of the pool and, where there is none, beside its caller. Messages
 * in, one answer for each job out; nothing is kept between jobs but the encoders.
 */

/** Longest record in tokens; the context of every model is shorter. */
const MAX_TOKENS = 2 ** 20;

/** What decides how a text becomes tokens. `key` stands for all of it. */
export interface EncoderFiles {
  readonly key: string;
  readonly tokenizer: TokenizerFiles;
  readonly template: string;
  /** Milliseconds: the date that the template is told. */
  readonly now: number;
}

export type TokenJob =
  /** Records as JSON lines, each ended by a line break. */
  | { readonly what: 'records'; readonly rules: TargetRules; readonly lines: Uint8Array }
  /** Questions as user turns, and answers as they would follow. */
  | {
      readonly what: 'questions';
      readonly prompts: readonly string[];
      readonly answers: readonly string[];
    };

export type ToEncoder =
  | { readonly type: 'encoder'; readonly files: EncoderFiles }
  | { readonly type: 'forget'; readonly key: string }
  | { readonly type: 'job'; readonly id: number; readonly key: string; readonly job: TokenJob };

/** Records in the order of the job; lengths, targets, marks and words as in a TokenSegment. */
export interface TokenisedRecords {
  readonly lengths: Uint32Array<ArrayBuffer>;
  readonly firstTargets: Uint32Array<ArrayBuffer>;
  readonly marks: Uint32Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly refusals: readonly Refusal[];
}

export interface TokenisedQuestions {
  readonly prompts: readonly Uint32Array<ArrayBuffer>[];
  readonly answers: readonly Uint32Array<ArrayBuffer>[];
}

export type TokenOutput =
  | ({ readonly what: 'records' } & TokenisedRecords)
  | ({ readonly what: 'questions' } & TokenisedQuestions);

export type FromEncoder =
  | { readonly id: number; readonly output: TokenOutput }
  | { readonly id: number; readonly error: Required<ErrorDescription> };

interface Encoder {
  readonly tokenizer: TextTokenizer;
  readonly template: ChatTemplate;
}

/** @param post sends an answer; the arrays in `transfer` may be moved instead of copied */
export function createTokenEncoder(
  post: (message: FromEncoder, transfer: Transferable[]) => void,
): (message: ToEncoder) => void {
  /** Made at the first job; the error of files that make none is the answer to each job. */
  const encoders = new Map<string, () => Encoder>();

  return (message) => {
    if (message.type === 'encoder') {
      const { key, tokenizer: texts, template, now } = message.files;
      let made: Encoder | null = null;
      encoders.set(key, () => {
        made ??= {
          tokenizer: loadTokenizer(texts),
          template: compileTemplate(template, new Date(now)),
        };
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
      const { output, transfer } =
        job.what === 'records'
          ? encodeRecords(encoder, job.lines, job.rules)
          : encodeQuestions(encoder, job.prompts, job.answers);
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
): Encoded {
  // Every line ends in a break, so what is behind the last one is empty.
  const lines = new TextDecoder().decode(bytes).split('\n').slice(0, -1);
  const lengths = new Uint32Array(lines.length);
  const firstTargets = new Uint32Array(lines.length).fill(NO_TARGETS);
  const parts: Uint32Array[] = [];
  let total = 0;
  const marks = new Uint32Array(lines.length);
  const refusals = new RefusalList();
  lines.forEach((text, index) => {
    // What the store wrote itself, under a hash: the shape is known.
    const record = JSON.parse(text) as Conversation & { readonly line: number };
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
        if (t > 0 && firstTargets[index] === NO_TARGETS) firstTargets[index] = t;
      });
      parts.push(words);
      lengths[index] = words.length;
      total += words.length;
    } catch (error) {
      const { line } = record;
      const refused = error instanceof StudioError ? error : brokenBy(error, line);
      const described = refused.describe();
      const reason = { ...described, data: { ...described.data, line } };
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
    output: { what: 'records', lengths, firstTargets, marks, words, refusals: refusals.list },
    transfer: [lengths.buffer, firstTargets.buffer, marks.buffer, words.buffer],
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

/** Tokenizer or template fell over a record: no refusal of theirs, but this record cannot be read. */
function brokenBy(cause: unknown, line: number): StudioError {
  return new StudioError(
    {
      code: 'record-not-tokenised',
      message: `The tokenizer fails at the record: ${cause instanceof Error ? cause.message : String(cause)}`,
      kept: 'Data sets, model and recipe.',
      remedy: 'Take that record out of the file and import it again.',
      data: { line },
    },
    { cause },
  );
}

function encodeQuestions(
  { tokenizer, template }: Encoder,
  prompts: readonly string[],
  answers: readonly string[],
): Encoded {
  const text = promptText(tokenizer, template);
  const output = {
    what: 'questions' as const,
    prompts: prompts.map((prompt) => new Uint32Array(text.prompt(prompt))),
    answers: answers.map((answer) => new Uint32Array(text.answer(answer))),
  };
  const arrays = [...output.prompts, ...output.answers];
  return { output, transfer: arrays.map(({ buffer }) => buffer) };
}
