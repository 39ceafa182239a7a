import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { architectures } from '../../engine/model/architectures/index.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import { openGguf } from '../../formats/gguf/gguf-model.ts';
import { compileTemplate } from '../../text/template/chat-template.ts';
import { loadTokenizer } from '../../text/tokenizer/tokenizer.ts';
import type { TextTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { checkedFiles, openCheckedRun } from '../testing/checked-run.ts';
import type { CheckedRun } from '../testing/checked-run.ts';

/** The exporter still writes the files that transformers, PEFT and llama.cpp loaded (docs/exports.md). */

const checked = z
  .object({
    prompts: z.array(
      z.object({ kind: z.enum(['plain', 'chat']), question: z.string(), ids: z.array(z.int()) }),
    ),
    sha256: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(await readFile('test/fixtures/exports/checked.json', 'utf8')));
let run: CheckedRun;
const files = new Map<string, Uint8Array>();

beforeAll(async () => {
  run = await openCheckedRun();
  for await (const { path, bytes } of checkedFiles(run)) files.set(path, bytes);
});

test('every file has the bytes that were loaded elsewhere', () => {
  const sums = [...files].map(([path, bytes]) => {
    return [path, createHash('sha256').update(bytes).digest('hex')];
  });
  expect(Object.fromEntries(sums)).toEqual(checked.sha256);
});

function idsOf(tokenizer: TextTokenizer, kind: 'plain' | 'chat', question: string): number[] {
  if (kind === 'plain') return [...tokenizer.encodeWithBos(question)];
  const { bosToken, eosToken } = run.model.vocabulary;
  const { source, now } = run.model.template();
  const text = compileTemplate(source, now).render([{ role: 'user', content: question }], {
    addGenerationPrompt: true,
    bosToken,
    eosToken,
  });
  return [...tokenizer.encode(text)];
}

test('prompts become the ids that the loaders’ tokenizers and templates gave', async () => {
  const bytes = files.get('model.Q4_0.gguf') ?? new Uint8Array();
  const { tokenizerJson, tokenizerConfigJson } = await openGguf(
    memorySource('m.gguf', bytes),
    architectures,
  );
  const fromGguf = loadTokenizer({ tokenizerJson, tokenizerConfigJson });
  const own = loadTokenizer(await run.model.tokenizerFiles());
  expect(checked.prompts).toHaveLength(6);
  for (const { kind, question, ids } of checked.prompts) {
    expect(idsOf(own, kind, question)).toEqual(ids);
    expect(idsOf(fromGguf, kind, question)).toEqual(ids);
  }
});
