/** What a row needs of the place where the race runs, a page or Node. */
import type { Gpu } from '../../../src/engine/gpu/device.ts';
import type { OrtModule } from '../ort.ts';

/** What a row needs of the place where the race runs: a page or Node. */
export interface Host {
  /** Our engine's device. */
  readonly gpu: Gpu;
  /** Loads onnxruntime-web where its files lie in this place. */
  readonly loadOrt: () => Promise<OrtModule>;
}
