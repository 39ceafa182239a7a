import { expect, test } from 'vitest';
import { codeOf, openStudio, textFile } from '../testing/studio.ts';

const row = (prompt: string, response: string): string => JSON.stringify({ prompt, response });

test('identifiers of a data set are counted by kind, in prompts and answers', async () => {
  const { client } = await openStudio();
  const files = [
    textFile('notes.jsonl', [
      row('Patient: Adaeze Nwosu, MRN 12345678.', 'Nwosu was seen on 3 May 2021.'),
      row('患者张丽华，电话13812345678。', '建议复查。'),
      row('What is Wilson disease?', 'A disorder of copper.'),
    ]),
  ];
  const [set] = await client.call('data.import', { files, task: 'import' });
  const found = await client.call('identifiers.count', { id: set?.id ?? '', task: 'count' });
  expect(found).toEqual({
    records: 3,
    withAny: 2,
    kinds: {
      NAME: { found: 3, unsure: 0 },
      RECORD: { found: 1, unsure: 0 },
      DATE: { found: 1, unsure: 0 },
      PHONE: { found: 1, unsure: 0 },
    },
  });
  const missing = client.call('identifiers.count', { id: 'none', task: 'count' });
  expect(await codeOf(missing)).toBe('data-set-missing');
});
