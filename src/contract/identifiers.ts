/** What page and worker say to each other about identifiers in the records of a data set. */
import { z } from 'zod';
import {
  CERTAINTIES,
  IDENTIFIER_KINDS,
  type Certainty,
  type IdentifierKind,
  type Reason,
} from '../text/identifiers/kinds.ts';
import { WAYS, type MappingEntry, type Way } from '../text/identifiers/replace/replacer.ts';
import { takes } from './call.ts';
import type { DataSetSummary } from './data.ts';
import { readingRows } from './faults.ts';
import { count, file, id, task, type MadeFile } from './fields.ts';

export type { Certainty, IdentifierKind, MappingEntry, Reason, Way };

/** What was decided of a finding. The order is stored: `open` findings, too, are replaced. */
export const DECISIONS = ['open', 'replace', 'keep'] as const;
export type Decision = (typeof DECISIONS)[number];
export type Ways = Readonly<Record<IdentifierKind, Way>>;

/** How many findings are alike in everything that a list can be filtered by. */
export interface FindingCount {
  readonly kind: IdentifierKind;
  readonly certainty: Certainty;
  readonly language: 'en' | 'zh';
  readonly decision: Decision;
  readonly count: number;
}

/** A finding in its sentence. */
export interface FindingInSentence {
  /** Its place among all findings of the set. */
  readonly place: number;
  readonly row: number;
  readonly kind: IdentifierKind;
  readonly certainty: Certainty;
  readonly reason: Reason;
  readonly decision: Decision;
  readonly before: string;
  readonly text: string;
  readonly after: string;
}

/** A part of a message that is an identifier, with what would stand for it. */
export interface FindingInMessage {
  readonly place: number;
  readonly start: number;
  readonly end: number;
  readonly kind: IdentifierKind;
  readonly certainty: Certainty;
  readonly reason: Reason;
  readonly decision: Decision;
  /** Null where it stays; `to`: where the text goes on after it. */
  readonly replacement: string | null;
  readonly to: number;
}

/** A whole record with everything found in it. */
export interface RecordWithFindings {
  readonly row: number;
  readonly line: number;
  readonly messages: readonly {
    /** `choice`: an answer that the record allows. */
    readonly role: string;
    readonly text: string;
    readonly findings: readonly FindingInMessage[];
  }[];
}

/** Decisions as they were before a change. */
export interface DecisionsBefore {
  readonly places: Uint32Array;
  /** A number of DECISIONS for each place. */
  readonly before: Uint8Array;
}

/** What is made of a set whose identifiers are replaced. */
export interface ReplacedSet {
  readonly set: DataSetSummary;
  /** Nobody but the person keeps it: the original may go only once it is saved. */
  readonly mapping: MadeFile | null;
}

const kind = z.enum(IDENTIFIER_KINDS);
const decision = z.enum(DECISIONS);
const ways: z.ZodType<Ways> = z.record(kind, z.enum(WAYS));
const reading = [...readingRows, 'identifiers-not-looked', 'storage-changing'] as const;
/** A person does not choose a longer one; the key is derived from all of it. */
const passphrase = z.string().max(1000);

export const identifierCalls = {
  /** Looks for identifiers in prompts and answers of a data set and keeps where they stand; records stay as they are. */
  'identifiers.look': takes({ id, task })
    .fails(...readingRows, 'storage-changing', 'cancelled')
    .gives<DataSetSummary>(),
  'identifiers.counts': takes({ id })
    .fails(...reading)
    .gives<readonly FindingCount[]>(),
  /** Places of findings, in the order of the records. Null lets all pass; `text` is looked for in the identifiers. */
  'identifiers.select': takes({
    id,
    kind: kind.nullable(),
    certainty: z.enum(CERTAINTIES).nullable(),
    language: z.enum(['en', 'zh']).nullable(),
    decision: decision.nullable(),
    text: z.string().max(1000),
    task,
  })
    .fails(...reading, 'cancelled')
    .gives<Uint32Array>(),
  'identifiers.findings': takes({ id, places: z.array(count).max(200).readonly() })
    .fails(...reading)
    .gives<readonly FindingInSentence[]>(),
  'identifiers.record': takes({ id, row: count, ways })
    .fails(...reading, 'row-missing')
    .gives<RecordWithFindings>(),
  /** Decides of one finding or, with `form`, of all with its kind and text; gives what was decided before. */
  'identifiers.decide': takes({ id, place: count, form: z.boolean(), decision })
    .fails(...reading)
    .gives<DecisionsBefore>(),
  /** Takes decisions back; gives those that stood until then, so that this can be taken back too. */
  'identifiers.restore': takes({
    id,
    places: z.custom<Uint32Array>((value) => value instanceof Uint32Array),
    before: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  })
    .fails(...reading)
    .gives<DecisionsBefore>(),
  /**
   * Makes a data set with the identifiers replaced; the original stays. @param passphrase encrypts a mapping back to
   * the originals; null keeps none
   */
  'identifiers.replace': takes({
    id,
    ways,
    name: z.string().trim().min(1).max(200),
    passphrase: passphrase.nullable(),
    task,
  })
    .fails(...reading, 'mapping-passphrase-short', 'cancelled')
    .gives<ReplacedSet>(),
  /** Reads a mapping that was saved. */
  'identifiers.openMapping': takes({ file, passphrase })
    .fails('files', 'mapping-unreadable', 'mapping-passphrase-wrong')
    .gives<readonly MappingEntry[]>(),
};
