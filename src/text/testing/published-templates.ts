/**
 * Chat templates with the habits of published models, in our own words, and a byte-level tokenizer that has
 * their tokens.
 */
import { loadTokenizer } from '../tokenizer/tokenizer.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import { readFixture } from './load.ts';

export interface PublishedTemplate {
  readonly name: string;
  readonly source: string;
  /** Tokens that the template adds, special unless said otherwise. */
  readonly tokens: readonly string[];
  readonly special?: boolean;
  readonly bos?: string;
  readonly eos?: string;
  /** Text after the last answer; it is trained on. */
  readonly end: string;
  /** Whether it accepts a system turn. */
  readonly system: boolean;
  /** Text before the last answer's own; it is trained on. */
  readonly lead?: string;
  /** The same for earlier answers. */
  readonly earlierLead?: string;
  /** How it writes the last answer and the earlier ones. */
  readonly shown?: (answer: string) => string;
  readonly earlierShown?: (answer: string) => string;
  /** Whether its answers were refused before answers were located by replacing them. */
  readonly onlyByExchange?: true;
}

const trimmed = (answer: string): string => answer.trim();
const chatmlTurns = `{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;

/** Turns alternate from the user on, without a system turn, as templates of Mistral and Gemma demand. */
const strict = `{%- if messages[0]['role'] == 'system' -%}{{- raise_exception('No system turn here') -}}{%- endif -%}
{%- for m in messages -%}{%- if (m['role'] == 'user') != (loop.index0 % 2 == 0) -%}{{- raise_exception('Roles must take turns') -}}{%- endif -%}{%- endfor -%}`;

export const PUBLISHED: readonly PublishedTemplate[] = [
  {
    name: 'chatml',
    source: chatmlTurns,
    tokens: ['<|im_start|>', '<|im_end|>'],
    eos: '<|im_end|>',
    end: '<|im_end|>',
    system: true,
  },
  {
    name: 'chatml of a base model',
    source: chatmlTurns,
    tokens: ['<|im_start|>', '<|im_end|>', '<|endoftext|>'],
    eos: '<|endoftext|>',
    end: '<|im_end|>',
    system: true,
  },
  {
    name: 'chatml with added tokens that are not special',
    source: chatmlTurns,
    tokens: ['<|im_start|>', '<|im_end|>'],
    special: false,
    end: '<|im_end|>',
    system: true,
  },
  {
    name: 'llama3',
    source: `{% for m in messages %}{% set text = '<|start_header_id|>' + m['role'] + '<|end_header_id|>\\n\\n' + m['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set text = bos_token + text %}{% endif %}{{ text }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}`,
    tokens: ['<|begin_of_text|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>'],
    bos: '<|begin_of_text|>',
    eos: '<|eot_id|>',
    end: '<|eot_id|>',
    system: true,
    shown: trimmed,
    earlierShown: trimmed,
  },
  {
    name: 'mistral',
    source: `${strict}{{- bos_token -}}{%- for m in messages -%}{%- if m['role'] == 'user' -%}{{- '[INST] ' + m['content'] + ' [/INST]' -}}{%- else -%}{{- ' ' + m['content'] | trim + eos_token -}}{%- endif -%}{%- endfor -%}`,
    tokens: ['<s>', '</s>'],
    bos: '<s>',
    eos: '</s>',
    end: '</s>',
    system: false,
    lead: ' ',
    earlierLead: ' ',
    shown: trimmed,
    earlierShown: trimmed,
  },
  {
    name: 'gemma',
    source: `{{- bos_token -}}${strict}{%- for m in messages -%}{%- set role = 'model' if m['role'] == 'assistant' else m['role'] -%}{{- '<start_of_turn>' + role + '\\n' + m['content'] | trim + '<end_of_turn>\\n' -}}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<start_of_turn>model\\n' -}}{%- endif -%}`,
    tokens: ['<bos>', '<eos>', '<start_of_turn>', '<end_of_turn>'],
    bos: '<bos>',
    eos: '<eos>',
    end: '<end_of_turn>',
    system: false,
    shown: trimmed,
    earlierShown: trimmed,
  },
  {
    name: 'a prompt that opens a thinking block',
    source: `{{- bos_token -}}{%- for m in messages -%}{%- if m['role'] == 'system' -%}{{- m['content'] -}}{%- endif -%}{%- endfor -%}{%- for m in messages -%}{%- if m['role'] == 'user' -%}{{- '<|User|>' + m['content'] -}}{%- elif m['role'] == 'assistant' -%}{%- set c = m['content'] -%}{%- if '</think>' in c -%}{%- set c = c.split('</think>')[-1] -%}{%- endif -%}{{- '<|Assistant|>' + c + '<|end|>' -}}{%- endif -%}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|Assistant|><think>\\n' -}}{%- endif -%}`,
    tokens: ['<|begin|>', '<|end|>', '<|User|>', '<|Assistant|>'],
    bos: '<|begin|>',
    eos: '<|end|>',
    end: '<|end|>',
    system: true,
    onlyByExchange: true,
  },
  {
    name: 'qwen3: reasoning of earlier turns is cut off, the last has an empty block',
    source: `{%- set ns = namespace(last=0) -%}{%- for m in messages -%}{%- if m.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}{%- endfor -%}{%- for m in messages -%}{%- if m.role == 'assistant' -%}{%- set content = m.content -%}{%- set reasoning = '' -%}{%- if '</think>' in content -%}{%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') -%}{%- set content = content.split('</think>')[-1].lstrip('\\n') -%}{%- endif -%}{%- if loop.index0 > ns.last and (loop.last or reasoning) -%}{{- '<|im_start|>assistant\\n<think>\\n' + reasoning.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') -}}{%- else -%}{{- '<|im_start|>assistant\\n' + content -}}{%- endif -%}{{- '<|im_end|>\\n' -}}{%- else -%}{{- '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' -}}{%- endif -%}{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}`,
    tokens: ['<|im_start|>', '<|im_end|>'],
    eos: '<|im_end|>',
    end: '<|im_end|>',
    system: true,
    lead: '<think>\n\n</think>\n\n',
    // The interpreter's lstrip removes all white space, whichever characters it is given.
    shown: (answer) => answer.trimStart(),
  },
  {
    name: 'phi3',
    source: `{% for m in messages %}{{ '<|' + m['role'] + '|>\\n' + m['content'] + '<|end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}`,
    tokens: ['<|system|>', '<|user|>', '<|assistant|>', '<|end|>', '<|endoftext|>'],
    eos: '<|endoftext|>',
    end: '<|end|>',
    system: true,
    onlyByExchange: true,
  },
  {
    name: 'zephyr',
    source: `{% for m in messages %}{{ '<|' + m['role'] + '|>\\n' + m['content'] + eos_token + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}`,
    tokens: ['<s>', '</s>'],
    eos: '</s>',
    end: '</s>',
    system: true,
  },
  {
    name: 'headings, with an end of several ordinary tokens',
    source: `### {% for m in messages %}{{ m['role'] + ':\\n' + m['content'] + '\\n### ' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:\\n' }}{% endif %}`,
    tokens: [],
    end: '\n### ',
    system: true,
  },
  {
    name: 'an end token spelled out that the vocabulary lacks',
    source: `{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '</s>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}`,
    tokens: [],
    end: '</s>\n',
    system: true,
  },
  {
    name: 'generation blocks',
    source: `{% for m in messages %}{% if m['role'] == 'assistant' %}{{ '<|im_start|>assistant\\n' }}{% generation %}{{ m['content'] + '<|im_end|>' }}{% endgeneration %}{{ '\\n' }}{% else %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`,
    tokens: ['<|im_start|>', '<|im_end|>'],
    eos: '<|im_end|>',
    end: '<|im_end|>',
    system: true,
  },
];

/** A tokenizer of 256 bytes and the tokens of a template. */
export function tokenizerOf({
  tokens,
  special = true,
  bos,
  eos,
  source,
}: PublishedTemplate): TextTokenizer {
  const folder = 'test/fixtures/field/33-end-token-not-special/model';
  const json = JSON.parse(readFixture(`${folder}/tokenizer.json`)) as Record<string, unknown>;
  const added = tokens.map((content, i) => ({
    id: 256 + i,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special,
  }));
  return loadTokenizer({
    tokenizerJson: JSON.stringify({ ...json, added_tokens: added }),
    tokenizerConfigJson: JSON.stringify({
      bos_token: bos ?? null,
      eos_token: eos ?? null,
      chat_template: source,
    }),
  });
}
