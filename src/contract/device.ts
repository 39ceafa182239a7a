/** What page and worker say about the device: what it is, where a step's time goes, which kernels it uses. */
import { z } from 'zod';
import type { SelfTestReport } from '../engine/gpu/kernel-mode.ts';
import type { AdapterDescription } from '../engine/gpu/device.ts';
import type { BytesByRole } from '../engine/gpu/ledger.ts';
import type { PlanProfile } from '../engine/gpu/profile.ts';
import type { ClassShape, SizeWord } from '../engine/kernels/kernel-class.ts';
import type { KernelKind } from '../engine/kernels/kernel-classes.ts';
import type { TunedCandidate, TunedClass } from '../engine/tuning/record.ts';
import { takes } from './call.ts';
import { besideRuns, planning } from './faults.ts';
import { count, id, recipe, task } from './fields.ts';

export type {
  AdapterDescription,
  BytesByRole,
  ClassShape,
  KernelKind,
  SelfTestReport,
  SizeWord,
  TunedCandidate,
};

export interface DeviceReport {
  readonly adapter: AdapterDescription;
  readonly memory: BytesByRole;
  /** How long one submission of work should keep the device. */
  readonly submissionMilliseconds: number;
  readonly selfTest: SelfTestReport;
}

/** A training step of a stage of the recipe, or the decoding of one token. */
const profileSubject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stage'), stage: count }),
  z.strictObject({ kind: z.literal('decode') }),
]);
export type ProfileSubject = Readonly<z.infer<typeof profileSubject>>;

/** The profiled step: a token after so many, or a micro-batch of so many records of so many tokens. */
export type ProfileLoad =
  | { readonly kind: 'decode'; readonly tokens: number }
  | {
      readonly kind: 'micro-batch';
      readonly records: number;
      readonly recordTokens: number;
      readonly targets: number;
    };

/** A profile, with the step and model that it shows. */
export interface ProfileReport extends PlanProfile {
  readonly subject: ProfileSubject;
  readonly modelId: string;
  readonly modelName: string;
  /** Name of the stage, or of the decoding. */
  readonly title: string;
  readonly load: ProfileLoad;
  readonly adapter: string;
  readonly software: boolean;
  readonly measuredAt: number;
  /** The dispatches as a Chrome trace (JSON), for Perfetto. */
  readonly trace: Blob;
}

/** A class with the meaning of its name; null where this version has no such class. */
export interface ReportedClass extends TunedClass {
  readonly meaning: { readonly kind: KernelKind; readonly sizes: readonly SizeWord[] } | null;
}

export interface TuningReport {
  readonly adapter: string;
  /** On a software adapter the defaults measured best, so it is tuned only on request. */
  readonly software: boolean;
  /** The result of tuning; null where the device was never tuned or was reset. */
  readonly tuned: {
    readonly tunedAt: number;
    /** The time for timing, and for compiling and checking beside it. */
    readonly milliseconds: number;
    readonly checking: number;
    /** Time was over before every computation had its turn. */
    readonly unfinished: boolean;
    readonly classes: readonly ReportedClass[];
  } | null;
}

export const deviceCalls = {
  'device.open': takes({}).onDevice('stored').gives<DeviceReport>(),
  'device.report': takes({}).onDevice('stored').gives<DeviceReport>(),
  /** Forgets the self-test: each kernel is tested again before its next use. */
  'device.testAgain': takes({}).onDevice('stored').gives<DeviceReport>(),
};

export const profileCalls = {
  /**
   * Loads the model, runs the step some times and releases everything. Refused while a run is on the
   * device. Progress comes as `tasks.progress` events.
   */
  'device.profile': takes({
    modelId: id,
    recipe,
    subject: profileSubject,
    task,
  })
    .onDevice('stored')
    .fails(...planning, ...besideRuns, 'profile-stage-missing')
    .gives<ProfileReport>(),
};

export const tuningCalls = {
  'device.tuning': takes({}).onDevice('stored').gives<TuningReport>(),
  /**
   * Times the kernels that training and generating with this model need, for about two seconds beside
   * compiling and checking them, and uses the results from then on, even when it is cancelled. A further call
   * goes on with the rest, or begins again where nothing is left. Refused while a run is on the device.
   */
  'device.tune': takes({ modelId: id, recipe, task })
    .onDevice('timings')
    .fails(...planning, ...besideRuns)
    .gives<TuningReport>(),
  /** Forgets the results: the defaults apply. Runs keep the choices with which they were started. */
  'device.resetTuning': takes({}).onDevice('stored').gives<TuningReport>(),
};
