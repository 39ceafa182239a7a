import { expect, test } from 'vitest';
import { architectures } from '../../engine/model/architectures/index.ts';
import { parseModelConfig } from '../../engine/model/config.ts';
import { withParts } from '../../engine/model/fused-weights.ts';
import { checkpointShapes, describeWeights } from '../../engine/model/weights.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import { readGgufHeader } from '../../formats/gguf/gguf.ts';
import { findArchitecture, modelConfig, placeTensors } from '../../formats/gguf/gguf-config.ts';
import { GgufFacts } from '../../formats/gguf/gguf-metadata.ts';
import { ggufWeights } from '../../formats/gguf/gguf-weights.ts';
import { exportBrought, openBrought } from '../testing/dialects.ts';

test.each(['gemma3_text', 'phi3'])('a %s comes back from its GGUF file', async (name) => {
  const model = await openBrought(name);
  const file = (await exportBrought(model)).get('model.gguf');
  if (!file) throw new Error('no GGUF file');
  // Its toy tokenizer has no merges, so the parts are opened that have nothing to do with text.
  const source = memorySource('m.gguf', file);
  const known = architectures.map((architecture) => architecture.name);
  const facts = new GgufFacts(source.name, await readGgufHeader(source), known);
  const architecture = findArchitecture(facts, architectures);
  const tensors = placeTensors(facts, architecture);
  const config = parseModelConfig(modelConfig(facts, architecture, tensors, null));
  // Numbers that the file has as float32.
  const near = (value: number): unknown => expect.closeTo(value, 6);
  expect(config).toEqual({ ...model.config, rmsEpsilon: near(model.config.rmsEpsilon) });
  const weights = withParts(ggufWeights(source, tensors), config);
  for (const { name: tensor, shape } of checkpointShapes(describeWeights(config, 1))) {
    const [own, due] = [await weights.readFloat32(tensor), await model.weights.readFloat32(tensor)];
    // Matrices in float16; norms as float32, one added and taken away again.
    const bound = shape.length === 1 ? 2 ** -22 : 2 ** -10;
    const worst = due.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (own[i] ?? Number.NaN))),
      0,
    );
    expect([tensor, worst]).toEqual([tensor, expect.toSatisfy((error: number) => error < bound)]);
  }
});
