import fc from '../../../test/properties.ts';
import { describe, expect, test } from 'vitest';
import {
  BUILT_IN_TEMPLATES,
  compileTemplate,
  templateFor,
  type ChatMessage,
  type ChatTemplate,
} from '../template/chat-template.ts';
import {
  encodeConversation,
  encodePrompt,
  type EncodedConversation,
  type EncodeOptions,
} from './labels.ts';
import { NO_TARGET } from './no-target.ts';
import { loadTestTokenizer, readFixture } from '../testing/load.ts';
import { loadTokenizer, type TextTokenizer } from '../tokenizer/tokenizer.ts';
import { stopIds } from '../template/turn-end.ts';

const nano = loadTestTokenizer('public/models/medcare-nano');
const stories = loadTestTokenizer('public/models/stories260k');
const qwen = loadTestTokenizer('test/fixtures/tokenizers/qwen2.5');
const chatml = templateFor(nano, 'model');

const TWO_TURNS: readonly ChatMessage[] = [
  { role: 'system', content: 'You are a nurse.' },
  { role: 'user', content: 'What causes asthma?' },
  { role: 'assistant', content: 'Swelling of the airways.' },
  { role: 'user', content: 'And diabetes?' },
  { role: 'assistant', content: '  Too little insulin. ' },
];

function encode(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  options: Partial<EncodeOptions> = {},
): EncodedConversation {
  const defaults = { labels: 'assistant', maxLength: 4096 } as const;
  return encodeConversation(tokenizer, template, { messages }, { ...defaults, ...options });
}

/** Texts of the runs of neighbouring targets. */
function targetRuns(tokenizer: TextTokenizer, { labels }: EncodedConversation): string[] {
  const runs: number[][] = [];
  labels.forEach((label, t) => {
    if (label === NO_TARGET) return;
    if (t === 0 || labels[t - 1] === NO_TARGET) runs.push([]);
    runs.at(-1)?.push(label);
  });
  return runs.map((ids) => {
    const bytes = ids.flatMap((id) => [...(tokenizer.tokenBytes(id) ?? [])]);
    return new TextDecoder().decode(Uint8Array.from(bytes));
  });
}

describe('label masks', () => {
  test('ChatML: the targets are exactly every answer and its <|im_end|>', () => {
    const encoded = encode(nano, chatml, TWO_TURNS);
    expect(targetRuns(nano, encoded)).toEqual([
      'Swelling of the airways.<|im_end|>',
      '  Too little insulin. <|im_end|>',
    ]);
    expect(encoded).toMatchObject({ cuts: [], turnsWithoutEnd: 0 });
    expect(encoded.targets).toBe(encoded.labels.filter((label) => label !== NO_TARGET).length);
    encoded.labels.forEach((label, t) => {
      if (label !== NO_TARGET) expect(label).toBe(encoded.ids[t]);
    });
  });

  test('an answer that is not to be trained on is read, and is no target', () => {
    const marked = TWO_TURNS.map((turn, i): ChatMessage =>
      i === 2 ? { ...turn, train: false } : turn,
    );
    const encoded = encode(nano, chatml, marked);
    expect(targetRuns(nano, encoded)).toEqual(['  Too little insulin. <|im_end|>']);
    expect([...encoded.ids]).toEqual([...encode(nano, chatml, TWO_TURNS).ids]);
  });

  test('the beginning of an answer that is not to be trained on is read, and is no target', () => {
    const thought = '<think>\nHigh sugar.\n</think>\n\n';
    const answer: ChatMessage = {
      role: 'assistant',
      content: `${thought}Too little insulin.`,
      untrained: thought.length,
    };
    const encoded = encode(nano, chatml, [...TWO_TURNS.slice(0, -1), answer]);
    expect(targetRuns(nano, encoded)).toEqual([
      'Swelling of the airways.<|im_end|>',
      'Too little insulin.<|im_end|>',
    ]);
  });

  test('ids and targets equal the reference on records of four data sets', () => {
    interface Reference {
      readonly messages: ChatMessage[];
      readonly ids: number[];
      readonly firstTarget: number;
      readonly lastTarget: number;
    }
    const path = 'test/fixtures/tokenizers/medcare-nano.labels.json';
    const references = JSON.parse(readFixture(path)) as readonly Reference[];
    expect(references.length).toBe(12);
    for (const { messages, ids, firstTarget, lastTarget } of references) {
      const encoded = encode(nano, chatml, messages, { maxLength: 192 });
      expect([...encoded.ids]).toEqual(ids);
      encoded.labels.forEach((label, t) => {
        const due = t >= firstTarget && t <= lastTarget ? ids[t] : NO_TARGET;
        expect(label).toBe(due);
      });
    }
  });

  test('ChatML, as released: the frame of every turn trains too', () => {
    expect(
      targetRuns(nano, encode(nano, chatml, TWO_TURNS.slice(0, 3), { labels: 'released' })),
    ).toEqual([
      '<|im_start|>',
      '<|im_end|>\n<|im_start|>',
      '<|im_end|>\n<|im_start|>',
      'Swelling of the airways.<|im_end|>\n',
    ]);
  });

  test('the ids are those of the whole text, tokenized at once', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    const words = fc.constantFrom(
      '\n',
      '\n\nYes',
      ' ',
      'the end',
      '<|im_end|>',
      '🩺',
      'im_end',
      '|>',
    );
    const content = fc.array(fc.oneof(text, words), { minLength: 1, maxLength: 5 });
    const joined = content.map((parts) => parts.join('')).filter((value) => value.trim() !== '');
    const turns = fc.array(fc.tuple(joined, joined), { minLength: 1, maxLength: 3 });
    const cases: readonly (readonly [TextTokenizer, ChatTemplate])[] = [
      [nano, chatml],
      [qwen, templateFor(qwen, 'model')],
      [stories, templateFor(stories, 'plain')],
    ];
    fc.assert(
      fc.property(turns, fc.constantFrom(...cases), (pairs, [tokenizer, template]) => {
        const messages = pairs.flatMap(([user, assistant]): ChatMessage[] => [
          { role: 'user', content: user },
          { role: 'assistant', content: assistant },
        ]);
        const encoded = encode(tokenizer, template, messages);
        const { bosToken, eosToken } = tokenizer;
        const text = template.render(messages, { addGenerationPrompt: false, bosToken, eosToken });
        expect([...encoded.ids]).toEqual([...tokenizer.encode(text)]);
        expect(encoded.turnsWithoutEnd).toBe(0);
        // An answer that begins with white space may share its first token with the prompt; else exact.
        const runs = targetRuns(tokenizer, encoded);
        expect(runs.length).toBe(pairs.length);
        const end = tokenizer === stories ? '</s>' : '<|im_end|>';
        pairs.forEach(([, assistant], i) => {
          const lead = tokenizer === stories ? ' ' : '';
          const spelled = lead + assistant + end;
          const due = tokenizer === stories ? spelled : spelled.normalize('NFC');
          const run = runs[i] ?? '';
          if (/^[\s\p{M}]/u.test(assistant)) expect(due.endsWith(run)).toBe(true);
          else if (tokenizer !== stories || !/<\|im_end|▁/.test(assistant)) expect(run).toBe(due);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('a prompt continues into the answer that was trained', () => {
    for (const [tokenizer, template] of [
      [nano, chatml],
      [stories, templateFor(stories, 'plain')],
    ] as const) {
      const messages = TWO_TURNS.slice(1, 3);
      const { ids, labels } = encode(tokenizer, template, messages);
      const prompt = encodePrompt(tokenizer, template, messages.slice(0, 1));
      expect([...ids.subarray(0, prompt.length)]).toEqual([...prompt]);
      expect(labels.findIndex((label) => label !== NO_TARGET)).toBe(prompt.length);
    }
  });

  test('plain template on stories260k: begin token, answer, end token', () => {
    const plain = templateFor(stories, 'plain');
    const encoded = encode(stories, plain, TWO_TURNS);
    expect(encoded.ids[0]).toBe(stories.bosId);
    expect(targetRuns(stories, encoded)).toEqual([
      ' Swelling of the airways.</s>',
      '   Too little insulin. </s>',
    ]);
    expect(stopIds(stories, plain)).toEqual([2]);
  });

  test('truncation keeps the start and says so; nothing left to learn is reported', () => {
    const whole = encode(nano, chatml, TWO_TURNS);
    const cut = encode(nano, chatml, TWO_TURNS, { maxLength: 30 });
    expect(cut.cuts).toEqual([{ from: 30, to: whole.ids.length }]);
    expect([...cut.ids]).toEqual([...whole.ids.subarray(0, 30)]);
    expect([...cut.labels]).toEqual([...whole.labels.subarray(0, 30)]);
    expect(encode(nano, chatml, TWO_TURNS, { maxLength: 5 })).toMatchObject({
      targets: 0,
      cuts: [{ from: 5, to: whole.ids.length }],
    });
    expect(encode(nano, chatml, TWO_TURNS.slice(0, 2)).targets).toBe(0);
    expect(encode(nano, chatml, TWO_TURNS, { maxLength: whole.ids.length }).cuts).toEqual([]);
  });

  test('the prompt is cut instead of the answer where the rule says so', () => {
    const messages: ChatMessage[] = [
      { role: 'user', content: 'word '.repeat(60) },
      { role: 'assistant', content: 'Yes.' },
    ];
    const whole = encode(nano, chatml, messages);
    const cut = encode(nano, chatml, messages, { maxLength: 60, truncation: 'prompt-middle' });
    expect(cut.ids).toHaveLength(60);
    expect(targetRuns(nano, cut)).toEqual(targetRuns(nano, whole));
    expect(cut.targets).toBe(whole.targets);
    expect(cut.cuts).toHaveLength(1);
    // The frame of the turns stays on both sides of the gap.
    expect(nano.decode(cut.ids, { skipSpecial: false })).toMatch(
      /^<\|im_start\|>.*user\n.*<\|im_start\|>assistant\nYes\./su,
    );
  });

  test('an answer equal to words of the frame is still found', () => {
    for (const content of ['end', 'assistant', 'im_end', '|>', '0', '<|im_end|>x', 'a0', '1']) {
      const messages: ChatMessage[] = [
        { role: 'user', content },
        { role: 'assistant', content },
      ];
      expect(targetRuns(nano, encode(nano, chatml, messages))).toEqual([`${content}<|im_end|>`]);
    }
  });

  test('templates that drop thinking from earlier turns keep exact targets', () => {
    const thinking = compileTemplate(`{%- for m in messages -%}
{%- if m.role == 'assistant' and loop.last -%}{{- '<|im_start|>assistant\\n<think>\\n\\n</think>\\n\\n' + m.content + '<|im_end|>\\n' -}}
{%- else -%}{{- '<|im_start|>' + m.role + '\\n' + m.content|trim + '<|im_end|>\\n' -}}{%- endif -%}
{%- endfor -%}{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}`);
    expect(targetRuns(nano, encode(nano, thinking, TWO_TURNS.slice(1)))).toEqual([
      'Swelling of the airways.<|im_end|>',
      '<think>\n\n</think>\n\n  Too little insulin. <|im_end|>',
    ]);
  });

  test('a template that rewrites the prompt when the answer comes: the answers are found all the same', () => {
    const rewriting = compileTemplate(
      `{{ messages|length }}{% for m in messages %}{{ '[' + m.content + ']' }}{% endfor %}`,
    );
    expect(targetRuns(nano, encode(nano, rewriting, TWO_TURNS))).toEqual([
      'Swelling of the airways.]',
      '  Too little insulin. ]',
    ]);
    expect(() => encode(nano, rewriting, TWO_TURNS, { earlier: true })).toThrow(
      expect.objectContaining({ code: 'answer-not-located' }),
    );
  });

  test('an answer that is written twice, or not at all, is refused', () => {
    for (const source of [
      `{% for m in messages %}{{ m.content + m.content }}{% endfor %}#{{ messages|length }}`,
      `{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}#{{ messages|length }}`,
    ]) {
      expect(() => encode(nano, compileTemplate(source), TWO_TURNS)).toThrow(
        expect.objectContaining({ code: 'answer-not-located' }),
      );
    }
  });

  test('a template that never ends a turn is reported', () => {
    const endless = compileTemplate(`{% for m in messages %}{{ m.content + '\\n' }}{% endfor %}`);
    expect(encode(nano, endless, TWO_TURNS)).toMatchObject({ turnsWithoutEnd: 2 });
  });

  test('the stop tokens are those of the template, also where the model ends otherwise', () => {
    expect(stopIds(nano, chatml)).toEqual([2]);
    const base = loadTokenizer({
      tokenizerJson: readFixture('public/models/medcare-nano/tokenizer.json'),
      tokenizerConfigJson: JSON.stringify({ eos_token: '<|endoftext|>' }),
    });
    expect(base.eosIds).toEqual([0]);
    expect(stopIds(base, compileTemplate(BUILT_IN_TEMPLATES.chatml))).toEqual([2, 0]);
  });
});
