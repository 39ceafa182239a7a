/**
 * Tries damaged inputs in a separate process, because a process that hangs or eats the memory must be ended
 * from outside. Its parent (bad-inputs.ts) sends numbers of cases and hears when each begins and how it ended.
 */
import { badInput } from './inputs/bad.ts';
import type { InputKind } from './inputs/bad.ts';
import { Trier } from './inputs/try.ts';
import type { Fault } from './inputs/try.ts';
import { validInputs } from './inputs/valid.ts';
import { Random } from './random.ts';

export interface CaseRequest {
  readonly seed: number;
  readonly number: number;
}

export type ChildMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'begun'; readonly kind: InputKind; readonly how: string }
  | { readonly type: 'ended'; readonly faults: readonly Fault[] };

function send(message: ChildMessage): void {
  process.send?.(message);
}

export async function main(): Promise<number> {
  const valid = await validInputs();
  let trier = await Trier.open('bad-inputs-0');
  /** Faults that nobody waited for, of the case at hand. */
  let stray: Fault[] = [];
  process.removeAllListeners('unhandledRejection');
  for (const event of ['unhandledRejection', 'uncaughtException']) {
    process.on(event, (thrown: unknown) => {
      const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      stray.push({ kind: 'untyped', what: `${event}: ${what}` });
    });
  }
  const answer = async ({ seed, number }: CaseRequest): Promise<void> => {
    stray = [];
    const input = badInput(valid, new Random(seed, 'input', number));
    send({ type: 'begun', kind: input.kind, how: input.how });
    let faults: readonly Fault[];
    try {
      faults = await trier.try(input);
    } catch (thrown) {
      const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      faults = [{ kind: 'untyped', what }];
      trier.close();
      trier = await Trier.open(`bad-inputs-${seed}-${number}`);
    }
    // What was thrown aside comes a turn of the event loop later.
    await new Promise((resolve) => setTimeout(resolve, 1));
    send({ type: 'ended', faults: [...faults, ...stray] });
  };
  process.on('message', (request: CaseRequest) => void answer(request));
  send({ type: 'ready' });
  await new Promise((resolve) => process.once('disconnect', resolve));
  return 0;
}
