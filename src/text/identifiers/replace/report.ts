/** What is kept of a replacement: counts only, no text that was replaced. */
import { z } from 'zod';
import { IDENTIFIER_KINDS, type IdentifierKind } from '../kinds.ts';
import { WAYS, type Way } from './replacer.ts';

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
