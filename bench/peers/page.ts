/** The race in one page: run.ts opens it, calls `race` and reads what it returns. */
import { wllamaWriter, type WllamaModule } from './generation/wllama.ts';
import type { OrtModule } from './ort.ts';
import type { ProcessorClock } from './race.ts';
import { runSuite, type SuiteOptions, type SuiteReport } from './suite.ts';

declare global {
  interface Window {
    /** Where run.ts serves the files of onnxruntime-web. */
    ortFolder?: string;
    /** Where run.ts serves the files of wllama. */
    wllamaFolder?: string;
    /** Processor time of the whole browser, by run.ts. */
    processorMilliseconds?: ProcessorClock;
    race?: (options: SuiteOptions) => Promise<SuiteReport>;
  }
}

async function loadOrt(): Promise<OrtModule> {
  const folder = window.ortFolder ?? '/';
  const file = `${folder}ort.webgpu.min.mjs`;
  const ort = (await import(/* @vite-ignore */ file)) as OrtModule;
  ort.env.wasm.wasmPaths = folder;
  return ort;
}

async function loadWllama(folder: string): Promise<WllamaModule> {
  const file = `${folder}index.js`;
  return (await import(/* @vite-ignore */ file)) as WllamaModule;
}

let ort: Promise<OrtModule> | null = null;

window.race = (options) =>
  runSuite(
    {
      gpu: navigator.gpu,
      loadOrt: () => (ort ??= loadOrt()),
      processorClock: window.processorMilliseconds ?? null,
      writers: (model, capacity) => {
        const folder = window.wllamaFolder ?? '/';
        const wasm = `${folder}wasm/wllama.wasm`;
        return [wllamaWriter(() => loadWllama(folder), wasm, model, capacity)];
      },
    },
    options,
    (line) => console.log(line),
  );
