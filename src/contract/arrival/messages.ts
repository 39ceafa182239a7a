/** Reads a request where it arrives, at the worker's end: whole. */
import { z } from 'zod';
import { calls, type CallKind, type Request } from '../contract.ts';

const envelope = z.strictObject({ id: z.int(), kind: z.string(), input: z.unknown() });

export type ParsedRequest =
  | { readonly ok: true; readonly request: Request }
  /** `id` is null where even that could not be read: then nobody can be answered. */
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
  // The table is typed by kind; TypeScript cannot express the pair here again.
  return { ok: true, request: { id, kind, input: inner.data } as Request };
}
