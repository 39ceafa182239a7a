import { createHash } from 'node:crypto';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import type { KernelChoices } from '../../src/engine/gpu/kernel.ts';
import { PlanRecorder } from '../../src/engine/gpu/recorder.ts';
import { classOf, kernelClass, type KernelSizes } from '../../src/engine/kernels/kernel-classes.ts';
import { openTestDevice } from '../gpu/kernel-bench.ts';
import { runGoldenCase } from '../../scripts/parity/golden-case.ts';

/**
 * A golden case with each kernel variant that the device can run forced in turn, everywhere: still within
 * every bound, and the same bits when it is run again.
 */
const gpu = await openTestDevice();
afterAll(() => gpu.close());
afterEach(() => vi.restoreAllMocks());

const folder = 'test/fixtures/golden/qwen2-mha-tied';

const slowCompiler = gpu.adapter.description.includes('SwiftShader');
/** Each forces its variants wherever they are known; elsewhere the default holds. */
const turns: readonly (readonly string[])[] = [
  ['vector-workgroup', 'groups', 'split'],
  ['tiled-32x32', 'rows'],
  ['vector-subgroup', 'split-32x32'],
  ['broadcast'],
  ['direct'],
  ['tiled'],
  ['tiled-32x128'],
  ['tiled-128x32'],
  ['tiled-64x128'],
  ['tiled-128x64'],
  ['tiled-128x128'],
  ['split-64x64'],
];
/** It compiles every pipeline for seconds: most turns are left to the other software adapter. */
const taken = slowCompiler ? turns.slice(0, 1) : turns;
const left = slowCompiler ? turns.slice(1).flat() : [];

/** What a device can run at all: asked of sizes of every kind. */
const shape = { rows: 2, columns: 256, inner: 256, aligned: true, reader: 'f32' } as const;
const heads = { rows: 64, heads: 2, groups: 2, headSize: 16 };
const examples: readonly KernelSizes[] = [
  { kind: 'forward', ...shape },
  { kind: 'input', ...shape },
  { kind: 'weight', ...shape },
  { kind: 'forward-normed', ...shape },
  { kind: 'forward-gated', ...shape, normed: true, activation: 'silu' },
  { kind: 'attention-forward', ...heads },
  { kind: 'attention-backward', ...heads },
  { kind: 'cached-attention', ...heads, capacity: 64, half: false },
  { kind: 'norm-forward', rows: 64, columns: 64 },
  { kind: 'norm-backward', rows: 64, columns: 64 },
];
/** Dispatches of their own are recorded as what they are, not under this name. */
const unnamed = 'apart';
const runnable = new Set(
  examples
    .flatMap((sizes) => classOf(sizes).variants(gpu.traits, sizes))
    .filter((variant) => variant !== unnamed),
);

test('every variant that this device can run has its turn', () => {
  const mentioned = new Set([...taken.flat(), ...left]);
  expect([...runnable].filter((variant) => !mentioned.has(variant))).toEqual([]);
});

/** The table that asks for these variants in every class there may be. */
function force(variants: readonly string[]): KernelChoices {
  const table: Record<string, string> = {};
  const put = (sizes: KernelSizes): void => {
    const possible = classOf(sizes).variants(gpu.traits, sizes);
    const variant = [...variants, unnamed].find((each) => possible.includes(each));
    if (variant !== undefined) table[kernelClass(sizes)] = variant;
  };
  const sides = [1, 8, 64, 512, 2048];
  for (const rows of sides) {
    put({ kind: 'norm-forward', rows, columns: 64 });
    put({ kind: 'norm-backward', rows, columns: 64 });
    for (const columns of sides) {
      for (const inner of sides) {
        for (const aligned of [true, false]) {
          const size = { reader: 'f32', rows, columns, inner, aligned } as const;
          for (const kind of ['forward', 'input', 'weight', 'forward-normed'] as const)
            put({ kind, ...size });
          for (const normed of [true, false])
            put({ kind: 'forward-gated', ...size, normed, activation: 'silu' });
        }
      }
    }
  }
  for (let headSize = 4; headSize <= 256; headSize += 2) {
    const sizes = { rows: 64, heads: 1, groups: 1, headSize };
    put({ kind: 'attention-forward', ...sizes });
    put({ kind: 'attention-backward', ...sizes });
    for (const half of [true, false])
      put({ kind: 'cached-attention', ...sizes, capacity: 64, half });
  }
  return table;
}

/** Runs the case; what it found, a digest of every byte it read back, and the variants it recorded. */
async function runWith(choices: KernelChoices) {
  const view: Gpu = gpu.withChoices(choices);
  const digest = createHash('sha256');
  const read = view.read.bind(view);
  vi.spyOn(view, 'read').mockImplementation(async (tensor) => {
    const bytes = await read(tensor);
    digest.update(new Uint8Array(bytes));
    return bytes;
  });
  const used = new Set<string>();
  const dispatch = vi.spyOn(PlanRecorder.prototype, 'dispatch');
  const findings = await runGoldenCase(view, folder);
  for (const [{ request }] of dispatch.mock.calls) if (request) used.add(request.variant);
  vi.restoreAllMocks();
  return { findings, bits: digest.digest('hex'), used };
}

/** Turns of which this device can run something: without subgroups some are empty. */
const possible = taken
  .map((variants) => variants.filter((variant) => runnable.has(variant)))
  .filter((variants) => variants.length > 0);

test.each(possible)('%s …', async (...variants) => {
  const choices = force(variants);
  const first = await runWith(choices);
  expect(variants.filter((variant) => !first.used.has(variant))).toEqual([]);
  expect(first.findings.length).toBeGreaterThan(12);
  for (const { quantity, error, bound, detail } of first.findings) {
    expect(error, `${quantity} ${detail}`).toBeLessThanOrEqual(bound);
  }
  const second = await runWith(choices);
  expect(second.bits).toBe(first.bits);
  expect(second.findings).toEqual(first.findings);
  expect(gpu.ledger.total).toBe(0);
});
