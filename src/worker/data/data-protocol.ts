/**
 * What page and worker say to each other about data sets. Part of the protocol (protocol.ts); types only.
 */
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { Finding } from '../../formats/records/record-findings.ts';
import type { FileInspection, TriedFile } from '../../formats/records/record-inspect.ts';
import type {
  FieldMapping,
  ProblemData,
  ReadingChoices,
  RecordShape as FileShape,
} from '../../formats/records/record-types.ts';

export type { Finding } from '../../formats/records/record-findings.ts';
export type {
  FieldSample,
  FileInspection,
  TriedFile,
} from '../../formats/records/record-inspect.ts';
export type {
  AnswerReading,
  FieldMapping,
  ProblemData,
  ReadingChoices,
  ReasoningUse,
} from '../../formats/records/record-types.ts';

export type DataKind = 'knowledge' | 'alignment';

/** `mapped`: the person said which field holds what. */
export type RecordShape = FileShape | 'mapped';

/** One line that was not taken over, or that something was found in, with its place and the reason. */
export interface LineProblem {
  readonly file: string;
  /** Physical line, from 1. */
  readonly line: number;
  /** Column, from 1, where it is known. */
  readonly column: number | null;
  readonly code: string;
  readonly reason: string;
  /** The values that `reason` names, to say it in another language. */
  readonly data?: ProblemData;
  /** The record was kept all the same. */
  readonly kept?: true;
}

export interface DataSetSummary {
  readonly id: string;
  readonly name: string;
  readonly kind: DataKind;
  /** The kind was guessed from the records, and nobody has said otherwise. */
  readonly kindGuessed?: true;
  /** The shape of most records. */
  readonly shape: RecordShape;
  /** All shapes that occur, most frequent first. */
  readonly shapes?: readonly RecordShape[];
  readonly records: number;
  readonly bytes: number;
  /** Number of lines left out; the list itself is read with `data.problems`. */
  readonly problems: number;
  /** Lines in which something was found although they were kept; they are in the list too. */
  readonly notes?: number;
  /** Entries of the list by their code. */
  readonly problemCounts?: Readonly<Record<string, number>>;
  /** What the file holds besides: fields that were not used, answers not to be trained on, reasoning. */
  readonly findings?: readonly Finding[];
  /** Names of tasks that occur, most frequent first; at most a few hundred. */
  readonly tasks: readonly string[];
  /** How many tasks occur. */
  readonly taskCount?: number;
  readonly createdAt: number;
  /** SHA-256 of the normalised records, hex. */
  readonly fingerprint: string;
}

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
  /** An answer that the file excludes from training: it is read but is no target. */
  readonly train?: false;
  /** So many UTF-16 units at the beginning of an answer (its reasoning) are read but are no targets. */
  readonly untrained?: number;
}

export interface DataRow {
  readonly index: number;
  readonly line: number;
  readonly task: string;
  readonly messages: readonly Message[];
  /** The answers allowed, where the file says so. */
  readonly choices?: readonly string[];
}

/** One record as the model will read it: pieces of text in order, each marked target or not. */
export interface RenderedRecord {
  readonly tokens: readonly {
    readonly id: number;
    readonly text: string;
    readonly target: boolean;
  }[];
  readonly truncated: boolean;
  readonly targets: number;
  /** The answers allowed, where the file says so. */
  readonly choices: readonly string[] | null;
}

export interface LengthHistogram {
  /** Records that were counted: all of the set, or a sample spread evenly over it. */
  readonly counted: number;
  readonly records: number;
  /** Tokens per bin. */
  readonly binWidth: number;
  readonly counts: readonly number[];
  readonly longest: number;
  readonly median: number;
  readonly totalTokens: number;
  readonly maxLength: number;
  /** Records cut off at `maxLength`, and records left without any target token. */
  readonly truncated: number;
  readonly withoutTargets: number;
  /** Records that tokenizer or template refuse; they have no length. */
  readonly refused: number;
}

/** How the records of one set are divided. */
export interface SetSplit {
  readonly id: string;
  readonly training: number;
  readonly validation: number;
  /** Rows kept apart to measure on, in order. */
  readonly rows: Uint32Array;
}

/** Progress of an import, ten times a second at most. */
export interface ImportEvent {
  readonly type: 'data.progress';
  readonly task: string;
  /** The file at hand: its name, its place among the files from 0, and how many there are. */
  readonly file: string;
  readonly place: number;
  readonly files: number;
  /** Of all files together. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Of the file at hand. */
  readonly records: number;
  readonly problems: number;
}

type Encoding = {
  id: string;
  modelId: string;
  labels: Recipe['labels'];
  reasoning?: Recipe['reasoning'];
  maxLength: number;
};

export interface DataCalls {
  /** Looks at the beginning of a file: its shape, or its fields where none is recognised. */
  'data.inspect': { in: { file: File }; out: FileInspection };
  /** The first records of a file as they would be imported; a mapping of null: as the file's shape is. */
  'data.try': {
    in: { file: File; mapping: FieldMapping | null; choices: ReadingChoices; count: number };
    out: TriedFile;
  };
  /**
   * Bad lines never fail an import. Progress comes as `data.progress` events with `task`.
   * `mappings[i]`, where it is given and not null, says how to read `files[i]`.
   */
  'data.import': {
    in: {
      files: readonly File[];
      mappings?: readonly (FieldMapping | null)[] | undefined;
      /** What a person said of each file besides. */
      choices?: readonly ReadingChoices[] | undefined;
      task: string;
    };
    out: readonly DataSetSummary[];
  };
  'data.samples': { in: { task: string }; out: readonly DataSetSummary[] };
  'data.list': { in: Record<string, never>; out: readonly DataSetSummary[] };
  'data.setKind': { in: { id: string; kind: DataKind }; out: DataSetSummary };
  'data.remove': { in: { id: string }; out: null };
  'data.rows': { in: { id: string; from: number; count: number }; out: readonly DataRow[] };
  'data.problems': {
    in: { id: string; from: number; count: number };
    out: readonly LineProblem[];
  };
  /** Problems by their places in the list. */
  'data.problemsAt': {
    in: { id: string; places: readonly number[] };
    out: readonly LineProblem[];
  };
  /** Rows, or places of problems, that hold a text; of problems also by code. */
  'data.find': {
    in: {
      id: string;
      list: 'records' | 'problems';
      text: string;
      code: string | null;
      task: string;
    };
    out: Uint32Array;
  };
  /** How a run with these sets, in this order, would divide them. */
  'data.split': {
    in: {
      ids: readonly string[];
      seed: number;
      validation: Pick<Recipe['validation'], 'fraction' | 'maxRecords'>;
    };
    out: readonly SetSplit[];
  };
  'data.render': { in: Encoding & { index: number }; out: RenderedRecord };
  /** Of a large set a sample is counted, unless `all` is asked for; then it is a task. */
  'data.histogram': { in: Encoding & { all: boolean; task: string }; out: LengthHistogram };
}
