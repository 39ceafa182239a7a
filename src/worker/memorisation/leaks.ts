/** Records that a run writes word for word: which, their texts, and the run's sets without them. */
import { cutRecord } from '../../engine/evaluation/memorisation/measure.ts';
import type { StateMeasures } from '../../engine/evaluation/memorisation/report.ts';
import { StreamDecoder } from '../../text/tokenizer/stream-decoder.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { Leak, LeakText } from '../../contract/memorisation.ts';
import type { RunSummary, Snapshot } from '../../contract/runs.ts';
import { recordLimit } from '../../engine/training/run/lengths.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { WorkerContext } from '../context.ts';
import { openInputs } from '../data/run-inputs.ts';
import { setWithout } from '../data/set-without.ts';
import type { RecordsToMeasure } from './run-records.ts';

/** A record leaks where so many tokens of it come word for word, or all that it has, and more than the base wrote. */
const LEAKED = 10;
/** Leaks that are kept with a run. */
const MOST = 200;
/** Tokens of the beginning that are shown. */
const SHOWN_BEFORE = 80;

/** @param measures of the states, in their order; the first is the base */
export function leaksOf(
  cuts: RecordsToMeasure['cuts'],
  [base, ...measures]: readonly StateMeasures[],
  [, ...states]: readonly Snapshot[],
): Leak[] {
  const leaks = cuts.flatMap(({ record: { dataSet, row } }, i): Leak[] => {
    const { matched: known = 0, tokens = 0 } = base?.extractions[i] ?? {};
    const wrote = states.flatMap(({ id: snapshot }, place) => {
      const { matched = 0, from = 0 } = measures[place]?.extractions[i] ?? {};
      const leaked = matched >= Math.min(LEAKED, tokens) && matched > known;
      return leaked ? [{ snapshot, matched, from }] : [];
    });
    if (wrote.length === 0) return [];
    const most = wrote.toSorted((one, other) => other.matched - one.matched);
    return [{ dataSet, row, tokens, base: known, states: most }];
  });
  return leaks.toSorted((one, other) => mostOf(other) - mostOf(one)).slice(0, MOST);
}

const mostOf = ({ states }: Leak): number => states[0]?.matched ?? 0;

/** The leaks of a run with their texts; those of sets that are gone are left out. */
export async function leakTexts(context: WorkerContext, run: RunSummary): Promise<LeakText[]> {
  const { storage, tokeniser } = context;
  const leaks = run.memorisation?.leaks ?? [];
  const known = new Map((await storage.dataSets.list()).map((set) => [set.id, set]));
  const here = leaks.flatMap((leak) => {
    const set = known.get(run.dataSetIds[leak.dataSet] ?? '');
    return set ? [{ leak, set }] : [];
  });
  if (here.length === 0) return [];
  const ids = [...new Set(here.map(({ set }) => set.id))];
  return whileInUse(storage.locks, ids.map(dataLock), async () => {
    // The model and its template alone: a set that is gone does not matter.
    const { model, template } = await openInputs(
      context,
      { ...run, dataSetIds: [] },
      new Date(run.createdAt),
    );
    const { labels, reasoning } = run.recipe;
    const text = tokeniser.text(model, template);
    const limit = recordLimit(model.config, run.recipe);
    const told = await Promise.all(
      here.map(async ({ leak, set }): Promise<LeakText[]> => {
        const [record] = await storage.dataSets.rows(set.id, leak.row, 1);
        const encoded =
          record && (await text.conversation(record, { labels, reasoning, ...limit }));
        const cut = encoded && cutRecord(encoded);
        const [most] = leak.states;
        if (!cut || !most) return [];
        const pieces = (from: Uint32Array): string[] => piecesOf(model, from);
        const rest = pieces(cut.rest);
        const end = most.from + most.matched;
        return [
          {
            ...leak,
            name: set.name,
            before: pieces(cut.prefix.slice(-SHOWN_BEFORE)).join(''),
            rest: [
              rest.slice(0, most.from).join(''),
              rest.slice(most.from, end).join(''),
              rest.slice(end).join(''),
            ],
          },
        ];
      }),
    );
    return told.flat();
  });
}

/** The text of each token; a character of several tokens stands with its last. */
function piecesOf(
  { vocabulary }: Awaited<ReturnType<typeof openInputs>>['model'],
  ids: Uint32Array,
): string[] {
  const opaque = vocabulary.kind === 'opaque';
  const decoder = new StreamDecoder(vocabulary, { skipSpecial: true });
  return Array.from(ids, (id) => (opaque ? vocabulary.tokenText(id) : decoder.push(id)));
}

/** The sets of a run, each without its records that leak; a set without any stays as it is. */
export async function withoutLeaks(
  context: WorkerContext,
  { dataSetIds, memorisation }: RunSummary,
): Promise<DataSetSummary[]> {
  const { dataSets } = context.storage;
  const sets: DataSetSummary[] = [];
  for (const [dataSet, id] of dataSetIds.entries()) {
    const leaked = (memorisation?.leaks ?? []).filter((leak) => leak.dataSet === dataSet);
    const set = await dataSets.get(id);
    const rows = new Set(leaked.map(({ row }) => row));
    sets.push(rows.size === 0 ? set : await setWithout(context, set.id, rows, null));
  }
  return sets;
}
