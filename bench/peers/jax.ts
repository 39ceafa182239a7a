/**
 * jax-js, used as its documentation shows: whole functions under `jit`, gradients by `vjp` and `grad`, operands
 * in its users' layout ([in, out] weights), references counted by hand.
 */
import type * as Jax from '@jax-js/jax';
import type { Contestant, Runner, Values } from './race.ts';

type Module = typeof Jax;
type JaxArray = Jax.Array;

let loaded: Promise<Module> | null = null;

async function load(): Promise<Module> {
  const jax = await import('@jax-js/jax');
  const devices = await jax.init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js finds no WebGPU device');
  jax.defaultDevice('webgpu');
  return jax;
}

/** The library with its WebGPU back end as the default device. */
export function loadJax(): Promise<Module> {
  loaded ??= load();
  return loaded;
}

export interface JaxWork {
  /** Operands by name of the row, in the order of the function. */
  readonly operands: readonly JaxArray[];
  /** Compiled by `jit`; takes the operands, returns arrays. */
  readonly compute: (...operands: JaxArray[]) => JaxArray[];
  /** Which operands the results replace after each run (an optimiser's parameters), by index. */
  readonly carried?: readonly (number | null)[];
  /** Names of the results that are compared, in the function's order, and how they are laid out. */
  readonly named: readonly {
    readonly name: string;
    readonly arrange?: (values: Values) => Values;
  }[];
}

/** A function under `jit` as a contestant. */
export function jaxContestant(describe: (jax: Module) => JaxWork, note?: string): Contestant {
  return {
    name: 'jax-js',
    ...(note === undefined ? {} : { note }),
    prepare: async (): Promise<Runner> => {
      const jax = await loadJax();
      const { queue } = jax.getWebGPUDevice();
      const { operands, compute, carried = [], named } = describe(jax);
      const compiled = jax.jit(compute);
      const current = [...operands];
      let latest: JaxArray[] = [];
      // Results of earlier runs: work whose results are disposed of before it was submitted is never done.
      const earlier: JaxArray[] = [];
      const putAside = (): void => {
        // A carried result is an operand by now and is disposed of as one.
        earlier.push(...latest.filter((_, index) => (carried[index] ?? null) === null));
        latest = [];
      };
      const drop = (): void => {
        putAside();
        for (const array of earlier.splice(0)) array.dispose();
      };
      return {
        start: () => {
          putAside();
          latest = compiled(...current.map((array) => array.ref));
          latest.forEach((array, index) => {
            const place = carried[index];
            if (place === undefined || place === null) return;
            current[place]?.dispose();
            current[place] = array;
          });
        },
        finish: async () => {
          await jax.blockUntilReady([...earlier, ...latest]);
          await queue.onSubmittedWorkDone();
          for (const array of earlier.splice(0)) array.dispose();
        },
        results: async () => {
          const entries: [string, Values][] = [];
          for (const [index, { name, arrange }] of named.entries()) {
            const array = latest[index];
            if (!array) throw new Error(`jax-js gave no ${name}`);
            const values = await array.ref.data();
            entries.push([name, arrange ? arrange(values) : values]);
          }
          return Object.fromEntries(entries);
        },
        release: () => {
          drop();
          for (const array of current) array.dispose();
          compiled.dispose();
        },
      };
    },
  };
}
