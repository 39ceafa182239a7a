/** Hands each call to its handler. */
import { asStudioError, fault, type StudioError } from '../faults/fault.ts';
import { withKept } from './fault-words.ts';
import type { CallInput, CallKind, CallOutput, FromWorker, Request } from '../contract/contract.ts';
import { parseRequest } from '../contract/arrival/messages.ts';

/** One function per call. */
export type Handlers = {
  readonly [K in CallKind]: (input: CallInput<K>) => Promise<CallOutput<K>>;
};

/** The handlers for one table of calls. */
export type HandlersOf<Table> = Pick<Handlers, keyof Table & CallKind>;

function invalidRequest(reason: string): StudioError {
  return fault('request-invalid', { detail: reason }, { kept: 'stored' });
}

async function answer(handlers: Handlers, request: Request): Promise<unknown> {
  // `request` was parsed with the schema of its kind, so handler and input belong together.
  const handler = handlers[request.kind] as (input: unknown) => Promise<unknown>;
  return handler(request.input);
}

/**
 * Takes messages and posts exactly one answer for each that can be answered; whatever a handler throws
 * becomes a typed failure.
 * @param handlers gives a promise, because storage must be opened first; calls wait for it
 */
export function createDispatcher(
  handlers: () => Promise<Handlers>,
  post: (message: FromWorker) => void,
): (message: unknown) => Promise<void> {
  return async (message) => {
    const parsed = parseRequest(message);
    if (!parsed.ok) {
      const error = invalidRequest(parsed.reason).describe();
      post(
        parsed.id === null
          ? { type: 'device.fault', error }
          : { type: 'failure', id: parsed.id, error },
      );
      return;
    }
    const { request } = parsed;
    try {
      const output = await answer(await handlers(), request);
      post({ type: 'result', id: request.id, output });
    } catch (thrown) {
      const error = withKept(request.kind, asStudioError(thrown));
      post({ type: 'failure', id: request.id, error: error.describe() });
    }
  };
}
