/**
 * The device's limits, measured in the same run as the rows: bytes per second of a copy, multiply-adds per
 * second of a loop that does nothing else, and the cost of an empty dispatch. More than one form of each,
 * because the first one tried is seldom the limit.
 */
import type { Gpu } from '../src/engine/gpu/device.ts';
import { f32, u32, type Kernel } from '../src/engine/gpu/kernel.ts';
import type { PlanRecorder } from '../src/engine/gpu/recorder.ts';
import { emptyDispatches, recordEmpty } from './empty-dispatches.ts';
import { spreadOf } from './measure.ts';
import { ours, type RowTensors } from './peers/ours.ts';

export interface Ceilings {
  /** Bytes read and written per second by the fastest copy. */
  readonly bytesPerSecond: number;
  /** Multiplications and additions per second of the fastest loop. */
  readonly flopsPerSecond: number;
  /** The same in float16; null where the device has none. */
  readonly halfFlopsPerSecond: number | null;
  /** Microseconds of one more empty dispatch in a pass. */
  readonly launchMicroseconds: number;
  /** Every form that was tried: bytes or operations per second. */
  readonly forms: Readonly<Record<string, number>>;
}

const copyBytes = 64 * 2 ** 20;
const rounds = 5;

/** A copy by a compute shader, `width` vectors of four per invocation. */
function copyKernel(width: number): Kernel {
  const lines = Array.from(
    { length: width },
    (_, i) => `  to[base + ${i}u * stride] = source[base + ${i}u * stride];`,
  );
  return {
    name: `bench-copy-${width}`,
    family: 'copy',
    source: `@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> to: array<vec4f>;
@compute @workgroup_size(64) fn main(
  @builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32,
) {
  let stride = 64u;
  let base = group.x * ${64 * width}u + local;
${lines.join('\n')}
}`,
    requires: [],
  };
}

type LoopType = 'f32' | 'vec4f' | 'vec2h' | 'vec4h';

const lanes: Readonly<Record<LoopType, number>> = { f32: 1, vec4f: 4, vec2h: 2, vec4h: 4 };
const isHalf = (type: LoopType): boolean => type.endsWith('h');

/** A loop of fused multiply-adds over `chains` independent values of `type`. */
function fmaKernel(type: LoopType, chains: number): Kernel {
  const scalar = isHalf(type) ? 'f16' : 'f32';
  const parts = ['s.x', 's.y', 's.z', 's.w'].slice(0, lanes[type]).join(' + ');
  const each = (line: (i: number) => string): string =>
    Array.from({ length: chains }, (_, i) => line(i)).join('\n');
  const sum = Array.from({ length: chains }, (_, i) => `v${i}`).join(' + ');
  return {
    name: `bench-fma-${type}-${chains}`,
    family: 'copy',
    source: `${isHalf(type) ? 'enable f16;\n' : ''}struct Loop { turns: u32, factor: f32 }
@group(0) @binding(0) var<storage, read_write> result: array<f32>;
@group(0) @binding(1) var<uniform> loop_: Loop;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let a = ${type}(${scalar}(loop_.factor));
  let b = ${type}(${scalar}(1.0 - loop_.factor));
${each((i) => `  var v${i} = ${type}(${scalar}(f32(id.x % 64u) + ${i}.0));`)}
  for (var turn = 0u; turn < loop_.turns; turn += 1u) {
${each((i) => `    v${i} = fma(v${i}, a, b);`)}
  }
  let s = ${sum};
  result[id.x] = f32(${type === 'f32' ? 's' : parts});
}`,
    requires: isHalf(type) ? ['shader-f16'] : [],
  };
}

type RecordRun = (recorder: PlanRecorder, tensors: RowTensors) => void;

const copyKernels = [2, 8].map((width) => ({ width, kernel: copyKernel(width) }));
const fmaKernels = (
  [
    ['f32', 8],
    ['f32', 16],
    ['vec4f', 2],
    ['vec4f', 4],
    ['vec4f', 8],
    ['vec2h', 8],
    ['vec2h', 16],
    ['vec4h', 4],
    ['vec4h', 8],
  ] as const
).map(([type, chains]) => ({ type, chains, kernel: fmaKernel(type, chains) }));

/** Least milliseconds of one run: a ceiling is what was reached once. */
async function least(gpu: Gpu, record: RecordRun): Promise<number> {
  const runner = await ours(gpu, (recorder, tensors) => {
    record(recorder, tensors);
    return {};
  }).prepare();
  try {
    const times: number[] = [];
    for (let round = 0; round < rounds + 2; round += 1) {
      const started = performance.now();
      await runner.start();
      await runner.finish();
      if (round >= 2) times.push(performance.now() - started);
    }
    return spreadOf(times).least;
  } finally {
    runner.release();
  }
}

async function copyForms(gpu: Gpu): Promise<[string, number][]> {
  const shape = [copyBytes / 4];
  const rate = (milliseconds: number): number => (2 * copyBytes * 1000) / milliseconds;
  const forms: [string, number][] = [];
  const buffer = await least(gpu, (recorder, tensors) => {
    recorder.copy(tensors.empty('from', shape), tensors.empty('to', shape));
  });
  forms.push(['copy, copyBufferToBuffer', rate(buffer)]);
  for (const { width, kernel } of copyKernels) {
    const shader = await least(gpu, (recorder, tensors) => {
      recorder.dispatch({
        kernel,
        bindings: [
          { tensor: tensors.empty('from', shape), access: 'read' },
          { tensor: tensors.empty('to', shape), access: 'readwrite' },
        ],
        grid: [copyBytes / 16 / 64 / width, 1, 1],
      });
    });
    forms.push([`copy, ${width} × vec4 per invocation`, rate(shader)]);
  }
  return forms;
}

async function fmaForms(gpu: Gpu, half: boolean): Promise<[string, number][]> {
  const groups = gpu.traits.software ? 64 : 4096;
  const invocations = 64 * groups;
  const forms: [string, number][] = [];
  for (const { type, chains, kernel } of fmaKernels) {
    if (isHalf(type) !== half) continue;
    const turns = Math.ceil(8192 / (chains * lanes[type]));
    const milliseconds = await least(gpu, (recorder, tensors) => {
      recorder.dispatch({
        kernel,
        bindings: [{ tensor: tensors.empty('result', [invocations]), access: 'readwrite' }],
        uniforms: [u32(turns), f32(0.999)],
        grid: [groups, 1, 1],
      });
    });
    const flops = 2 * invocations * turns * chains * lanes[type];
    forms.push([`fma, ${chains} chains of ${type}`, (flops * 1000) / milliseconds]);
  }
  return forms;
}

/** The difference of two counts of dispatches, so that submission and waiting cancel out. */
async function launch(gpu: Gpu): Promise<number> {
  const dispatches =
    (count: number): RecordRun =>
    (recorder, tensors) => {
      recordEmpty(recorder, tensors.empty('value', [1], 'u32'), count);
    };
  const many = await least(gpu, dispatches(emptyDispatches));
  const few = await least(gpu, dispatches(1));
  return (1000 * (many - few)) / (emptyDispatches - 1);
}

export async function measureCeilings(gpu: Gpu): Promise<Ceilings> {
  const copies = await copyForms(gpu);
  const loops = await fmaForms(gpu, false);
  const halves = gpu.traits.f16 ? await fmaForms(gpu, true) : [];
  return {
    bytesPerSecond: Math.max(...copies.map(([, rate]) => rate)),
    flopsPerSecond: Math.max(...loops.map(([, rate]) => rate)),
    halfFlopsPerSecond: halves.length > 0 ? Math.max(...halves.map(([, rate]) => rate)) : null,
    launchMicroseconds: await launch(gpu),
    forms: Object.fromEntries([...copies, ...loops, ...halves]),
  };
}

/** The higher of two measurements of one device, form by form. */
export function higher(a: Ceilings, b: Ceilings): Ceilings {
  return {
    bytesPerSecond: Math.max(a.bytesPerSecond, b.bytesPerSecond),
    flopsPerSecond: Math.max(a.flopsPerSecond, b.flopsPerSecond),
    halfFlopsPerSecond:
      a.halfFlopsPerSecond === null || b.halfFlopsPerSecond === null
        ? null
        : Math.max(a.halfFlopsPerSecond, b.halfFlopsPerSecond),
    launchMicroseconds: Math.min(a.launchMicroseconds, b.launchMicroseconds),
    forms: Object.fromEntries(
      Object.entries(a.forms).map(([name, rate]) => [name, Math.max(rate, b.forms[name] ?? 0)]),
    ),
  };
}
