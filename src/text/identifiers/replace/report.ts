/** What is kept of a replacement: counts only, no text that was replaced. */
import { z } from 'zod';
import { IDENTIFIER_KINDS, type IdentifierKind } from '../kinds.ts';
import { WAYS, type ReplacementReport, type Way, type Ways } from './replacer.ts';

/** What became of the findings of one kind. */
export interface KindReplaced {
  readonly way: Way;
  readonly found: number;
  readonly replaced: number;
  /** Findings that a person looked at and kept as they are. */
  readonly kept: number;
  /** Findings of which a person said that they be replaced; all others were replaced without a look. */
  readonly accepted: number;
  /** Different texts among those replaced. */
  readonly different: number;
}

export interface IdentifierReport {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** The version of the studio, and with it of the finder. */
  readonly studio: string;
  readonly records: number;
  /** Records in which something was replaced. */
  readonly changed: number;
  /** Kinds that were found. */
  readonly kinds: Readonly<Partial<Record<IdentifierKind, KindReplaced>>>;
}

const count = z.int().min(0);

export const reportSchema: z.ZodType<IdentifierReport> = z.strictObject({
  at: z.number().min(0).max(1e16),
  studio: z.string().max(100),
  records: count,
  changed: count,
  kinds: z.partialRecord(
    z.enum(IDENTIFIER_KINDS),
    z.strictObject({
      way: z.enum(WAYS),
      found: count,
      replaced: count,
      kept: count,
      accepted: count,
      different: count,
    }),
  ),
}) as z.ZodType<IdentifierReport>;

/** What a person decided of the findings of one kind. */
export type KindDecided = Pick<KindReplaced, 'found' | 'kept' | 'accepted'>;

export interface Replaced {
  readonly done: ReplacementReport;
  readonly ways: Ways;
  /** The version of the studio. */
  readonly studio: string;
  /** Absent where nobody was asked: then everything that was found went to the replacer. */
  readonly decided?: Readonly<Partial<Record<IdentifierKind, KindDecided>>>;
}

/** The report of a replacement that is done now. */
export function reportOf({ done, ways, studio, decided }: Replaced): IdentifierReport {
  const kinds: Partial<Record<IdentifierKind, KindReplaced>> = {};
  for (const kind of IDENTIFIER_KINDS) {
    const { found = 0, replaced = 0, different = 0 } = done.kinds[kind] ?? {};
    const counted = decided ? decided[kind] : { found, kept: 0, accepted: 0 };
    if (!counted || counted.found === 0) continue;
    kinds[kind] = { way: ways[kind], ...counted, replaced, different };
  }
  return { at: Date.now(), studio, records: done.records, changed: done.changed, kinds };
}
