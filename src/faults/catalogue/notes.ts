/** What the studio says apart from faults: what a task is doing, and why a plan does not fit. */
import type { FaultDescription, Plain } from './shapes.ts';

type Count = { readonly done: number; readonly total: number };

export interface Notes {
  'loading-model': Plain;
  'loading-weights': Plain;
  compiling: Count;
  tokenising: Plain;
  'tokenising-questions': Plain;
  questions: Count;
  'comparing-records': Count;
  'records-with-noise': Count;
  'records-without-noise': Count;
  'copying-records': Count;
  steps: Count;
  pairs: Count;
  'setting-up-run': Plain;
  'running-step': Plain;
  tuning: Plain;
  'computations-tuned': Count;
  'reading-stored': Plain;
  'checking-folder': Plain;
  'storing-model': Plain;
  'comparing-matrices': Plain;
  'own-numbers': Plain;
  'numbers-of-precision': Plain;
  'writing-gguf': Plain;
  'writing-file': { readonly file: string };
  /** A file or a state of a model that is being worked on. */
  named: { readonly name: string };
  'reading-present': Plain;
  'asking-for': { readonly file: string };
  'reading-headers': Plain;
  'checking-model': Plain;
  'trying-again': { readonly fault: FaultDescription; readonly seconds: number };
  'binding-too-large': { readonly name: string; readonly bytes: number; readonly limit: number };
  'buffer-too-large': { readonly name: string; readonly bytes: number; readonly limit: number };
  /** What a plan cannot be made for. */
  'cannot-plan': { readonly fault: FaultDescription };
}

/** A note as it crosses a worker boundary: its code beside its data. */
export type Note = { readonly [C in keyof Notes]: { readonly code: C } & Notes[C] }[keyof Notes];
