/** Reads what came back, at the page's end: by its type and the fields that are read first. */
import { z } from 'zod';
import type { FromWorker } from '../contract.ts';
import { events } from '../events.ts';
import { faultHead } from '../fields.ts';

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
