/** What page and worker say to each other about data sets. */
import { z } from 'zod';
import { recipeSchema } from '../engine/training/recipe/recipe.ts';
import type { CanaryMark } from '../engine/evaluation/memorisation/planting.ts';
import type { NearDuplicateReport } from '../engine/evaluation/trust/near-duplicate-report.ts';
import type { RowFaultData } from '../faults/catalogue/rows.ts';
import type { Finding } from '../formats/records/record-findings.ts';
import type { KnownColumns } from '../formats/records/known-columns.ts';
import type { FieldSample, FileInspection, TriedFile } from '../formats/records/record-inspect.ts';
import {
  ANSWER_READINGS,
  REASONING_USES,
  DATA_KINDS,
  type AnswerReading,
  type FieldMapping,
  type FilePlace,
  type ReadingChoices,
  type RecordMessage,
  type ReasoningUse,
  type DataKind,
  type RecordShape as FileShape,
} from '../formats/records/record-types.ts';
import type { IdentifierReport } from '../text/identifiers/replace/report.ts';
import { takes } from './call.ts';
import { readingRows, readingTexts } from './faults.ts';
import { count, file, id, task } from './fields.ts';

export type {
  IdentifierReport,
  AnswerReading,
  CanaryMark,
  DataKind,
  FieldMapping,
  FieldSample,
  FileInspection,
  FilePlace,
  Finding,
  KnownColumns,
  ReadingChoices,
  ReasoningUse,
  TriedFile,
};

/** `mapped`: the person said which field holds what. */
export type RecordShape = FileShape | 'mapped';

/** A line that was left out or that has a finding, with its place and the reason. */
export interface LineProblem extends FilePlace {
  readonly file: string;
  /** Column, from 1, where it is known. */
  readonly column: number | null;
  readonly code: string;
  readonly reason: string;
  /** The values that `reason` names, to say it in another language. */
  readonly data?: RowFaultData;
  /** The record was kept all the same. */
  readonly kept?: true;
}

/** What a search for identifiers found in a set; the findings lie in a file. */
export interface IdentifiersLooked {
  readonly at: number;
  readonly findings: number;
  /** Records in which something was found. */
  readonly withAny: number;
}

export interface DataSetSummary {
  readonly id: string;
  readonly name: string;
  /** The name of its file, where the set has another; records without a task have it as their task. */
  readonly importedAs?: string;
  readonly kind: DataKind;
  /** The kind was guessed from the records, and nobody has said otherwise. */
  readonly kindGuessed?: true;
  /** It came with the studio. */
  readonly sample?: true;
  /** It plants canaries, which follow from this mark; no record of it is kept for validation or leaves as data. */
  readonly canaries?: CanaryMark;
  /** It was searched for identifiers. */
  readonly identifiers?: IdentifiersLooked;
  /** It was searched for near-duplicates. */
  readonly near?: NearDuplicates;
  /** Questions of evaluations were looked for in it. */
  readonly questions?: QuestionsLooked;
  /** It was made from the records of another set by replacing identifiers. */
  readonly replaced?: IdentifierReport;
  /** Rows of its table have other numbers than the lines they begin on, because cells hold line breaks. */
  readonly tableRows?: true;
  /** Which column was read as what, and the columns of the file; absent where the shape of the records says it. */
  readonly columns?: KnownColumns;
  /** The shape of most records. */
  readonly shape: RecordShape;
  /** All shapes that occur, most frequent first. */
  readonly shapes?: readonly RecordShape[];
  readonly records: number;
  readonly bytes: number;
  /** Number of lines left out; the list itself is read with `data.problems`. */
  readonly problems: number;
  /** Lines that were kept but have a finding; they are in the list too. */
  readonly notes?: number;
  /** Entries of the list by their code. */
  readonly problemCounts?: Readonly<Record<string, number>>;
  /** Other contents of the file: unused fields, answers not to be trained on, reasoning. */
  readonly findings?: readonly Finding[];
  /** Names of tasks that occur, most frequent first; at most a few hundred. */
  readonly tasks: readonly string[];
  /** How many tasks occur. */
  readonly taskCount?: number;
  readonly createdAt: number;
  /** SHA-256 of the normalised records, hex. */
  readonly fingerprint: string;
}

export type Message = RecordMessage;

export interface DataRow extends FilePlace {
  readonly index: number;
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
  /** Where a record that is too long was cut: how many tokens are missing before the token at `at`. */
  readonly cuts: readonly { readonly at: number; readonly tokens: number }[];
  readonly targets: number;
  /** The answers allowed, where the file says so. */
  readonly choices: readonly string[] | null;
}

/** What the limit on their length does to records. */
export interface CutCounts {
  /** Records that lose a part of their prompt, and of their answer. */
  readonly promptCut: number;
  readonly answerCut: number;
  /** Records that keep no target, */
  readonly nothing: number;
  /** and records that keep less than half of themselves or of their prompt. */
  readonly little: number;
  /** The length at which all but a few giant records teach enough; null where no longer one helps. */
  readonly enough: number | null;
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
  /** Records that lose something at `maxLength`, and records left without any target token. */
  readonly truncated: number;
  readonly withoutTargets: number;
  readonly cut: CutCounts;
  /** Tokens that the records need, giants aside, to teach more than little, */
  readonly needed: number;
  /** and to stay whole. */
  readonly usualLongest: number;
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

/** What a search for near-duplicates found of a set; of each pair of sets, one keeps what it has in common. */
export interface NearDuplicates extends NearDuplicateReport {
  readonly at: number;
}

/** What a set holds of one list of questions. */
export interface QuestionsHeld {
  /** SHA-256 of the questions, by which evaluations keep them; and the files they came from, none for the studio's own. */
  readonly itemsId: string;
  readonly files: readonly string[];
  readonly questions: number;
  /** Those that were looked for, from the front: fewer where all lists together are too long. */
  readonly compared: number;
  /** Of these, those too short for a run of words: only their whole text was compared. */
  readonly short: number;
  /** Questions that come up in the set: in all, by a run of words, and nearly whole. */
  readonly held: number;
  readonly ngram: number;
  readonly near: number;
  /** The first of them by their places, each with the first record that holds it. */
  readonly examples: readonly { readonly place: number; readonly row: number }[];
}

/** Which questions a set holds of those that evaluations kept when it was compared. */
export interface QuestionsLooked {
  readonly at: number;
  readonly lists: readonly QuestionsHeld[];
}

/** Progress of an import, ten times a second at most. */
export interface ImportedSoFar {
  readonly task: string;
  /** The current file: its name, its place among the files from 0, and how many there are. */
  readonly file: string;
  readonly place: number;
  readonly files: number;
  /** Of all files together. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Of the current file. */
  readonly records: number;
  readonly problems: number;
  /** The file is read, and its records are compared; how far that is, 0 … 1. */
  readonly comparing?: number;
}

const page = count.max(1000);
const field = z.string().max(1000);

const mapping: z.ZodType<FieldMapping> = z
  .strictObject({
    instruction: z.string().trim().min(1).max(10_000).exactOptional(),
    prompt: field.exactOptional(),
    turns: field.exactOptional(),
    response: field.exactOptional(),
    input: field.exactOptional(),
    system: field.exactOptional(),
    reasoning: field.exactOptional(),
    task: field.exactOptional(),
    choices: z.array(field).min(1).max(26).exactOptional(),
    answer: field.exactOptional(),
  })
  .refine(({ instruction, prompt, turns, input, response, answer, choices }) => {
    if (turns !== undefined) return true;
    const answered = response !== undefined || (answer !== undefined && choices !== undefined);
    const asked = prompt !== undefined || (instruction !== undefined && input !== undefined);
    return asked && answered;
  }, 'says nothing of a question and its answer');

/** Mappings by which files of questions are read where their columns are the same. */
export const knownColumns: z.ZodType<readonly KnownColumns[]> = z
  .array(z.strictObject({ fields: z.string().max(100_000), mapping }))
  .max(100)
  .readonly();

const reading: z.ZodType<ReadingChoices> = z.strictObject({
  answers: z.enum(ANSWER_READINGS).exactOptional(),
  reasoning: z.enum(REASONING_USES).exactOptional(),
});

/** A data set as a recipe turns it into tokens for a model. */
const encoding = {
  id,
  modelId: id,
  labels: recipeSchema.shape.labels,
  reasoning: recipeSchema.shape.reasoning,
  truncation: recipeSchema.shape.truncation,
  maxLength: recipeSchema.shape.batch.shape.maxLength,
};

const inList = { id, from: count, count: page };

export const dataCalls = {
  /** Looks at the beginning of a file: its shape, or its fields where the shape is not known. */
  'data.inspect': takes({ file }).fails('files').gives<FileInspection>(),
  /** The first records of a file as an import would give them; a null mapping follows the file's shape. */
  'data.try': takes({
    file,
    mapping: mapping.nullable(),
    choices: reading,
    count: count.max(20),
  })
    .fails('files')
    .gives<TriedFile>(),
  /** Bad lines never fail an import. Progress comes as `data.progress` events with `task`. */
  'data.import': takes({
    files: z.array(file).min(1).readonly(),
    /** `mappings[i]`, where it is given and not null, says how to read `files[i]`. */
    mappings: z.array(mapping.nullable()).readonly().optional(),
    /** Further choices that a person made for each file. */
    choices: z.array(reading).readonly().optional(),
    /** The kind of each set; null and absent: guessed from its records. */
    kinds: z.array(z.enum(DATA_KINDS).nullable()).readonly().optional(),
    /** Whether identifiers are looked for on the way; the records stay as they are. */
    identifiers: z.boolean().optional(),
    /** Whether each set is compared with itself and with all that are there. */
    nearDuplicates: z.boolean().optional(),
    task,
  })
    .fails(...readingRows, 'data-set-empty', 'data-set-in-use', 'storage-changing', 'cancelled')
    .gives<readonly DataSetSummary[]>(),
  /**
   * The sample data sets: with `most`, the first records of each; with `longest` only those of at most so many
   * characters, and only sets that have `most` of them.
   */
  'data.samples': takes({
    most: z.int().min(1).exactOptional(),
    longest: z.int().min(1).exactOptional(),
    nearDuplicates: z.boolean().exactOptional(),
    task,
  })
    .fails(
      ...readingRows,
      'public-file-missing',
      'data-set-empty',
      'data-set-in-use',
      'storage-changing',
      'cancelled',
    )
    .gives<readonly DataSetSummary[]>(),
  'data.list': takes({}).gives<readonly DataSetSummary[]>(),
  'data.setKind': takes({ id, kind: z.enum(DATA_KINDS) })
    .fails('data-set-missing')
    .gives<DataSetSummary>(),
  'data.rename': takes({ id, name: z.string().trim().min(1).max(200) })
    .fails('data-set-missing')
    .gives<DataSetSummary>(),
  'data.remove': takes({ id }).fails('data-set-in-use').gives<null>(),
  'data.rows': takes(inList)
    .fails(...readingRows)
    .gives<readonly DataRow[]>(),
  'data.problems': takes(inList)
    .fails(...readingRows)
    .gives<readonly LineProblem[]>(),
  /** Problems by their places in the list. */
  'data.problemsAt': takes({ id, places: z.array(count).max(1000).readonly() })
    .fails(...readingRows)
    .gives<readonly LineProblem[]>(),
  /** Rows, or places of problems, that contain a text; problems also match by code. */
  'data.find': takes({
    id,
    list: z.enum(['records', 'problems']),
    text: z.string().max(1000),
    code: z.string().max(100).nullable(),
    task,
  })
    .fails(...readingRows, 'storage-changing', 'cancelled')
    .gives<Uint32Array>(),
  /** Compares every record of these sets with every other, within each and between them; keeps it with the sets. */
  'data.nearDuplicates': takes({ ids: z.array(id).min(1).max(1000).readonly(), task })
    .fails(...readingRows, 'storage-changing', 'cancelled')
    .gives<readonly DataSetSummary[]>(),
  /** What questions ask, by their places in a list that a set was compared with; null where they are gone. */
  'data.questions': takes({ itemsId: id, places: z.array(count).max(1000).readonly() }).gives<
    readonly (string | null)[]
  >(),
  /** How a run with these sets, in this order, would divide them. */
  'data.split': takes({
    ids: z.array(id).readonly(),
    seed: recipeSchema.shape.seed,
    validation: recipeSchema.shape.validation.pick({
      fraction: true,
      maxRecords: true,
      minRecords: true,
    }),
  })
    .fails('data-set-missing')
    .gives<readonly SetSplit[]>(),
  'data.render': takes({ ...encoding, index: count })
    .fails(...readingTexts, ...readingRows, 'row-missing')
    .gives<RenderedRecord>(),
  /** Counts a sample of a large set, unless `all` is set; then the call is a task. */
  'data.histogram': takes({ ...encoding, all: z.boolean(), task })
    .fails(...readingTexts, ...readingRows, 'storage-changing')
    .gives<LengthHistogram>(),
};
