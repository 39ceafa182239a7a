/** Targets and ends with templates as published models have them, over conversations of any content. */
import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import { compileTemplate, templateFor, type ChatMessage } from './chat-template.ts';
import {
  encodeConversation,
  encodePrompt,
  type EncodedConversation,
  type EncodeOptions,
} from '../labels/labels.ts';
import { NO_TARGET } from '../labels/no-target.ts';
import { PUBLISHED, tokenizerOf, type PublishedTemplate } from '../testing/published-templates.ts';
import { loadTestTokenizer, readFixture } from '../testing/load.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import { stopIds, turnEnd } from './turn-end.ts';

const FIELD = 'test/fixtures/field';

function runsOf(tokenizer: TextTokenizer, { labels }: EncodedConversation): string[] {
  const runs: number[][] = [];
  labels.forEach((label, t) => {
    if (label === NO_TARGET) return;
    if (t === 0 || labels[t - 1] === NO_TARGET) runs.push([]);
    runs.at(-1)?.push(label);
  });
  return runs.map((ids) => tokenizer.decode(ids));
}

function targetsWith(
  tokenizer: TextTokenizer,
  messages: readonly ChatMessage[],
  options: Partial<EncodeOptions> = {},
): { readonly runs: string[]; readonly encoded: EncodedConversation } {
  const template = templateFor(tokenizer, 'model');
  const encoded = encodeConversation(
    tokenizer,
    template,
    { messages },
    { labels: 'assistant', maxLength: 100_000, ...options },
  );
  return { runs: runsOf(tokenizer, encoded), encoded };
}

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });

/** Texts without words that templates search for. */
const word = fc.constantFrom(
  'Yes',
  '患者无过敏史。',
  ' ',
  '\n',
  '\n\n- one',
  '###',
  '0',
  'A',
  '1.',
  '<b>',
  '🩺',
  'assistant',
  'e\u0301',
  '|>',
);
const anyText = fc
  .array(fc.oneof(word, fc.string({ unit: 'grapheme', maxLength: 8 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text.trim() !== '' && !/<\/?think>|<\||\[\/?INST/.test(text));

describe.each(PUBLISHED)('$name', (published: PublishedTemplate) => {
  const tokenizer = tokenizerOf(published);
  const { end, system, lead = '', earlierLead = '' } = published;
  const asIs = (text: string): string => text;
  const { shown = asIs, earlierShown = asIs } = published;

  test('the targets are exactly the answers and what ends them', () => {
    const turns = fc.array(fc.tuple(anyText, anyText), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(turns, fc.option(anyText, { nil: undefined }), (pairs, instruction) => {
        const messages: ChatMessage[] = [];
        if (system && instruction !== undefined) {
          messages.push({ role: 'system', content: instruction });
        }
        for (const [question, answer] of pairs) messages.push(user(question), assistant(answer));
        const { runs, encoded } = targetsWith(tokenizer, messages);
        expect(encoded.turnsWithoutEnd).toBe(0);
        expect(runs).toEqual(
          pairs.map(([, answer], i) => {
            const last = i + 1 === pairs.length;
            return (last ? lead + shown(answer) : earlierLead + earlierShown(answer)) + end;
          }),
        );
      }),
      { numRuns: 25, examples: [[[['Why?', '|>']], undefined]] },
    );
  });

  test('a long conversation has the same targets, and they cost few renderings', () => {
    const messages = Array.from({ length: 600 }, (_, turn) => {
      const blank = turn % 7 === 0 ? ' ' : '';
      return turn % 2 === 0
        ? user(`Why ${turn}?`)
        : assistant(`${blank}Because of ${turn}.${blank}`);
    });
    const written = templateFor(tokenizer, 'model');
    let rendered = 0;
    const template = {
      ...written,
      render: (...given: Parameters<typeof written.render>) => {
        rendered += given[0].length;
        return written.render(...given);
      },
    };
    const options = { labels: 'assistant', maxLength: 100_000 } as const;
    const encoded = encodeConversation(tokenizer, template, { messages }, options);
    expect(rendered).toBeLessThan(40 * messages.length);
    expect(encoded.turnsWithoutEnd).toBe(0);
    const answers = messages.flatMap(({ role, content }) =>
      role === 'assistant' ? [content] : [],
    );
    expect(runsOf(tokenizer, encoded)).toEqual(
      answers.map((answer, i) => {
        const last = i + 1 === answers.length;
        return (last ? lead + shown(answer) : earlierLead + earlierShown(answer)) + end;
      }),
    );
  });

  test('generation stops at what was trained', () => {
    const template = templateFor(tokenizer, 'model');
    const found = turnEnd(tokenizer, template);
    const id = tokenizer.idOf(end);
    if (id === undefined) expect(found).toMatchObject({ id: null, stopText: end });
    else {
      expect(found).toMatchObject({ id, stopText: null });
      expect(stopIds(tokenizer, template)[0]).toBe(id);
    }
  });

  test('a prompt can be made, and the answers of a model that ends in special tokens are as before', () => {
    const template = templateFor(tokenizer, 'model');
    const messages = [user('Why?'), assistant('Because.'), user('And?'), assistant('So.')];
    expect(encodePrompt(tokenizer, template, messages.slice(0, 3)).length).toBeGreaterThan(8);
    const known = published.special !== false && tokenizer.idOf(end) !== undefined;
    if (!known || published.onlyByExchange) return;
    const { encoded } = targetsWith(tokenizer, messages);
    const earlier = targetsWith(tokenizer, messages, { earlier: true }).encoded;
    expect(encoded.ids).toEqual(earlier.ids);
    expect(encoded.labels).toEqual(earlier.labels);
  });
});

function recordsOf(path: string): { readonly messages: ChatMessage[] }[] {
  const lines = readFixture(`${FIELD}/${path}`).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as { messages: ChatMessage[] });
}

test('answers that are written otherwise in the middle of a long conversation are refused in words', () => {
  const tokenizer = loadTestTokenizer(`${FIELD}/17-prompt-opens-thinking/model`);
  const odd = compileTemplate(
    `{% for m in messages %}{{ '<' + m.role + '>' + (m.content | upper if loop.index % 10 == 0 else m.content) + '\\n\\n' }}{% endfor %}`,
  );
  const messages = Array.from({ length: 400 }, (_, turn) =>
    turn % 2 === 0 ? user(`Why ${turn}?`) : assistant(`Because of ${turn}.`),
  );
  const options = { labels: 'assistant', maxLength: 100_000 } as const;
  expect(() => encodeConversation(tokenizer, odd, { messages }, options)).toThrow(
    expect.objectContaining({ code: 'answer-turns', data: { turns: 400 } }),
  );
});

describe('field', () => {
  test('17: answers are found behind the assistant token; reasoning that is dropped is counted and can be kept', () => {
    const tokenizer = loadTestTokenizer(`${FIELD}/17-prompt-opens-thinking/model`);
    recordsOf('17-prompt-opens-thinking/plain-answers.jsonl').forEach(({ messages }, i) => {
      const { runs, encoded } = targetsWith(tokenizer, messages);
      expect(runs).toEqual([`Yes (${i}).<|end|>`]);
      expect(encoded).toMatchObject({ turnsWithoutEnd: 0, reasoningDropped: 0, otherPrompts: 1 });
    });
    recordsOf('17-prompt-opens-thinking/with-reasoning.jsonl').forEach(({ messages }, i) => {
      const cut = targetsWith(tokenizer, messages);
      expect(cut.runs).toEqual([`\n\nYes (${i}).<|end|>`]);
      expect(cut.encoded).toMatchObject({ reasoningDropped: 1, otherPrompts: 1 });
      const kept = targetsWith(tokenizer, messages, { reasoning: 'keep' });
      expect(kept.runs).toEqual([`It clings to things (${i}).\n</think>\n\nYes (${i}).<|end|>`]);
      expect(kept.encoded).toMatchObject({ reasoningDropped: 0, otherPrompts: 0 });
      // The prompt in chat equals the text before the answer in training.
      const prompt = encodePrompt(tokenizer, templateFor(tokenizer, 'model'), messages.slice(0, 1));
      const first = kept.encoded.labels.findIndex((label) => label !== NO_TARGET);
      expect(kept.encoded.ids.slice(0, first)).toEqual(prompt);
    });
  });

  test('20: four records train, six are refused in the template’s own words', () => {
    const tokenizer = loadTestTokenizer(`${FIELD}/20-template-that-refuses/model`);
    const outcomes = recordsOf('20-template-that-refuses/half-refused.jsonl').map(
      ({ messages }) => {
        try {
          return targetsWith(tokenizer, messages).runs.join('|');
        } catch (error) {
          return (error as { data: { reason: string } }).data.reason;
        }
      },
    );
    expect(outcomes).toEqual([
      ...[0, 1, 2, 3].map((i) => ` Yes (${i}).</s>`),
      ...[0, 1, 2].map(() => 'System role not supported here'),
      ...[0, 1, 2].map(() => 'Roles must take turns: user, assistant, user, …'),
    ]);
  });

  test.each([
    ['31-base-model-end-token', 'base'],
    ['33-end-token-not-special', 'model'],
  ])('%s: <|im_end|> is a target and the first stop', (folder, model) => {
    const tokenizer = loadTestTokenizer(`${FIELD}/${folder}/${model}`);
    recordsOf(`${folder}/chat.jsonl`).forEach(({ messages }, i) => {
      const { runs, encoded } = targetsWith(tokenizer, messages);
      expect(runs).toEqual([`Yes (${i}).<|im_end|>`]);
      expect(encoded.turnsWithoutEnd).toBe(0);
    });
    expect(stopIds(tokenizer, templateFor(tokenizer, 'model'))).toEqual([258, 256]);
  });
});

describe('reasoning', () => {
  const qwen3 = PUBLISHED.find(({ name }) => name.startsWith('qwen3'));
  const tokenizer = tokenizerOf(qwen3 ?? (PUBLISHED[0] as PublishedTemplate));
  const thought = (n: number): string => `<think>\nThought ${n}\n</think>\n\nAnswer ${n}`;
  const messages = [user('1?'), assistant(thought(1)), user('2?'), assistant(thought(2))];

  test('of earlier turns is trained as the template renders it, and what is lost is counted', () => {
    const { runs, encoded } = targetsWith(tokenizer, messages);
    expect(runs).toEqual(['Answer 1<|im_end|>', `${thought(2)}<|im_end|>`]);
    expect(encoded.reasoningDropped).toBe(1);
  });

  test('is put back where it is to be kept, and nothing else changes', () => {
    const { runs, encoded } = targetsWith(tokenizer, messages, { reasoning: 'keep' });
    expect(runs).toEqual([`${thought(1)}<|im_end|>`, `${thought(2)}<|im_end|>`]);
    expect(encoded.reasoningDropped).toBe(0);
    const plain = [user('1?'), assistant('One'), user('2?'), assistant('Two')];
    expect(targetsWith(tokenizer, plain, { reasoning: 'keep' }).encoded.ids).toEqual(
      targetsWith(tokenizer, plain).encoded.ids,
    );
  });

  test('an answer of which the template leaves nothing is refused', () => {
    const opened = PUBLISHED.find(({ name }) => name.includes('opens a thinking block'));
    const other = tokenizerOf(opened ?? (PUBLISHED[0] as PublishedTemplate));
    expect(() => targetsWith(other, [user('1?'), assistant('<think>\nHm\n</think>')])).toThrow(
      expect.objectContaining({ code: 'answer-empty' }),
    );
  });
});

test('generation blocks: what they mark is trained, white space round them as without', () => {
  const source = `{%- for m in messages %}
{{ '<|im_start|>' + m.role + '\\n' }}
  {%- if m.role == 'assistant' %}
    {%- generation %}
    {{- m.content + '<|im_end|>' }}
    {%- endgeneration %}
  {%- else %}{{ m.content }}<|im_end|>{% endif %}
{% endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;
  const [chatml] = PUBLISHED;
  const tokenizer = tokenizerOf({ ...(chatml as PublishedTemplate), source });
  const template = compileTemplate(source);
  const options = { addGenerationPrompt: false, bosToken: '', eosToken: '<|im_end|>' };
  const messages = [user('1?'), assistant('One'), user('2?'), assistant('Two')];
  const text = template.render(messages, options);
  const marked = template.generated(messages, options, text);
  expect(marked.map(({ begin, end }) => text.slice(begin, end))).toEqual([
    'One<|im_end|>',
    'Two<|im_end|>',
  ]);
  expect(targetsWith(tokenizer, messages).runs).toEqual(['One<|im_end|>', 'Two<|im_end|>']);
});
