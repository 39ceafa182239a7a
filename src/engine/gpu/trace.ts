/** Writes profiles as a Chrome trace. */
import type { PlanProfile } from './profile.ts';

/** A profile under the name that its track gets in the trace. */
export interface NamedProfile {
  readonly name: string;
  readonly profile: PlanProfile;
}

/**
 * Profiles as a Chrome trace (JSON Trace Event Format), to be opened in Perfetto or chrome://tracing: one
 * track for each profile with its dispatches, one above it with the parts of the model.
 */
export function chromeTrace(process: string, profiles: readonly NamedProfile[]): string {
  const events: object[] = [meta('process_name', 0, process)];
  profiles.forEach(({ name, profile }, index) => {
    const parts = 2 * index + 1;
    const dispatches = 2 * index + 2;
    events.push(
      meta('thread_name', parts, `${name}: parts`),
      meta('thread_name', dispatches, name),
    );
    const { clock, dispatches: timed } = profile;
    for (const span of spans(profile)) {
      events.push({ name: span.name, ph: 'X', pid: 1, tid: parts, ts: span.ts, dur: span.dur });
    }
    for (const dispatch of timed) {
      const { kernel, family, scope, writes, bytes, workgroups, start, milliseconds } = dispatch;
      events.push({
        name: kernel,
        cat: family,
        ph: 'X',
        pid: 1,
        tid: dispatches,
        ts: start * 1000,
        dur: milliseconds * 1000,
        args: { scope, writes, bytes, workgroups, clock: clock.kind },
      });
    }
  });
  return `${JSON.stringify({ displayTimeUnit: 'ms', traceEvents: events })}\n`;
}

function meta(name: string, tid: number, value: string): object {
  return { name, ph: 'M', pid: 1, tid, args: { name: value } };
}

/** Neighbouring dispatches of one part of the model as one span, in microseconds. */
function spans({ dispatches }: PlanProfile): { name: string; ts: number; dur: number }[] {
  const found: { name: string; ts: number; dur: number }[] = [];
  for (const { scope, start, milliseconds } of dispatches) {
    if (scope === '') continue;
    const last = found.at(-1);
    const end = (start + milliseconds) * 1000;
    if (last?.name === scope) last.dur = end - last.ts;
    else found.push({ name: scope, ts: start * 1000, dur: milliseconds * 1000 });
  }
  return found;
}
