import { afterEach, beforeEach, expect, test } from 'vitest';
import { openFaultyDevice, openTestDevice } from '../../../test/gpu/kernel-bench.ts';
import { u32, type Kernel, type KernelCall } from './kernel.ts';
import { Gpu } from './device.ts';
import { Pace } from './pace.ts';
import { preparePlan, ScratchPool } from './plan.ts';
import { profileSteps } from './profile.ts';
import { PlanRecorder, type PlanSpec } from './recorder.ts';
import { persistentTensor, type Tensor } from './tensor.ts';

const source = `
override step = 1u;
struct Sizes { count: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<u32>;
@group(0) @binding(1) var<uniform> sizes: Sizes;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < sizes.count) { x[id.x] += step; }
}
`;
const count: Kernel = { name: 'count', family: 'gate', source, requires: [] };
/** The same text under another name. */
const again: Kernel = { ...count, name: 'count again', family: 'matmul' };
const length = 1000;
/** As many bindings of the same kinds, but four values to an element and a uniform block twice as large. */
const wide: Kernel = {
  ...count,
  name: 'count wide',
  source: source
    .replace('count: u32', 'offset: vec4u, count: u32')
    .replace('array<u32>', 'array<vec4u>'),
};

/** A device that counts the objects made by it; calls go to the device under test, which others use, too. */
function counting(device: GPUDevice): { device: GPUDevice; made: Record<string, number> } {
  const made: Record<string, number> = {};
  const counted = new Set([
    'createShaderModule',
    'createBindGroupLayout',
    'createComputePipelineAsync',
    'createQuerySet',
  ]);
  const proxy = new Proxy(device, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name === 'destroy') return () => undefined;
      if (counted.has(String(name))) {
        return (...args: unknown[]): unknown => {
          made[String(name)] = (made[String(name)] ?? 0) + 1;
          return Reflect.apply(value, target, args);
        };
      }
      return value.bind(target) as unknown;
    },
  });
  return { device: proxy, made };
}

let shared: Gpu;
let gpu: Gpu;
let made: Record<string, number>;
let x: Tensor;

beforeEach(async () => {
  shared = await openTestDevice();
  const counted = counting(shared.device);
  made = counted.made;
  gpu = new Gpu(counted.device, shared.adapter, shared.traits);
  x = persistentTensor('x', 'activations', [length], 'u32');
});
afterEach(() => {
  gpu.release('scratch' in x.storage ? [] : [x.storage]);
  expect(gpu.ledger.total).toBe(0);
  expect(gpu.fault).toBeNull();
  gpu.close();
  shared.close();
});

const call = (kernel: Kernel, step?: number): KernelCall => ({
  kernel,
  bindings: [{ tensor: x, access: 'readwrite' }],
  uniforms: [u32(length)],
  ...(step === undefined ? {} : { constants: { step } }),
  grid: [Math.ceil(length / 64), 1, 1],
});

function record(calls: readonly KernelCall[]): PlanSpec {
  const recorder = new PlanRecorder('counts', gpu.traits);
  recorder.clear(x);
  for (const [index, each] of calls.entries()) {
    recorder.scope(`part ${index}`, () => recorder.dispatch(each));
  }
  return recorder.finish();
}

test('pipelines are asked for at once and made once, whoever wants them', async () => {
  const spec = record([call(count), call(count, 2), call(count, 2), call(again, 2)]);
  let most = 0;
  const stop = gpu.pipelines.onCount(({ asked, made: ready }) => {
    most = Math.max(most, asked - ready);
  });
  const once = { createShaderModule: 1, createBindGroupLayout: 1 };
  // Before anything of the plan exists on the device.
  gpu.pipelines.warm([spec]);
  expect(gpu.pipelines.count).toEqual({ asked: 2, made: 0 });
  expect(most).toBe(2);
  if (!('scratch' in x.storage)) await gpu.allocate([x.storage]);
  const pool = new ScratchPool([spec]);
  const [first, second] = await Promise.all([
    preparePlan(gpu, spec, pool),
    preparePlan(gpu, spec, pool),
  ]);
  stop();
  expect(gpu.pipelines.count).toEqual({ asked: 2, made: 2 });
  expect(made).toEqual({ ...once, createComputePipelineAsync: 2 });
  first.submit();
  second.submit();
  expect(new Set(await gpu.readUint32(x))).toEqual(new Set([1 + 2 + 2 + 2]));
  // A step does not read the clock unless it is profiled.
  expect(made).toEqual({ ...once, createComputePipelineAsync: 2 });
  first.release();
  second.release();
});

test('kernels whose bindings are of the same kinds and of other sizes follow each other', async () => {
  const one = persistentTensor('one', 'activations', [1], 'u32');
  const wideCall: KernelCall = {
    ...call(wide),
    uniforms: [u32(0), u32(0), u32(0), u32(0), u32(length / 4), u32(0), u32(0), u32(0)],
  };
  const narrowCall: KernelCall = {
    ...call(count, 3),
    bindings: [{ tensor: one, access: 'readwrite' }],
    uniforms: [u32(1)],
    grid: [1, 1, 1],
  };
  const specs = [x, one].flatMap(({ storage }) => ('scratch' in storage ? [] : [storage]));
  await gpu.allocate(specs);
  const spec = record([wideCall, narrowCall, wideCall]);
  const plan = await preparePlan(gpu, spec, new ScratchPool([spec]));
  expect(made['createBindGroupLayout']).toBe(2);
  plan.submit();
  expect(new Set(await gpu.readUint32(x))).toEqual(new Set([2]));
  expect([...(await gpu.readUint32(one))]).toEqual([3]);
  plan.release();
  gpu.release(specs);
});

test.each([true, false])('a profile times every step (timestamps: %s)', async (timestamps) => {
  if (!('scratch' in x.storage)) await gpu.allocate([x.storage]);
  const spec = record([call(count), call(again, 2)]);
  const plan = await preparePlan(gpu, spec, new ScratchPool([spec]));
  Object.defineProperty(gpu, 'hasTimestamps', { value: timestamps && gpu.hasTimestamps });
  const expected = gpu.hasTimestamps ? 'timestamps' : 'wall-clock';
  const seen: number[] = [];
  const onProgress = (fraction: number): void => void seen.push(fraction);
  const profile = await profileSteps(gpu, plan.steps(), { rounds: 2, onProgress });
  expect(profile.clock.kind).toBe(expected);
  expect(made['createQuerySet'] ?? 0).toBe(gpu.hasTimestamps ? 1 : 0);
  expect(
    profile.dispatches.map(({ kernel, scope, bytes, workgroups, product, writes }) => [
      ...[kernel, scope, bytes, workgroups, product, writes],
    ]),
  ).toEqual([
    ['clear', '', 4 * length, 0, false, 'x'],
    ['count', 'part 0', 4 * length, 16, false, 'x'],
    ['count again', 'part 1', 4 * length, 16, true, 'x'],
  ]);
  let end = 0;
  for (const { start, milliseconds } of profile.dispatches) {
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(start).toBeGreaterThanOrEqual(end);
    end = start + milliseconds;
  }
  const sum = profile.dispatches.reduce((total, { milliseconds }) => total + milliseconds, 0);
  expect(sum).toBeGreaterThan(0);
  expect(profile.milliseconds).toBeCloseTo(sum, 6);
  expect(profile.wallMilliseconds).toBeGreaterThan(0);
  if (gpu.hasTimestamps) expect(profile.launchMilliseconds).toBeGreaterThan(0);
  else expect(profile.launchMilliseconds).toBeNull();
  expect(profile.productMilliseconds).toBe(profile.dispatches.at(-1)?.milliseconds);
  expect(seen).toEqual([0, 0.25, 0.5, 0.75, 1]);
  // The last timed run did the whole work, and no profiling remains.
  expect(new Set(await gpu.readUint32(x))).toEqual(new Set([3]));
  plan.release();
});

test('both halves of a profile keep to the pace of the device', async () => {
  // So little at a time that every step goes alone.
  const pace = new Pace({ software: false, budget: 0 });
  const { gpu: opened, faulty } = await openFaultyDevice('device');
  const paced = new Gpu(opened.device, opened.adapter, opened.traits, { pace });
  if (!('scratch' in x.storage)) await paced.allocate([x.storage]);
  const spec = record([call(count), call(again, 2)]);
  const plan = await preparePlan(paced, spec, new ScratchPool([spec]));
  faulty.plan(null);
  await profileSteps(paced, plan.steps(), { rounds: 1 });
  const whole = 2 * plan.steps().length;
  const timed = plan.steps().length + (paced.hasTimestamps ? 1 : 0);
  expect(faulty.count('submit')).toBe(whole + timed);
  expect(new Set(await paced.readUint32(x))).toEqual(new Set([3]));
  plan.release();
  paced.close();
  opened.close();
});

test('a profile that is given up leaves nothing', async () => {
  if (!('scratch' in x.storage)) await gpu.allocate([x.storage]);
  const spec = record([call(count)]);
  const plan = await preparePlan(gpu, spec, new ScratchPool([spec]));
  const before = gpu.ledger.total;
  const enough = new Error('enough');
  const onProgress = (fraction: number): void => {
    if (fraction > 0.5) throw enough;
  };
  await expect(profileSteps(gpu, plan.steps(), { rounds: 3, onProgress })).rejects.toBe(enough);
  expect(gpu.ledger.total).toBe(before);
  plan.release();
});
