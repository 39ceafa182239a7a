/** Chat templates: the model's own or a built-in one. */
import type { RecordMessage } from '../../formats/records/record-types.ts';
import { fault } from '../../faults/fault.ts';
import {
  GENERATED,
  markGenerated,
  MAX_TEXT,
  parseTemplate,
  renderGuarded,
} from './template-guard.ts';
import type { Vocabulary } from '../tokenizer/vocabulary.ts';

/** A message as a template gets it. */
export type ChatMessage = RecordMessage;

export interface RenderOptions {
  /** Whether the text ends where the assistant's answer begins. */
  readonly addGenerationPrompt: boolean;
  readonly bosToken: string;
  readonly eosToken: string;
  /** Tool descriptions, for templates that know them. */
  readonly tools?: readonly unknown[];
}

/** A template as it was written, with the date that it is given. */
export interface DatedTemplate {
  readonly source: string;
  readonly now: Date;
}

export interface ChatTemplate extends DatedTemplate {
  /**
   * The conversation as the one text that the model reads.
   * @throws StudioError `template-limit`, `template-raised`, `template-failed`, `template-input-too-long`.
   */
  render(messages: readonly ChatMessage[], options: RenderOptions): string;
  /**
   * The parts of `text`, a rendering of the same conversation, that the template's `{% generation %}` blocks
   * wrote, in order. Empty where the template has no such block.
   */
  generated(
    messages: readonly ChatMessage[],
    options: RenderOptions,
    text: string,
  ): readonly Stretch[];
}

/** A part of a text, in UTF-16 offsets. */
export interface Stretch {
  readonly begin: number;
  readonly end: number;
}

export type TemplateChoice = 'model' | 'chatml' | 'plain';

const CHATML = `{%- for message in messages -%}
{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}`;

/**
 * For models that were never taught a template. The prompt ends in "Assistant:" without the space after
 * it: that space belongs to the first word of the answer, in training and in generation alike.
 */
const PLAIN = `{{- bos_token -}}
{%- for message in messages -%}
{%- if message['role'] == 'user' -%}{{- 'User: ' + message['content'] + '\\n' -}}
{%- elif message['role'] == 'assistant' -%}{{- 'Assistant: ' + message['content'] + eos_token + '\\n' -}}
{%- else -%}{{- message['content'] + '\\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- 'Assistant:' -}}{%- endif -%}`;

/** Templates that come with the studio, as Jinja source. */
export const BUILT_IN_TEMPLATES = { chatml: CHATML, plain: PLAIN } as const;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** strftime for the fields that published templates use, in English whatever the machine's language. */
function formatDate(date: Date, format: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const month = MONTHS[date.getMonth()] ?? '';
  const fields: Readonly<Record<string, string>> = {
    Y: String(date.getFullYear()),
    y: two(date.getFullYear() % 100),
    m: two(date.getMonth() + 1),
    d: two(date.getDate()),
    b: month.slice(0, 3),
    B: month,
    H: two(date.getHours()),
    M: two(date.getMinutes()),
    S: two(date.getSeconds()),
    '%': '%',
  };
  return format.replace(/%([YymdbBHMS%])/g, (whole, field: string) => fields[field] ?? whole);
}

/**
 * Compiles a Jinja chat template; rendering ends whoever wrote the template (see template-guard.ts).
 * @param now the date given to templates that ask for one. It is fixed for the life of the template, so that
 *   records rendered twice give the same tokens; a run that resumes on another day passes its own date.
 * @throws StudioError `template-too-long`, `template-syntax`.
 */
export function compileTemplate(source: string, now: Date = new Date()): ChatTemplate {
  const program = parseTemplate(source);
  const renderProgram = (
    parsed: typeof program,
    messages: readonly ChatMessage[],
    options: RenderOptions,
  ): string => {
    const variables = {
      messages: messages.map(({ role, content }) => ({ role, content })),
      add_generation_prompt: options.addGenerationPrompt,
      bos_token: options.bosToken,
      eos_token: options.eosToken,
      tools: options.tools ?? null,
      documents: null,
    };
    return renderGuarded(parsed, variables, (format) => formatDate(now, format));
  };
  const marked = markGenerated(source);
  let markedProgram: typeof program | null = null;
  return {
    source,
    now,
    render: (messages, options) => {
      const length = messages.reduce((sum, { content }) => sum + content.length, 0);
      if (length > MAX_TEXT / 2) {
        throw fault('template-input-too-long', { length, most: MAX_TEXT / 2 });
      }
      return renderProgram(program, messages, options);
    },
    generated: (messages, options, text) => {
      if (marked === null) return [];
      markedProgram ??= parseTemplate(marked);
      return stretchesIn(renderProgram(markedProgram, messages, options), text);
    },
  };
}

/** Places of the marks of a rendering in the text without marks; none where the two texts differ otherwise. */
function stretchesIn(marked: string, text: string): Stretch[] {
  const stretches: Stretch[] = [];
  const parts = marked.split(GENERATED.begin);
  let at = parts[0]?.length ?? 0;
  for (const part of parts.slice(1)) {
    const [inside = '', ...rest] = part.split(GENERATED.end);
    if (rest.length !== 1) return [];
    stretches.push({ begin: at, end: at + inside.length });
    at += part.length - GENERATED.end.length;
  }
  const plain = marked.replaceAll(GENERATED.begin, '').replaceAll(GENERATED.end, '');
  return plain === text ? stretches : [];
}

/**
 * The template to use with a tokenizer: the model's own or a built-in one.
 * @throws StudioError as templateSourceFor and compileTemplate
 */
export function templateFor(
  tokenizer: Vocabulary,
  choice: TemplateChoice,
  now?: Date,
): ChatTemplate {
  return compileTemplate(templateSourceFor(tokenizer, choice), now);
}

/**
 * The source of the template to use with a tokenizer.
 * @throws StudioError `template-missing` where the model has none, `template-tokens-missing` where the
 *   tokenizer lacks the tokens that a built-in template ends its turns with.
 */
export function templateSourceFor(tokenizer: Vocabulary, choice: TemplateChoice): string {
  if (choice === 'model') {
    if (tokenizer.chatTemplate !== null) return tokenizer.chatTemplate;
    throw fault('template-missing');
  }
  const needed = choice === 'chatml' ? ['<|im_start|>', '<|im_end|>'] : [tokenizer.eosToken];
  const missing = needed.filter((token) => tokenizer.idOf(token) === undefined);
  if (missing.length > 0) {
    const other = choice === 'chatml' ? 'plain' : 'chatml';
    throw fault('template-tokens-missing', { missing, choice, other });
  }
  return BUILT_IN_TEMPLATES[choice];
}
