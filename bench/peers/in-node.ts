/** Runs the race in one Node process, on the driver that scripts/adapters.mjs chose. */
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { createNodeGpu } from '../../src/engine/node/dawn.ts';
import type { OrtModule } from './ort.ts';
import { runSuite, wantsRow, type SuiteOptions, type SuiteReport } from './suite.ts';
import { measureTraining, type TrainingResult } from './training.ts';

export interface NodeReport extends SuiteReport {
  readonly training: readonly TrainingResult[];
}

const ortFolder = fileURLToPath(new URL('node_modules/onnxruntime-web/dist/', import.meta.url));

/** Its WebGPU files are made for browsers, but need no more of one than `navigator.gpu`. */
async function loadOrt(): Promise<OrtModule> {
  const file = `${ortFolder}ort.webgpu.min.mjs`;
  const ort = (await import(/* @vite-ignore */ file)) as OrtModule;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = await readFile(`${ortFolder}ort-wasm-simd-threaded.asyncify.wasm`);
  return ort;
}

/**
 * Takes uploads from shared memory, as every browser does: the memory of onnxruntime-web's WebAssembly is
 * shared, and the `webgpu` package refuses it.
 */
function acceptSharedMemory(): void {
  const queue = GPUQueue.prototype;
  const write: unknown = Reflect.get(queue, 'writeBuffer');
  if (typeof write !== 'function') return;
  Reflect.set(queue, 'writeBuffer', function (this: GPUQueue, ...args: unknown[]): unknown {
    const [buffer, offset, data, ...range] = args;
    const shared = data instanceof Uint8Array && data.buffer instanceof SharedArrayBuffer;
    const given = [buffer, offset, shared ? data.slice() : data, ...range];
    const nothing: unknown = Reflect.apply(write, this, given);
    return nothing;
  });
}

/** `map` and `filter` of iterators, which jax-js calls and Node has from version 22 on. */
function provideIteratorHelpers(): void {
  const iterators: unknown = Object.getPrototypeOf(Object.getPrototypeOf([].values()));
  if (typeof iterators !== 'object' || iterators === null || 'map' in iterators) return;
  const map = function* <T, R>(this: Iterable<T>, change: (value: T) => R): Generator<R> {
    for (const value of this) yield change(value);
  };
  const filter = function* <T>(this: Iterable<T>, keep: (value: T) => boolean): Generator<T> {
    for (const value of this) if (keep(value)) yield value;
  };
  for (const [name, value] of Object.entries({ map, filter })) {
    Object.defineProperty(iterators, name, { value, configurable: true, writable: true });
  }
}

export async function main([options, output]: readonly string[]): Promise<number> {
  if (options === undefined || output === undefined) throw new Error('Options and a file');
  const gpu = await createNodeGpu();
  acceptSharedMemory();
  provideIteratorHelpers();
  // What the libraries look for: Node of this age has no navigator, and none has one with a gpu.
  const navigator = { gpu, userAgent: `Node.js/${process.versions.node}`, hardwareConcurrency: 1 };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  let ort: Promise<OrtModule> | null = null;
  const once = () => (ort ??= loadOrt());
  const parsed = JSON.parse(options) as SuiteOptions;
  const log = (line: string): void => console.log(line);
  let training: TrainingResult[] = [];
  const processorClock = () => {
    const { user, system } = process.cpuUsage();
    return Promise.resolve((user + system) / 1000);
  };
  const place = {
    gpu,
    loadOrt: once,
    processorClock,
    writers: () => [],
    more: async (device: Gpu) => {
      training = await measureTraining(device, (id) => wantsRow(parsed.only, id), log);
    },
  };
  const report: NodeReport = { ...(await runSuite(place, parsed, log)), training };
  await writeFile(output, JSON.stringify(report));
  return 0;
}
