/** The race in one page: run.ts opens it, calls `race` and reads what it returns. */
import type { OrtModule } from './ort.ts';
import type { ProcessorClock } from './race.ts';
import { runSuite, type SuiteOptions, type SuiteReport } from './suite.ts';

declare global {
  interface Window {
    /** Where run.ts serves the files of onnxruntime-web. */
    ortFolder?: string;
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

let ort: Promise<OrtModule> | null = null;

window.race = (options) =>
  runSuite(
    {
      gpu: navigator.gpu,
      loadOrt: () => (ort ??= loadOrt()),
      processorClock: window.processorMilliseconds ?? null,
      writers: () => [],
    },
    options,
    (line) => console.log(line),
  );
