import { describe, expect, test } from 'vitest';
import { StudioError } from '../../faults/fault.ts';
import { BUILT_IN_TEMPLATES, compileTemplate, templateFor } from './chat-template.ts';
import type { ChatMessage } from './chat-template.ts';
import { loadTestTokenizer, readFixture } from '../testing/load.ts';

interface Chat {
  readonly messages: ChatMessage[];
  readonly addGenerationPrompt: boolean;
  readonly text: string;
}

const qwen = loadTestTokenizer('test/fixtures/tokenizers/qwen2.5');
const nano = loadTestTokenizer('public/models/medcare-nano');
const stories = loadTestTokenizer('public/models/stories260k');
const { chats } = JSON.parse(readFixture('test/fixtures/tokenizers/qwen2.5.cases.json')) as {
  chats: readonly Chat[];
};

const HELLO: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello!' },
  { role: 'user', content: 'Bye' },
];
const OPTIONS = { addGenerationPrompt: true, bosToken: '<s>', eosToken: '</s>' };

function renderError(source: string, messages: readonly ChatMessage[] = HELLO): StudioError {
  try {
    compileTemplate(source).render(messages, OPTIONS);
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
  throw new Error('the template was accepted');
}

describe('chat templates', () => {
  test('Qwen2.5 renders every chat as the reference does', () => {
    expect(chats.length).toBeGreaterThan(4);
    const template = templateFor(qwen, 'model');
    for (const { messages, addGenerationPrompt, text } of chats) {
      const { bosToken, eosToken } = qwen;
      expect(template.render(messages, { addGenerationPrompt, bosToken, eosToken })).toBe(text);
    }
  });

  test('the built-in templates', () => {
    expect(compileTemplate(BUILT_IN_TEMPLATES.chatml).render(HELLO, OPTIONS)).toBe(
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n' +
        '<|im_start|>assistant\nHello!<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n' +
        '<|im_start|>assistant\n',
    );
    expect(compileTemplate(BUILT_IN_TEMPLATES.plain).render(HELLO, OPTIONS)).toBe(
      '<s>Be brief.\nUser: Hi\nAssistant: Hello!</s>\nUser: Bye\nAssistant:',
    );
    const closed = { ...OPTIONS, addGenerationPrompt: false };
    expect(compileTemplate(BUILT_IN_TEMPLATES.plain).render(HELLO.slice(1, 3), closed)).toBe(
      '<s>User: Hi\nAssistant: Hello!</s>\n',
    );
  });

  test('a model without a template names the built-in ones', () => {
    expect.assertions(4);
    try {
      templateFor(stories, 'model');
    } catch (error) {
      expect(error).toMatchObject({ code: 'template-missing' });
      expect((error as StudioError).remedy).toMatch(/chatml.*plain/);
    }
    expect(templateFor(stories, 'plain').source).toBe(BUILT_IN_TEMPLATES.plain);
    try {
      templateFor(stories, 'chatml');
    } catch (error) {
      expect(error).toMatchObject({ code: 'template-tokens-missing' });
    }
  });

  test('what templates of the wild use: namespaces, loops with conditions, macros, dates, filters', () => {
    const source = `{%- macro turn(role, text) -%}[{{ role|upper }}] {{ text|trim }};{%- endmacro -%}
{%- set ns = namespace(count=0) -%}
{%- for m in messages if m.role != 'system' -%}
{%- set ns.count = ns.count + 1 -%}{{ turn(m['role'], m.content) }}
{%- endfor -%}
{{- ns.count }} {{ strftime_now('%d %b %Y') }} {{ tools is none }} {{ messages|length }}
{%- for i in range(1, 6, 2) %} {{ i }}{% endfor -%}
{{- ' ' + 'a\\nb'.replace('\\n', '|') + (['x', 'y'] | join('+')) + ({'k': [1]} | tojson(indent=2)) -}}`;
    const template = compileTemplate(source, new Date(2024, 6, 26));
    expect(template.render(HELLO, OPTIONS)).toBe(
      '[USER] Hi;[ASSISTANT] Hello!;[USER] Bye;3 26 Jul 2024 true 4 1 3 5 a|bx+y{\n  "k": [\n    1\n  ]\n}',
    );
  });

  test('what the template raises is passed on', () => {
    const error = renderError("{{ raise_exception('Roles must alternate') }}");
    expect(error.code).toBe('template-raised');
    expect(error.message).toContain('Roles must alternate');
  });

  const deep = '{% set a = [1] %}' + '{% set a = [a, a] %}'.repeat(60);
  test.each<[string, string, string]>([
    ['a huge range', 'template-limit', '{% for i in range(1000000000) %}x{% endfor %}'],
    ['a range by steps of nothing', 'template-limit', '{{ range(0, 5, 0) }}'],
    ['a backwards range', 'template-limit', '{{ range(0, -1000000000, -1) }}'],
    [
      'loops in loops',
      'template-limit',
      '{% for i in range(9999) %}{% for j in range(9999) %}{% for k in range(9999) %}{% endfor %}{% endfor %}{% endfor %}',
    ],
    [
      'a text that doubles',
      'template-limit',
      `{% set ns = namespace(x='xxxxxxxxxx') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}`,
    ],
    [
      'a list that doubles',
      'template-limit',
      '{% set ns = namespace(x=[1, 2]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}',
    ],
    ['a list that shares its parts', 'template-limit', `${deep}{{ a }}`],
    ['a list that shares its parts, as JSON', 'template-limit', `${deep}{{ a | tojson }}`],
    ['a list that shares its parts, compared', 'template-limit', `${deep}{{ a == 'x' }}`],
    [
      'a namespace inside itself',
      'template-limit',
      '{% set ns = namespace(x=1) %}{% set ns.x = [ns, ns] %}{{ ns.x }}',
    ],
    [
      'replace that multiplies',
      'template-limit',
      `{% set s = 'x' * 1 if false else 'xxxxxxxxxx' %}{% set ns = namespace(s=s) %}{% for i in range(15) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s.replace('x', ns.s) }}`,
    ],
    [
      'replace as a filter',
      'template-limit',
      `{% set ns = namespace(s='xxxxxxxxxx') %}{% for i in range(15) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s | replace('', ns.s) }}`,
    ],
    [
      'join that multiplies',
      'template-limit',
      `{% set ns = namespace(s='xxxxxxxxxx') %}{% for i in range(15) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s | join(ns.s) }}`,
    ],
    ['indent by a billion', 'template-limit', `{{ 'a\\nb' | indent(1000000000) }}`],
    ['indent as a block', 'template-limit', '{% filter indent(1000000000) %}a\nb{% endfilter %}'],
    ['JSON with wide separators', 'template-limit', `{{ [1,2] | tojson(indent=1000000) }}`],
    ['a method kept for later', 'template-failed', `{% set f = 'a'.replace %}{{ f('a', 'b') }}`],
    ['a method by a computed name', 'template-failed', `{{ 'a'['re' + 'place']('a', 'b') }}`],
    [
      'a macro that calls itself',
      'template-failed',
      '{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}',
    ],
    ['an unknown filter', 'template-failed', '{{ messages | explode }}'],
    ['an unclosed block', 'template-syntax', '{% if true %}'],
    ['parentheses without end', 'template-syntax', `{{ ${'('.repeat(100_000)}`],
    ['blanks without end', 'template-too-long', `{{ 1 }}${' '.repeat(100_000)}`],
    ['a source without end', 'template-too-long', 'x'.repeat(200_000)],
  ])('%s → %s', (...[, code, source]) => {
    expect(renderError(source).code).toBe(code);
  });

  test('a conversation longer than what is rendered is refused', () => {
    const long: ChatMessage[] = [{ role: 'user', content: 'x'.repeat(3_000_000) }];
    expect(renderError(BUILT_IN_TEMPLATES.chatml, long).code).toBe('template-input-too-long');
  });

  test('a template cannot reach the host', () => {
    const probe = `{{ messages.constructor is defined }} {{ ''.constructor is defined }} {{ messages.__proto__ is defined }} {{ globalThis is defined }}`;
    expect(compileTemplate(probe).render(HELLO, OPTIONS)).toBe('false false false false');
  });

  test('a thousand turns stay far below the limits', () => {
    const long = Array.from({ length: 1000 }, (_, i): ChatMessage => {
      return { role: i % 2 === 0 ? 'user' : 'assistant', content: `turn ${i}` };
    });
    const template = templateFor(nano, 'model');
    const text = template.render(long, { addGenerationPrompt: false, bosToken: '', eosToken: '' });
    expect(text.split('<|im_end|>').length).toBe(1002);
  });
});
