import { expect, test } from 'vitest';
import { storageStrides } from './binding-sizes.ts';

test('an element of each storage binding, whatever its type is called', () => {
  const source = `
    alias Cell = vec4f;
    alias Block = Cell;
    // A uniform block has no stride: its words are counted.
    @group(0) @binding(3) var<uniform> shape: Shape;
    @group(0) @binding(1) var<storage, read_write> y: array<Block>;
    @group(0) @binding(0) var<storage, read> x: array<f32>;
    @group(0) @binding(2) var<storage, read_write> seen: array<atomic<u32>>;
    @group(0) @binding(4) var<storage, read> pairs: array<vec2<u32>>;
    @group(0) @binding(5) var<storage, read>
      points: array<vec3<f32>>;
    @group(0) @binding(6) var<storage, read> halves: array<vec4h>;
    @group(0) @binding(7) var<storage, read> half: array<f16>;`;
  const found = storageStrides(source);
  expect([0, 1, 2, 4, 5, 6, 7].map((binding) => found[binding])).toEqual([4, 16, 4, 8, 16, 8, 2]);
  expect(found[3]).toBeUndefined();
});

test('a type of unknown size is named', () => {
  const of = (type: string): string => `@group(0) @binding(0) var<storage> x: ${type};`;
  for (const type of ['array<Pair>', 'array<vec4<bool>>', 'f32', 'array<toString>']) {
    expect(() => storageStrides(of(type)), type).toThrow('How large is');
  }
});
