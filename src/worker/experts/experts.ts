/** Answers calls of the Experts page: routing counts and traces. */
import { branchGrowth } from '../../engine/training/stage/branch-growth.ts';
import { decodeBranches } from '../../engine/training/run/checkpoint.ts';
import { fault } from '../../faults/fault.ts';
import type { Storage } from '../../storage/storage.ts';
import type { StoredGrowth } from '../../storage/stored.ts';
import type { CallInput } from '../../contract/contract.ts';
import type { RunSummary } from '../../contract/runs.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type {
  expertCalls,
  GrowthPoint,
  GrowthReport,
  RoutingCounts,
  RoutingReport,
  RoutingTrace,
} from '../../contract/experts.ts';
import { mixtureOf, mixtureState } from './mixture.ts';
import type { RunKeeper } from '../runs/run-keeper.ts';
import type { LoadedState, StateShelf } from '../models/state-shelf.ts';

/** Routing counts of one stretch of a stage. */
interface Stretch {
  readonly counts: readonly RoutingCounts[];
  readonly steps: { readonly from: number; readonly to: number };
}

/** The counts between two points of one stage. */
function between(earlier: StoredGrowth, later: StoredGrowth): Stretch {
  const keyOf = ({ layer, projection, task }: RoutingCounts): string =>
    `${layer} ${projection} ${task}`;
  const before = new Map(earlier.routing.map((count) => [keyOf(count), count]));
  const counts = later.routing.map((count): RoutingCounts => {
    const old = before.get(keyOf(count));
    const less = (values: readonly number[], taken: readonly number[] = []): number[] =>
      values.map((value, i) => value - (taken[i] ?? 0));
    return {
      ...count,
      tokens: count.tokens - (old?.tokens ?? 0),
      pairs: less(count.pairs, old?.pairs),
      weights: less(count.weights, old?.weights),
    };
  });
  return { counts, steps: { from: earlier.point.step, to: later.point.step } };
}

/** The first and the last stretch of the stage that has a mixture; null where there are not two of them. */
function ends(growth: readonly StoredGrowth[]): { first: Stretch; last: Stretch } | null {
  const routed = growth.filter(({ routing }) => routing.length > 0);
  const stage = routed.at(-1)?.point.stage;
  const own = routed.filter(({ point }) => point.stage === stage);
  const [start, second] = own;
  const end = own.at(-1);
  const before = own.at(-2);
  if (!start || !second || !end || !before || own.length < 3) return null;
  return { first: between(start, second), last: between(before, end) };
}

export function expertHandlers(
  context: WorkerContext,
  keeper: RunKeeper,
  shelf: StateShelf,
): HandlersOf<typeof expertCalls> {
  const { storage, tokeniser } = context;
  return {
    'experts.report': (asked) => routingReport(storage, keeper, asked),
    'experts.trace': async ({ runId, text }) => {
      const { summary } = await storage.runs.get(runId);
      return traceState(shelf, summary, ({ model, template }) =>
        tokeniser.text(model, template).encodeWithBos(text),
      );
    },
    'experts.traceRecord': async ({ runId, dataSetId, index }) => {
      const { summary } = await storage.runs.get(runId);
      return traceState(shelf, summary, async ({ model, template, weights }) => {
        const { labels, reasoning } = summary.recipe;
        const [row] = await storage.dataSets.rows(dataSetId, index, 1);
        if (!row) throw fault('row-missing', { index }, { kept: 'data-set' });
        const text = tokeniser.text(model, template);
        const maxLength = weights.context - 1;
        return (await text.conversation(row, { labels, reasoning, maxLength })).ids;
      });
    },
    'experts.growth': ({ runId }) => growthReport(storage, runId),
  };
}

/** For which tasks the routers chose the experts of a run: since its beginning, or in one stretch of its stage. */
async function routingReport(
  { runs, experts: results }: Storage,
  keeper: RunKeeper,
  { runId, part = 'whole' }: CallInput<'experts.report'>,
): Promise<RoutingReport> {
  const { experts, active } = mixtureOf((await runs.get(runId)).summary);
  const routing = await keeper.routing(runId);
  const parts = ends(await results.growth(runId));
  const stretch = part === 'whole' ? null : (parts?.[part] ?? null);
  return {
    runId,
    experts,
    active,
    counts: stretch?.counts ?? routing?.counts ?? [],
    steps: stretch?.steps ?? null,
    hasParts: parts !== null,
  };
}

/** Follows tokens through the mixtures, in the last state of a run that has them. */
async function traceState(
  shelf: StateShelf,
  run: RunSummary,
  encode: (loaded: LoadedState) => Promise<Uint32Array>,
): Promise<RoutingTrace> {
  const { mixture, snapshot } = mixtureState(run);
  const state = { modelId: run.modelId, runId: run.id, snapshot };
  return shelf.use(state, async (loaded) => {
    const ids = await encode(loaded);
    if (ids.length === 0) throw fault('text-empty');
    const values = await loaded.weights.trace(ids);
    return {
      tokens: Array.from(ids, (id) => loaded.model.vocabulary.tokenText(id)),
      experts: mixture.experts,
      linears: values.map(({ layer, projection, indices, weights }) => {
        return { layer, projection, experts: [...indices], weights: [...weights] };
      }),
    };
  });
}

/** The recorded growth; for a stage without any, the growth at its end, computed from its stored branches. */
async function growthReport(
  { runs, experts: results }: Storage,
  runId: string,
): Promise<GrowthReport> {
  const stored = (await results.growth(runId)).map(({ point }) => point);
  const { summary } = await runs.get(runId);
  const known = new Set(stored.map(({ stage }) => stage));
  const missing = summary.stages.map((_, stage) => stage).filter((stage) => !known.has(stage));
  const endsOnly: number[] = [];
  const points: GrowthPoint[] = [...stored];
  if (missing.length > 0) {
    for (const [stage, bytes] of (await runs.readStages(runId)).entries()) {
      if (!missing.includes(stage)) continue;
      const step = summary.stages[stage]?.stepsDone ?? 0;
      points.push({ stage, step, linears: branchGrowth(await decodeBranches(bytes)) });
      endsOnly.push(stage);
    }
  }
  points.sort((a, b) => a.stage - b.stage || a.step - b.step);
  return { runId, points, endsOnly };
}
