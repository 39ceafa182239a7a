/** Everything that page and worker say to each other: each call and event once, from its area's file. */
import type { FaultDescription } from '../faults/catalogue.ts';
import { ablationCalls } from './ablation.ts';
import { archiveCalls } from './archive.ts';
import type { CallTypes, EventTypes } from './call.ts';
import { attributionCalls, chatCalls } from './chat.ts';
import { dataCalls } from './data.ts';
import { deviceCalls, profileCalls, tuningCalls } from './device.ts';
import { documentCalls } from './documents.ts';
import { evaluationCalls } from './evaluation.ts';
import { expertCalls, noiseCalls, pairCalls } from './experts.ts';
import { exportCalls } from './exports.ts';
import type { events } from './events.ts';
import type { anyCall, CodesOf } from './faults.ts';
import { handOffCalls } from './handoff.ts';
import { hubCalls } from './hub.ts';
import { identifierCalls } from './identifiers.ts';
import { judgeCalls } from './judge.ts';
import { memorisationCalls } from './memorisation.ts';
import { modelCalls, precisionCalls } from './models.ts';
import { runCalls } from './runs.ts';
import { settingsCalls } from './settings.ts';
import { taskCalls } from './tasks.ts';

/** Every call of the page, by kind. The worker answers each once. */
export const calls = {
  ...ablationCalls,
  ...archiveCalls,
  ...attributionCalls,
  ...chatCalls,
  ...dataCalls,
  ...deviceCalls,
  ...documentCalls,
  ...evaluationCalls,
  ...expertCalls,
  ...exportCalls,
  ...handOffCalls,
  ...hubCalls,
  ...identifierCalls,
  ...judgeCalls,
  ...memorisationCalls,
  ...modelCalls,
  ...noiseCalls,
  ...pairCalls,
  ...precisionCalls,
  ...profileCalls,
  ...runCalls,
  ...settingsCalls,
  ...taskCalls,
  ...tuningCalls,
};

type Calls = CallTypes<typeof calls>;
export type CallKind = keyof Calls;
export type CallInput<K extends CallKind> = Calls[K]['in'];
export type CallOutput<K extends CallKind> = Calls[K]['out'];
/** Codes of the faults that a call may end with. */
export type CallFault<K extends CallKind> = Calls[K]['fails'] | CodesOf<(typeof anyCall)[number]>;

export type WorkerEvent = EventTypes<typeof events>;

export type Request = {
  [K in CallKind]: { readonly id: number; readonly kind: K; readonly input: CallInput<K> };
}[CallKind];

export type Response =
  | { readonly type: 'result'; readonly id: number; readonly output: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly error: FaultDescription };

export type FromWorker = Response | WorkerEvent;
