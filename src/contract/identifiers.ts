/** What page and worker say to each other about identifiers in the records of a data set. */
import type { IdentifierKind } from '../text/identifiers/kinds.ts';
import { takes } from './call.ts';
import { readingRows } from './faults.ts';
import { id, task } from './fields.ts';

/** How often a kind was found. */
export interface KindFound {
  readonly found: number;
  /** Of these, findings that a person should look at first. */
  readonly unsure: number;
}

export interface IdentifiersFound {
  readonly records: number;
  /** Records in which something was found. */
  readonly withAny: number;
  /** Kinds that occur. */
  readonly kinds: Readonly<Partial<Record<IdentifierKind, KindFound>>>;
}

export const identifierCalls = {
  /** Looks for identifiers in prompts and answers of a data set; nothing is changed or stored. */
  'identifiers.count': takes({ id, task })
    .fails(...readingRows, 'storage-changing', 'cancelled')
    .gives<IdentifiersFound>(),
};
