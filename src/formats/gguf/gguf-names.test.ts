import { describe, expect, test } from 'vitest';
import { architectures } from '../../engine/model/architectures/index.ts';
import { ggufTensorName, hasPairedRows, huggingFaceTensorName } from './gguf-names.ts';

const LAYERS = 3;

test('no two architectures have one name', () => {
  const names = architectures.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(architectures.map((value) => [value.name, value] as const))('%s', (_, value) => {
  const { tensors, gguf } = value;
  const parts = new Set<string>(tensors.fused.flatMap((module) => module.parts));
  const inFiles = [
    ...Object.entries(tensors.block).flatMap(([key, pair]) => (parts.has(key) ? [] : [pair])),
    ...tensors.fused,
  ];
  const inLayer = (module: string): string => `model.layers.${LAYERS - 1}.${module}.weight`;
  const names = [
    ...Object.values(tensors.outside).map(({ huggingFace }) => `${huggingFace}.weight`),
    ...inFiles.map(({ huggingFace }) => inLayer(huggingFace)),
  ];

  test('every tensor has a GGUF name of its own that leads back to it', () => {
    const renamed = names.map((name) => ggufTensorName(tensors, name) ?? `${name} has none`);
    expect(new Set(renamed).size).toBe(names.length);
    expect(renamed.map((name) => huggingFaceTensorName(tensors, name, LAYERS))).toEqual(names);
  });

  test('a layer beyond the last has none, nor has a part of a fused matrix', () => {
    const layered = inFiles.map((pair) => `blk.${LAYERS}.${pair.gguf}.weight`);
    expect(layered.filter((name) => huggingFaceTensorName(tensors, name, LAYERS))).toEqual([]);
    const own = Object.entries(tensors.block).filter(([key]) => parts.has(key));
    expect(own).toHaveLength(parts.size);
    expect(own.filter(([, pair]) => ggufTensorName(tensors, inLayer(pair.huggingFace)))).toEqual(
      [],
    );
  });

  test('rows lie in pairs where its GGUF form says so, and nowhere else', () => {
    const paired = Object.entries(tensors.block)
      .filter(([, pair]) => hasPairedRows(value, inLayer(pair.huggingFace)))
      .map(([key]) => key);
    expect(paired).toEqual([...gguf.pairedRows]);
  });
});
