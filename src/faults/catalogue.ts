/**
 * The catalogue of everything that can go wrong: each code with the data that its words need. A new fault is an
 * entry in the file of its area in catalogue/, and its words in en/ and zh/.
 */
import type { CommandFaults } from './catalogue/command.ts';
import type { DeviceFaults } from './catalogue/device.ts';
import type { FileFaults } from './catalogue/files.ts';
import type { GgufFaults } from './catalogue/gguf.ts';
import type { HubFaults } from './catalogue/hub.ts';
import type { ModelFaults } from './catalogue/models.ts';
import type { ResultFaults } from './catalogue/results.ts';
import type { RunFaults } from './catalogue/runs.ts';
import type { StorageFaults } from './catalogue/storage.ts';
import type { TextFaults } from './catalogue/text.ts';
import type { TrainingFaults } from './catalogue/training.ts';
import type { WeightFaults } from './catalogue/weights.ts';

export type { KeptCode } from './catalogue/kept.ts';
export type { Note, Notes } from './catalogue/notes.ts';
export type { FaultData, FaultDescription } from './catalogue/shapes.ts';

/** The areas of the catalogue, each a file of catalogue/. */
export interface FaultAreas {
  readonly command: CommandFaults;
  readonly device: DeviceFaults;
  readonly files: FileFaults;
  readonly gguf: GgufFaults;
  readonly hub: HubFaults;
  readonly models: ModelFaults;
  readonly results: ResultFaults;
  readonly runs: RunFaults;
  readonly storage: StorageFaults;
  readonly text: TextFaults;
  readonly training: TrainingFaults;
  readonly weights: WeightFaults;
}

export type FaultArea = keyof FaultAreas;

export interface Faults
  extends
    CommandFaults,
    DeviceFaults,
    FileFaults,
    GgufFaults,
    HubFaults,
    ModelFaults,
    ResultFaults,
    RunFaults,
    StorageFaults,
    TextFaults,
    TrainingFaults,
    WeightFaults {}

export type FaultCode = keyof Faults;
