/**
 * Checks messages where they arrive: at the worker's end the whole request, at the page's end the type of what
 * comes back and the fields that are read first.
 */
import { z } from 'zod';
import { calls, events, type CallKind, type FromWorker, type Request } from './contract.ts';
import { faultHead } from './fields.ts';

const envelope = z.strictObject({ id: z.int(), kind: z.string(), input: z.unknown() });

export type ParsedRequest =
  | { readonly ok: true; readonly request: Request }
  /** `id` is null where not even that could be read: then nobody can be answered. */
  | { readonly ok: false; readonly id: number | null; readonly reason: string };

function isCallKind(name: string): name is CallKind {
  return Object.hasOwn(calls, name);
}

export function parseRequest(message: unknown): ParsedRequest {
  const outer = envelope.safeParse(message);
  if (!outer.success) return { ok: false, id: null, reason: 'it is no request' };
  const { id, kind, input } = outer.data;
  if (!isCallKind(kind)) return { ok: false, id, reason: `"${kind}" is no call` };
  const inner = calls[kind].takes.safeParse(input);
  if (!inner.success) {
    const issue = inner.error.issues[0];
    const place = [kind, ...(issue?.path ?? [])].join('.');
    return { ok: false, id, reason: `${place}: ${issue?.message ?? 'wrong shape'}` };
  }
  // The table is typed by kind; the pair cannot be expressed to the compiler once more here.
  return { ok: true, request: { id, kind, input: inner.data } as Request };
}

const typed = z.object({ type: z.string() });

const heads: Readonly<Record<string, z.ZodType>> = {
  ...Object.fromEntries(Object.entries(events).map(([type, { head }]) => [type, head])),
  result: z.object({ id: z.int() }),
  failure: z.object({ id: z.int(), error: faultHead }),
};

/** What the worker sent, or null when it is nothing the page knows. */
export function parseFromWorker(message: unknown): FromWorker | null {
  const { data } = typed.safeParse(message);
  const head = data && Object.hasOwn(heads, data.type) ? heads[data.type] : undefined;
  return head?.safeParse(message).success ? (message as FromWorker) : null;
}
