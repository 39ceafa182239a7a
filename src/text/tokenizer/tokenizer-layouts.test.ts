/** Tokenizers and templates in the layouts of Gemma 3 and Phi-3: what Hugging Face's own libraries give. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadTestTokenizer, readFixture } from '../testing/load.ts';
import { templateFor } from '../template/chat-template.ts';

const ids = z.array(z.int());
const fixture = z.object({
  cases: z.array(z.object({ text: z.string(), ids, decoded: z.string() })).min(20),
  chats: z
    .array(
      z.object({
        messages: z.array(
          z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() }),
        ),
        addGenerationPrompt: z.boolean(),
        text: z.string(),
        ids,
      }),
    )
    .min(6),
  begun: ids,
});

describe.each(['gemma3-layout', 'phi3-layout'])('%s', (name) => {
  const tokenizer = loadTestTokenizer(`test/fixtures/tokenizers/${name}`);
  const due = fixture.parse(JSON.parse(readFixture(`test/fixtures/tokenizers/${name}.cases.json`)));

  test.each(due.cases)(
    'ids of $text, and the text of those ids',
    ({ text, ids: expected, decoded }) => {
      expect([...tokenizer.encode(text)]).toEqual(expected);
      expect(tokenizer.decode(expected)).toBe(decoded);
    },
  );

  test('a text with its begin token, where the model has one', () => {
    expect([...tokenizer.encodeWithBos('Fever')]).toEqual(due.begun);
  });

  test.each(due.chats)('its template over $messages', (chat) => {
    const template = templateFor(tokenizer, 'model');
    const text = template.render(chat.messages, {
      addGenerationPrompt: chat.addGenerationPrompt,
      bosToken: tokenizer.bosToken,
      eosToken: tokenizer.eosToken,
    });
    expect(text).toBe(chat.text);
    expect([...tokenizer.encode(text)]).toEqual(chat.ids);
  });
});
