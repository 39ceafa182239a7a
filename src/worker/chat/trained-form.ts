/** How the prompts of a run's records look, so that a conversation can begin as they do. */
import type { TrainedForm } from '../../contract/chat.ts';
import type { DataSetSummary, Message } from '../../contract/data.ts';
import { importRecords } from '../../formats/records/records.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { WorkerContext } from '../context.ts';
import { listSamples, SAMPLES } from '../data/samples.ts';
import { setsOf } from '../evaluation/run-questions.ts';

/** Records of a set that are looked at. */
const LOOKED_AT = 50;
/** Longest prompt that is offered, in characters. */
const LONGEST_PROMPT = 1500;

/** A record, as far as its prompt goes. */
interface Asked {
  readonly system: string;
  readonly prompt: string;
}

/** Records of one set, and which of them the run was not trained on. */
interface Looked {
  readonly name: string;
  readonly records: readonly Asked[];
  readonly apart: readonly Asked[];
  /** Said by the person who imported the set. */
  readonly instruction: string | undefined;
}

type Stored = Pick<WorkerContext, 'storage' | 'publicFiles'>;

/**
 * Looks at the first records of each set of a run. Sets that are not here are passed over, unless they came with the
 * studio. @throws StudioError `run-missing`, and as reading rows does
 */
export async function trainedForm(context: Stored, runId: string): Promise<TrainedForm> {
  const looked = await lookAt(context, runId);
  const prompts = looked.flatMap(({ name, records, apart }) => {
    const short = shortest(apart) ?? shortest(records);
    return short === null ? [] : [{ dataSet: name, text: short }];
  });
  return {
    systems: grouped(looked, ({ records }) => usual(records.map(({ system }) => system))),
    instructions: grouped(looked, instructionOf),
    prompts,
  };
}

async function lookAt(context: Stored, runId: string): Promise<Looked[]> {
  const { storage } = context;
  const { dataSetIds, origin } = (await storage.runs.get(runId)).summary;
  const apart = new Map(
    (await setsOf(storage, runId)).map(({ set, apart: kept }) => [set.id, [...kept]]),
  );
  const here = new Map((await storage.dataSets.list()).map((set) => [set.id, set]));
  const looked: Looked[] = [];
  for (const [place, id] of dataSetIds.entries()) {
    const set = here.get(id);
    const elsewhere = origin?.dataSets[place];
    if (set) looked.push(await lookAtSet(context, set, apart.get(id) ?? []));
    else if (elsewhere) looked.push(...(await lookAtSample(context, elsewhere)));
  }
  return looked;
}

function lookAtSet(
  { storage: { dataSets, locks } }: Stored,
  { id, name, columns }: DataSetSummary,
  apart: readonly number[],
): Promise<Looked> {
  return whileInUse(locks, [dataLock(id)], async () => {
    const rows = await dataSets.rows(id, 0, LOOKED_AT);
    const kept = await Promise.all(
      apart.slice(0, LOOKED_AT).map((index) => dataSets.rows(id, index, 1)),
    );
    const instruction = columns?.mapping.instruction;
    return {
      name,
      instruction,
      records: rows.flatMap(askedIn),
      apart: kept.flat().flatMap(askedIn),
    };
  });
}

/** A set of another machine that comes with the studio: it took the first records of the file. */
async function lookAtSample(
  { publicFiles }: Stored,
  { name, records: taken }: Pick<DataSetSummary, 'name' | 'records'>,
): Promise<Looked[]> {
  const sample = (await listSamples(publicFiles)).find((one) => one.name === name);
  if (!sample) return [];
  const { file } = sample;
  const read: Asked[] = [];
  const bytes = await publicFiles.read(`${SAMPLES}/${file}`);
  for await (const { records } of importRecords([bytes], { fileName: file })) {
    read.push(...records.flatMap(({ record }) => askedIn(record)));
    if (read.length >= taken + LOOKED_AT) break;
  }
  const apart = read.slice(taken, taken + LOOKED_AT);
  return [{ name, instruction: undefined, records: read.slice(0, LOOKED_AT), apart }];
}

/** The first prompt of a record; none where nobody asks before the answer. */
function askedIn({ messages }: { readonly messages: readonly Message[] }): Asked[] {
  const first = messages.findIndex(({ role }) => role === 'assistant');
  const before = messages.slice(0, Math.max(0, first));
  const of = (role: Message['role']) => before.find((message) => message.role === role)?.content;
  const prompt = of('user') ?? '';
  return prompt.trim() === '' ? [] : [{ prompt, system: of('system') ?? '' }];
}

/** The text that more than half of the records have; empty where there is none. */
function usual(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const [text = '', count = 0] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? [];
  return count * 2 > texts.length ? text.trim() : '';
}

/** What stands before the text of every prompt: said by a person, or the first line of most prompts. */
function instructionOf({ instruction, records }: Looked): string {
  if (instruction !== undefined) return instruction;
  return usual(records.map(({ prompt }) => (/^(.+)\n/.exec(prompt)?.[1] ?? '').slice(0, 1000)));
}

function shortest(records: readonly Asked[]): string | null {
  const [first] = records
    .filter(({ prompt }) => prompt.length <= LONGEST_PROMPT)
    .sort((a, b) => a.prompt.length - b.prompt.length);
  return first?.prompt ?? null;
}

/** Each text once, with the sets that have it. */
function grouped(
  looked: readonly Looked[],
  textOf: (set: Looked) => string,
): TrainedForm['systems'] {
  const found = new Map<string, string[]>();
  for (const set of looked) {
    const text = textOf(set);
    if (text !== '') found.set(text, [...(found.get(text) ?? []), set.name]);
  }
  return [...found].map(([text, dataSets]) => ({ text, dataSets }));
}
