/** Holds the worker of a test to its contract: a call ends with no fault that it does not list. */
import { calls, type CallKind } from '../../contract/contract.ts';
import { anyCall } from '../../contract/faults.ts';
import { englishAreas } from '../../faults/en/english.ts';
import { asStudioError } from '../../faults/fault.ts';
import type { Handlers } from '../dispatcher.ts';

const areas: Readonly<Record<string, object>> = englishAreas;

/** Whether a call lists a fault, by its code or by its area. */
export function mayEndWith(kind: CallKind, code: string): boolean {
  return [...calls[kind].fails, ...anyCall].some(
    (listed) => listed === code || Object.hasOwn(areas[listed] ?? {}, code),
  );
}

/** The same handlers, but a fault that the call does not list fails the test, whatever the test checks. */
export function heldToContract(handlers: Handlers): Handlers {
  const held = Object.entries(handlers).map(([kind, handler]) => [
    kind,
    (input: never): Promise<unknown> =>
      handler(input).catch((thrown: unknown) => {
        const { code } = asStudioError(thrown);
        if (!mayEndWith(kind as CallKind, code)) unlisted(kind, code, thrown);
        throw thrown;
      }),
  ]);
  return Object.fromEntries(held) as Handlers;
}

/** Throws where nobody can catch it, so that the whole test run fails and names the fault. */
function unlisted(kind: string, code: string, cause: unknown): void {
  setTimeout(() => {
    throw new Error(`${kind} ended with ${code}, which its contract does not list`, { cause });
  }, 0);
}
