/** How tokens chose the experts of a run's mixture, counted and token by token. */
import { create, type StoreApi } from 'zustand';
import { asStudioError, type StudioError } from '../../faults/fault.ts';
import type { Projection } from '../../contract/recipe.ts';
import { worker, type WorkerClient } from '../../worker/client.ts';
import type {
  GrowthReport,
  RoutingPart,
  RoutingReport,
  RoutingTrace,
} from '../../contract/experts.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { inLanguages } from '../language.ts';

/** Which counts are added up; null takes all. */
export interface RoutingFilter {
  readonly layer: number | null;
  readonly projection: Projection | null;
  readonly task: string | null;
}

export const everything: RoutingFilter = { layer: null, projection: null, task: null };

/** Counts added up over the chosen layers, linears and tasks. */
export interface RoutingSummary {
  readonly experts: number;
  /** Routing decisions: one per token and linear. */
  readonly decisions: number;
  /** E×E, symmetric: share of decisions in which both experts were among the chosen; diagonal 0. */
  readonly pairs: Float64Array;
  /** Share of decisions in which each expert was chosen; they add up to K. */
  readonly load: Float64Array;
  /** Mean gate weight of each expert over the decisions that chose it; NaN for an expert that was never chosen. */
  readonly meanWeight: Float64Array;
  readonly largestPair: number;
}

/** Layers, linears and tasks that a report has counts for, each in order. */
export function routingChoices({ counts }: Pick<RoutingReport, 'counts'>): {
  readonly layers: readonly number[];
  readonly projections: readonly Projection[];
  readonly tasks: readonly string[];
} {
  const layers = [...new Set(counts.map(({ layer }) => layer))].sort((a, b) => a - b);
  const projections = [...new Set(counts.map(({ projection }) => projection))];
  const tasks = [...new Set(counts.map(({ task }) => task))].sort();
  return { layers, projections, tasks };
}

/** Adds up the counts that a filter lets through. Shares are 0 where there are no decisions. */
export function summariseRouting(report: RoutingReport, filter: RoutingFilter): RoutingSummary {
  const { experts } = report;
  const pairs = new Float64Array(experts * experts);
  const chosen = new Float64Array(experts);
  const weights = new Float64Array(experts);
  let decisions = 0;
  for (const count of report.counts) {
    if (filter.layer !== null && filter.layer !== count.layer) continue;
    if (filter.projection !== null && filter.projection !== count.projection) continue;
    if (filter.task !== null && filter.task !== count.task) continue;
    decisions += count.tokens;
    for (let a = 0; a < experts; a += 1) {
      chosen[a] = (chosen[a] ?? 0) + (count.pairs[a * experts + a] ?? 0);
      weights[a] = (weights[a] ?? 0) + (count.weights[a] ?? 0);
      for (let b = a + 1; b < experts; b += 1) {
        const both = count.pairs[a * experts + b] ?? 0;
        pairs[a * experts + b] = (pairs[a * experts + b] ?? 0) + both;
        pairs[b * experts + a] = (pairs[b * experts + a] ?? 0) + both;
      }
    }
  }
  const meanWeight = weights.map((sum, expert) => sum / (chosen[expert] ?? 0));
  const share = (count: number) => (decisions > 0 ? count / decisions : 0);
  const shares = pairs.map(share);
  return {
    experts,
    decisions,
    pairs: shares,
    load: chosen.map(share),
    meanWeight,
    largestPair: shares.reduce((largest, value) => Math.max(largest, value), 0),
  };
}

/** Share of decisions that each pair would have if the K experts were drawn evenly: C(E−2, K−2) / C(E, K). */
export function evenPairShare(experts: number, active: number): number {
  return experts < 2 ? 0 : (active * (active - 1)) / (experts * (experts - 1));
}

/** The experts that one linear's router chose for one token. */
export interface TokenChoice {
  readonly layer: number;
  readonly projection: Projection;
  /** Highest weight first, as the router gives them. */
  readonly experts: readonly { readonly expert: number; readonly weight: number }[];
}

/** The choices of every linear for one token of a trace. */
export function tokenChoices(trace: RoutingTrace, token: number): TokenChoice[] {
  const count = trace.tokens.length;
  return trace.linears.map(({ layer, projection, experts, weights }) => {
    const active = count > 0 ? experts.length / count : 0;
    const chosen = Array.from({ length: active }, (_, rank) => ({
      expert: experts[token * active + rank] ?? 0,
      weight: weights[token * active + rank] ?? 0,
    }));
    return { layer, projection, experts: chosen };
  });
}

/** Runs with a mixture of experts, whose routing can be looked at. */
export function hasMixture({ recipe }: Pick<RunSummary, 'recipe'>): boolean {
  return recipe.stages.some(({ attach }) => attach.some(({ type }) => type === 'mixture'));
}

/** Data being read: it may be loading, ready or failed. */
export type Reading<T> =
  | { readonly status: 'none' }
  | { readonly status: 'reading' }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: StudioError };

export interface ExpertsState {
  readonly runId: string | null;
  readonly report: Reading<RoutingReport>;
  readonly filter: RoutingFilter;
  /** Choices of the whole stage, of its first part or of its last part. */
  readonly part: RoutingPart;
  readonly growth: Reading<GrowthReport>;
  /** The text followed token by token; null until somebody typed one. */
  readonly text: string | null;
  readonly trace: Reading<RoutingTrace>;
  /** Shows a run's routing; reads it unless it is shown already. */
  readonly show: (runId: string) => void;
  /** Reads the shown run's routing again. */
  readonly refresh: () => Promise<void>;
  readonly setFilter: (change: Partial<RoutingFilter>) => void;
  readonly setPart: (part: RoutingPart) => void;
  readonly setText: (text: string) => void;
  /** Sends a text, or a record of a set, through the model and keeps the choices for each token. */
  readonly runTrace: (source: TraceSource) => Promise<void>;
}

export type TraceSource =
  | { readonly text: string }
  | { readonly dataSetId: string; readonly index: number };

/** Milliseconds between two readings while a run goes on. */
const refreshInterval = 2000;

/** The text in the field before anybody types. */
export const exampleText = inLanguages({
  en: { text: 'A 54-year-old man has crushing chest pain and sweating. What is the first test?' },
  zh: { text: '患者男，54 岁，压榨性胸痛伴大汗。首选检查是什么？' },
});

/** Keeps what a call gives, unless another run or another part has been chosen since. */
function resultReader(
  set: StoreApi<ExpertsState>['setState'],
  get: StoreApi<ExpertsState>['getState'],
) {
  return async <K extends 'report' | 'growth' | 'trace'>(
    name: K,
    call: Promise<Extract<ExpertsState[K], { status: 'ready' }>['value']>,
  ) => {
    const { runId, part } = get();
    const keep = (reading: Reading<unknown>) => {
      const now = get();
      if (now.runId === runId && (name !== 'report' || now.part === part)) {
        set({ [name]: reading });
      }
    };
    try {
      keep({ status: 'ready', value: await call });
    } catch (thrown) {
      keep({ status: 'failed', error: asStudioError(thrown) });
    }
  };
}

/** Reads the shown run's routing again while it goes on, not too often. */
function followChanges(client: WorkerClient, store: StoreApi<ExpertsState>): void {
  let waiting = false;
  client.subscribe((event) => {
    if (event.type !== 'experts.changed' || event.runId !== store.getState().runId) return;
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      void store.getState().refresh();
    }, refreshInterval);
  });
}

export function createExperts(client: WorkerClient) {
  const useExperts = create<ExpertsState>()((set, get) => {
    const read = resultReader(set, get);
    return {
      runId: null,
      report: { status: 'none' },
      filter: everything,
      part: 'whole',
      growth: { status: 'none' },
      text: null,
      trace: { status: 'none' },
      show: (runId) => {
        if (get().runId === runId) return;
        const none = { status: 'none' } as const;
        const reading = { status: 'reading' } as const;
        set({ runId, report: reading, growth: reading, trace: none, part: 'whole' });
        set({ filter: everything });
        void get().refresh();
      },
      refresh: async () => {
        const { runId, part } = get();
        if (runId === null) return;
        await Promise.all([
          read('report', client.call('experts.report', { runId, part })),
          read('growth', client.call('experts.growth', { runId })),
        ]);
      },
      setFilter: (change) => set(({ filter }) => ({ filter: { ...filter, ...change } })),
      setPart: (part) => {
        const { runId } = get();
        set({ part });
        if (runId !== null) void read('report', client.call('experts.report', { runId, part }));
      },
      setText: (text) => set({ text }),
      runTrace: async (source) => {
        const { runId, trace } = get();
        if (runId === null || trace.status === 'reading') return;
        set({ trace: { status: 'reading' } });
        const call =
          'text' in source
            ? client.call('experts.trace', { runId, text: source.text })
            : client.call('experts.traceRecord', { runId, ...source });
        await read('trace', call);
      },
    };
  });

  followChanges(client, useExperts);
  return useExperts;
}

export const useExperts = createExperts(worker);
