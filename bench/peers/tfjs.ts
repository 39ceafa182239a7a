/** TensorFlow.js on its WebGPU back end, eager, within `tidy`. */
import type * as Tfjs from '@tensorflow/tfjs';
import type { Contestant, Runner, Values } from './race.ts';

type Module = typeof Tfjs;

/** What the back end object has besides its public interface: commands are gathered before a submission. */
interface WebGpuBackend {
  readonly device: GPUDevice;
  readonly commandEncoder: GPUCommandEncoder | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

function isWebGpuBackend(value: unknown): value is WebGpuBackend {
  return typeof value === 'object' && value !== null && 'device' in value && 'submitQueue' in value;
}

let loaded: Promise<Module> | null = null;

async function load(): Promise<Module> {
  const tf = await import('@tensorflow/tfjs');
  await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) throw new Error('tfjs cannot use its WebGPU back end');
  return tf;
}

export interface TfjsWork {
  /** Runs once; returns the results that stay. */
  readonly compute: () => readonly Tfjs.Tensor[];
  readonly named: readonly {
    readonly name: string;
    readonly arrange?: (values: Values) => Values;
  }[];
  /** Tensors to dispose of at the end. */
  readonly owned: readonly Tfjs.Tensor[];
  /** Whether the results are owned tensors (variables) and live on. */
  readonly persistent?: boolean;
}

export function tfjsContestant(describe: (tf: Module) => TfjsWork, note?: string): Contestant {
  return {
    name: 'tfjs',
    ...(note === undefined ? {} : { note }),
    prepare: async (): Promise<Runner> => {
      loaded ??= load();
      const tf = await loaded;
      const backend = tf.backend();
      if (!isWebGpuBackend(backend)) throw new Error('tfjs has no WebGPU back end');
      const { compute, named, owned, persistent = false } = describe(tf);
      let latest: readonly Tfjs.Tensor[] = [];
      const drop = (): void => {
        if (!persistent) for (const tensor of latest) tensor.dispose();
        latest = [];
      };
      return {
        start: () => {
          drop();
          latest = compute();
        },
        finish: async () => {
          if (backend.commandEncoder) {
            backend.endComputePassEncoder();
            backend.submitQueue();
          }
          await backend.device.queue.onSubmittedWorkDone();
        },
        results: async () => {
          const entries: [string, Values][] = [];
          for (const [index, { name, arrange }] of named.entries()) {
            const tensor = latest[index];
            if (!tensor) throw new Error(`tfjs gave no ${name}`);
            const values = await tensor.data();
            entries.push([name, arrange ? arrange(values) : values]);
          }
          return Object.fromEntries(entries);
        },
        release: () => {
          drop();
          for (const tensor of owned) tensor.dispose();
        },
      };
    },
  };
}
