import { expect, test } from 'vitest';
import { z } from 'zod';
import { architectures } from '../../engine/model/architectures/index.ts';
import { parseModelConfig } from '../../engine/model/config.ts';
import { withParts } from '../../engine/model/fused-weights.ts';
import { checkpointShapes, describeWeights } from '../../engine/model/weights.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import { readGgufHeader } from '../../formats/gguf/gguf.ts';
import { findArchitecture, modelConfig, placeTensors } from '../../formats/gguf/gguf-config.ts';
import { GgufFacts } from '../../formats/gguf/gguf-metadata.ts';
import { ggufWeights } from '../../formats/gguf/gguf-weights.ts';
import { openModelFolder } from '../../engine/model/model-folder.ts';
import { loadTestTokenizer, readFixture } from '../../text/testing/load.ts';
import { loadTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { exportBroughtGguf, openBrought } from '../testing/dialects.ts';

const listed = z.array(z.object({ text: z.string(), ids: z.array(z.int()) })).min(6);
const cased = z.object({ cases: listed, chats: listed });

test.each(['gemma3_text', 'phi3'])('a %s comes back from its GGUF file', async (name) => {
  const model = await openBrought(name);
  const file = await exportBroughtGguf(model);
  // Its toy tokenizer has no merges, so only the parts that do not concern text are opened.
  const source = memorySource('m.gguf', file);
  const known = architectures.map((architecture) => architecture.name);
  const facts = new GgufFacts(source.name, await readGgufHeader(source), known);
  const architecture = findArchitecture(facts, architectures);
  const tensors = placeTensors(facts, architecture);
  const config = parseModelConfig(modelConfig(facts, architecture, tensors, null));
  // The file has these numbers as float32.
  const near = (value: number): unknown => expect.closeTo(value, 6);
  expect(config).toEqual({ ...model.config, rmsEpsilon: near(model.config.rmsEpsilon) });
  const weights = withParts(ggufWeights(source, tensors), config);
  for (const { name: tensor, shape } of checkpointShapes(describeWeights(config, 1))) {
    const [own, due] = [await weights.readFloat32(tensor), await model.weights.readFloat32(tensor)];
    // Matrices are in float16; norms are float32, with 1 added and subtracted again.
    const bound = shape.length === 1 ? 2 ** -22 : 2 ** -10;
    const worst = due.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (own[i] ?? Number.NaN))),
      0,
    );
    expect([tensor, worst]).toEqual([tensor, expect.toSatisfy((error: number) => error < bound)]);
  }
});

test.each([
  ['gemma3_text', 'gemma3-layout', 960],
  ['phi3', 'phi3-layout', 928],
])('the tokenizer of a %s comes back from its GGUF file', async (name, layout, size) => {
  const tokenizer = `test/fixtures/tokenizers/${layout}`;
  const change = { vocab_size: size, bos_token_id: undefined, eos_token_id: undefined };
  const model = await openBrought(name, { change, tokenizer });
  const file = await exportBroughtGguf(model);
  const { texts } = await openModelFolder(new Map([['m.gguf', memorySource('m.gguf', file)]]));
  const [own, due] = [loadTokenizer(texts), loadTestTokenizer(tokenizer)];
  const { cases, chats } = cased.parse(JSON.parse(readFixture(`${tokenizer}.cases.json`)));
  for (const { text, ids } of [...cases, ...chats]) {
    expect([text, ...own.encode(text)]).toEqual([text, ...ids]);
    expect(own.decode(ids)).toBe(due.decode(ids));
  }
  expect(own.encodeWithBos('Fever')).toEqual(due.encodeWithBos('Fever'));
});
