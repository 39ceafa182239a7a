/** What shortcut checks found of a run's states, as an archive must hold it. */
import { z } from 'zod';
import type { ArchivedShortcut } from '../contract/run-origin.ts';
import { SHORTCUT_SAYS } from '../engine/evaluation/shortcuts/shortcut-report.ts';
import { SHORTCUTS } from '../engine/evaluation/shortcuts/variations.ts';
import { differenceSchema } from './archive-scores.ts';

const text = z.string().max(400);
const count = z.int().min(0);
const share = z.number().min(0).max(1);

const shortcut: z.ZodType<ArchivedShortcut> = z.strictObject({
  snapshot: z.string().min(1).max(200),
  label: text,
  tasks: z.array(text).max(1000),
  shortcut: z.enum(SHORTCUTS),
  items: count,
  rightBefore: count,
  rightAfter: count,
  changed: count,
  interval: z.strictObject({ low: share, high: share }).nullable(),
  difference: differenceSchema.nullable(),
  chance: share,
  says: z.enum(SHORTCUT_SAYS),
});

export const shortcutsSchema = z.array(shortcut).max(10_000);
