/** Faults of a driver, injected by rewriting shaders: the self-test finds each, and the device goes on with plainer kernels. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  callsOf,
  caseError,
  expectedOf,
  isRight,
  onDevice,
} from '../../src/engine/checks/case-check.ts';
import { kernelChecks } from '../../src/engine/checks/kernel-checks.ts';
import { onTested, SelfTest, withSelfTest } from '../../src/engine/checks/self-test.ts';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import type { DeviceTraits } from '../../src/engine/gpu/kernel.ts';
import { preparePlan, ScratchPool } from '../../src/engine/gpu/plan.ts';
import { PlanRecorder, type PlanSpec } from '../../src/engine/gpu/recorder.ts';
import { asMatrix, persistentTensor } from '../../src/engine/gpu/tensor.ts';
import { embeddingForward } from '../../src/engine/kernels/embedding/embedding.ts';
import { gateForward } from '../../src/engine/kernels/ffn/gate.ts';
import { linearForward } from '../../src/engine/kernels/linear/forward-product.ts';
import { rmsNormForward } from '../../src/engine/kernels/norm/norm.ts';
import { shaderForms } from '../../src/engine/kernels/shaders.ts';
import type { FaultyDevice } from './faulty-device.ts';
import { openFaultyDevice, openTestDevice } from './kernel-bench.ts';

let gpu: Gpu;
let faulty: FaultyDevice;
/** Traits of a GPU, so that there is something plainer to go to. */
let traits: DeviceTraits;

beforeEach(async () => {
  ({ gpu, faulty } = await openFaultyDevice('device'));
  traits = { ...gpu.traits, software: false };
});
afterEach(() => {
  expect(gpu.fault).toBeNull();
  expect(faulty.liveBuffers).toBe(0);
  gpu.close();
});

const tensor = (label: string, shape: readonly number[], type: 'f32' | 'u32' | 'i32' = 'f32') =>
  persistentTensor(label, 'activations', shape, type);

/** What plans record: one kernel each. */
const plans = {
  norm: (r: PlanRecorder) => {
    const weight = tensor('weight', [100]);
    rmsNormForward(r, {
      x: tensor('x', [37, 100]),
      y: tensor('y', [37, 100]),
      weight,
      epsilon: 1e-6,
    });
  },
  gate: (r: PlanRecorder) => {
    const [gate, up, y] = ['gate', 'up', 'y'].map((label) => tensor(label, [2, 3]));
    if (gate && up && y) gateForward(r, 'silu', { gate, up, y });
  },
  vector: (r: PlanRecorder) => {
    const [x, w, y] = [tensor('x', [1, 96]), tensor('w', [16, 96]), tensor('y', [1, 16])];
    linearForward(r, { x: asMatrix(x), w: asMatrix(w), y: asMatrix(y) });
  },
  product: (r: PlanRecorder) => {
    const [x, w, y] = [tensor('x', [200, 96]), tensor('w', [64, 96]), tensor('y', [200, 64])];
    linearForward(r, { x: asMatrix(x), w: asMatrix(w), y: asMatrix(y) });
  },
  lookup: (r: PlanRecorder) => {
    const words = tensor('table', [16], 'u32');
    const table = { format: 'f16', rows: 4, columns: 8, tensor: words } as const;
    embeddingForward(r, { ids: tensor('ids', [3], 'u32'), table, y: tensor('y', [3, 8]) });
  },
} as const;

/** Makes a plan runnable, as everything that computes does; its kernels by name. */
async function prepare(on: Gpu, record: (r: PlanRecorder) => void): Promise<string[]> {
  const recorder = new PlanRecorder('plan', on.traits);
  record(recorder);
  const spec: PlanSpec = recorder.finish();
  const buffers = new Set(
    spec.commands.flatMap((command) =>
      command.kind === 'dispatch'
        ? command.call.bindings.flatMap(({ tensor: { storage } }) =>
            'scratch' in storage ? [] : [storage],
          )
        : [],
    ),
  );
  const pool = new ScratchPool([spec]);
  await on.allocate([...buffers, ...pool.specs]);
  try {
    (await preparePlan(on, spec, pool)).release();
  } finally {
    on.release([...buffers, ...pool.specs]);
  }
  return callsOf(on.traits, record).map(({ kernel }) => kernel.name);
}

/** The self-test of a device with this fault, after a plan was made on it. */
async function tested(
  plan: keyof typeof plans,
  rewrite: FaultyDevice['rewrite'] | null = null,
  of: DeviceTraits = traits,
): Promise<{ readonly mode: string; readonly kernels: string[] | string }> {
  let rewritten = 0;
  faulty.rewrite = (name, source) => {
    const next = rewrite?.(name, source) ?? source;
    if (next !== source) rewritten += 1;
    return next;
  };
  const test = new SelfTest();
  const kernels = await onTested(gpu.withTraits(of).withVetting(test), (on) =>
    prepare(on, plans[plan]),
  ).catch((error: unknown) => String(Reflect.get(Object(error), 'code')));
  // A fault that changed nothing would prove nothing.
  if (rewrite) expect(rewritten).toBeGreaterThan(0);
  return { mode: test.state.mode, kernels };
}

/** Rewrites shaders whose name begins so. */
const only =
  (prefix: string, from: string | RegExp, to: string): FaultyDevice['rewrite'] =>
  (name, source) =>
    name.startsWith(prefix) ? source.replace(from, to) : source;

const groups = 'norm-rms-groups';
const stored = 'weight[d] * (x[base + d] * inverse)';

/** Faults of the kernel for GPUs alone, whose place the kernel without barriers takes. */
const faultsOfGroups: Readonly<Record<string, FaultyDevice['rewrite']>> = {
  zeros: only(groups, stored, '0.0'),
  'no barrier': only(groups, /workgroupBarrier\(\);/g, ''),
  'half of a workgroup missing': only(
    groups,
    'var d = lane;',
    'var d = lane + 64u * (lane / 32u);',
  ),
  'a text that the driver refuses': only(groups, 'var sum = 0.0;', 'var sum = nothing;'),
};

test.each(Object.entries(faultsOfGroups))(
  'a fault in a kernel for GPUs, %s: it is found, and a plainer kernel takes its place',
  async (_, rewrite) => {
    const kernels = ['norm-rms-rows-plain'];
    expect(await tested('norm', rewrite)).toEqual({ mode: 'plain', kernels });
  },
);

test('no fault: nothing changes', async () => {
  expect(await tested('norm')).toEqual({ mode: 'full', kernels: ['norm-rms-groups-plain'] });
  expect(await tested('gate')).toEqual({ mode: 'full', kernels: ['ffn-gate-forward-silu-scalar'] });
});

const gate = 'ffn-gate-forward';
const result = 'y[i] = gated(gate[i], bend(gate[i]), up[i]);';
const last = 'i == shape.count - 1u';
const check = 'if (i >= shape.count) {';

/** Faults of a kernel that has no plainer form. */
const faultsOfGate: Readonly<Record<string, FaultyDevice['rewrite']>> = {
  zeros: only(gate, result, 'y[i] = 0.0;'),
  'nothing is written': only(gate, result, ''),
  'a wrong value in the last row': only(
    gate,
    result,
    'y[i] = gated(gate[i], bend(gate[i]), up[i]) * select(1.0, 1.01, i > shape.count - 9u);',
  ),
  'a wrong last element': only(
    gate,
    result,
    `y[i] = gated(gate[i], bend(gate[i]), up[i]) + select(0.0, 0.01, ${last});`,
  ),
  'NaN in one element': only(
    gate,
    result,
    `${result} if (${last}) { y[i] = bitcast<f32>(0x7fc00000u | min(shape.count, 0u)); }`,
  ),
  'infinity in one element': only(
    gate,
    result,
    `${result} if (${last}) { y[i] = bitcast<f32>(0x7f800000u | min(shape.count, 0u)); }`,
  ),
  'a write past the end': only(gate, result, `${result} if (${last}) { y[i + 3u] = 0.0; }`),
  'no check of bounds': only(gate, check, 'if (i >= 2u * shape.count) {'),
  'a check of bounds that ends too early': only(gate, check, 'if (i + 1u >= shape.count) {'),
  'half of a workgroup missing': only(gate, check, 'if (i >= shape.count || local >= 32u) {'),
  'only whole workgroups run': only(gate, check, 'if (i >= shape.count / 64u * 64u) {'),
  'exp that overflows': only(gate, 'exp(-abs(bent))', 'exp(-bent)'),
  'another function': only(gate, 'gate * sigmoid * up', 'gate * sigmoid * sigmoid * up'),
  'neighbours for each other': only(gate, /gate\[i\]/g, 'gate[i ^ 1u]'),
};

test.each(Object.entries(faultsOfGate))(
  'a fault in a kernel of one form, %s: it is found, and nothing is computed',
  async (_, rewrite) => {
    expect(await tested('gate', rewrite)).toEqual({ mode: 'plain', kernels: 'kernels-wrong' });
  },
);

test('where the plainest of several kernels is wrong too, nothing is computed', async () => {
  const both = (name: string, source: string): string =>
    name.startsWith('norm-rms') ? source.replace(stored, '0.0') : source;
  expect(await tested('norm', both)).toEqual({ mode: 'plain', kernels: 'kernels-wrong' });
});

/** A fault of float16 or of subgroups, on a device that has them. */
describe('a fault of what not every device has', () => {
  /** Multiplies beyond what float16 holds, and divides again: what sums in float16 do to large activations. */
  const overflow = (_: string, source: string): string =>
    source.replace(
      'f32(w[element / 4u][element % 4u])',
      'f32(w[element / 4u][element % 4u] * 60000.0h * 8.0h) / 480000.0',
    );

  test('float16 that overflows: weights are unpacked instead', async () => {
    if (!traits.f16) return;
    const { mode, kernels } = await tested('lookup', overflow);
    expect(mode).toBe('basic');
    expect(kernels).toEqual(['embedding-lookup-f16']);
  });

  test('subgroups half as large as a kernel takes them for: a workgroup adds up instead', async () => {
    const size = traits.subgroupMaxSize;
    const lying = { ...traits, subgroupMinSize: 2 * size, subgroupMaxSize: 2 * size };
    if (!traits.subgroups || 2 * size > 64) return;
    const { mode, kernels } = await tested('vector', null, lying);
    expect(mode).toBe('basic');
    expect(kernels).toEqual([expect.stringContaining('matrix-vector-workgroup')]);
  });

  test('sizes of subgroups come from a shader, whatever the adapter says', async () => {
    const right = traits.subgroupMinSize;
    const unknown = { ...traits, subgroupMinSize: 4, subgroupMaxSize: 128 };
    const wrong = { ...traits, subgroupMinSize: 64, subgroupMaxSize: 64 };
    for (const said of [unknown, wrong]) {
      const seen = await withSelfTest(gpu.withTraits(said), new SelfTest());
      if (!traits.subgroups) expect(seen.traits).toEqual(said);
      else {
        expect(seen.traits).toEqual({ ...said, subgroupMinSize: right, subgroupMaxSize: right });
      }
    }
    if (!traits.subgroups) return;
    // Sums that leave lanes out, and a shader that the driver refuses.
    for (const text of ['subgroupAdd(local & 1u)', 'subgroupAdd(nothing)']) {
      const own = await openFaultyDevice('device');
      own.faulty.rewrite = (_, source) => source.replace('subgroupAdd(1u)', text);
      const seen = await withSelfTest(own.gpu, new SelfTest());
      expect(seen.traits).toMatchObject({ subgroups: false });
      expect(own.gpu.fault).toBeNull();
      own.gpu.close();
    }
  });
});

test('parts that all begin with the first rows are found where a plan has parts', async () => {
  const firstRowAlways = only('linear-', 'size.first_group >> 16u', '0u');
  expect(await tested('product', firstRowAlways)).toMatchObject({ mode: 'full' });
  const cut = { ...traits, dispatchWork: 2 ** 19 };
  expect(await tested('product', firstRowAlways, cut)).toMatchObject({ kernels: 'kernels-wrong' });
});

test('a product that a plan cuts is tested in parts', async () => {
  const { mode, kernels } = await tested('product', null, { ...traits, dispatchWork: 2 ** 19 });
  expect(mode).toBe('full');
  expect(new Set(kernels).size).toBe(1);
  expect(kernels.length).toBeGreaterThan(1);
});

test('what was right or wrong is remembered: nothing is tested twice, and the mode stays', async () => {
  const first = new SelfTest();
  const use = (test: SelfTest): Promise<string[]> =>
    onTested(gpu.withTraits(traits).withVetting(test), (on) => prepare(on, plans.norm));
  faulty.rewrite = only(groups, stored, '0.0');
  const kernels = await use(first);
  expect(first.state).toMatchObject({ mode: 'plain', wrong: ['norm-rms-groups-plain'] });
  expect(first.state.right).toHaveLength(1);
  const told: unknown[] = [];
  const later = new SelfTest(first.state, (state) => told.push(state));
  faulty.plan(null);
  expect(await use(later)).toEqual(kernels);
  expect(faulty.count('submit')).toBe(0);
  expect(told).toEqual([]);
});

test('a device that fails during the test says nothing about its kernels', async () => {
  const lost = await openFaultyDevice('device');
  const test = new SelfTest();
  lost.faulty.plan({ kind: 'loss', call: 'submit', at: 1 });
  const use = (): Promise<string[]> =>
    onTested(lost.gpu.withVetting(test), (on) => prepare(on, plans.norm));
  await expect(use()).rejects.toMatchObject({ code: 'device-lost' });
  expect(test.state).toEqual({ mode: 'full', right: [], wrong: [] });
  lost.gpu.abandon();
  faulty.plan({ kind: 'out-of-memory', call: 'createBuffer', at: 6 });
  const full = new SelfTest();
  const again = (): Promise<string[]> =>
    onTested(gpu.withVetting(full), (on) => prepare(on, plans.norm));
  await expect(again()).rejects.toMatchObject({ code: 'gpu-out-of-memory' });
  expect((await again()).length).toBeGreaterThan(0);
  expect(full.state.mode).toBe('full');
});

/** Options with which the studio's plans use these kernels. */
const constants = {
  ...{ ACTIVE: 2, RENORMALISE: 1, HAS_BIAS: 1, FORCED: 0, LANES: 1, PROBABILITIES: 1 },
  ...{ GRADIENT: 1, CORRECT: 1, WORKGROUP: 8, NORMED: 1 },
};
/** Cases that depend on a constant so much that its other value is tested, too. */
const others: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'attention/cache/new-rows': { NORMED: 0 },
};

test.each(kernelChecks.map((check) => [check.shader, check] as const))(
  '%s: the case holds in every form',
  async (shader, check) => {
    const device = await openTestDevice();
    const other = others[shader];
    const variations = other ? [constants, { ...constants, ...other }] : [constants];
    for (const [form, options] of shaderForms(shader).flatMap((form) =>
      variations.map((options) => [form, options] as const),
    )) {
      if (form['READER'] === 'f16-native' && !device.traits.f16) continue;
      const computation = check.caseOf({ form, constants: options, traits: device.traits });
      await onDevice(device, computation, async () => {
        const expected = await expectedOf(device, computation);
        const error = await caseError(device, computation, '', { expected, runs: 2 });
        expect({ form, options, error, right: isRight(error, computation) }).toMatchObject({
          right: true,
        });
      });
    }
    expect(device.ledger.total).toBe(0);
    device.close();
  },
);
