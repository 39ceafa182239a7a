/** What routing counts allow to conclude: even load, experts that dominate or idle, and whether tasks choose differently. */
import type { RoutingReport } from '../../contract/experts.ts';
import { routingChoices, summariseRouting, type RoutingFilter } from './experts.ts';

/** An expert, from 0, with the share of decisions that chose it. */
interface Load {
  readonly expert: number;
  readonly share: number;
}

/** How the load is spread over the experts. */
export type Spread =
  | { readonly kind: 'few'; readonly decisions: number }
  | { readonly kind: 'even'; readonly low: number; readonly high: number; readonly even: number }
  | {
      readonly kind: 'uneven';
      readonly most: Load;
      readonly least: Load;
      /** How many experts of equal load would be spread as widely: the exponential of the entropy. */
      readonly effective: number;
    }
  /** Experts that take at least half of the decisions, and at least twice their even share. */
  | { readonly kind: 'dominated'; readonly by: readonly Load[]; readonly even: number };

/** The expert whose load differs most between two tasks, and these tasks. */
export interface TaskContrast {
  readonly expert: number;
  readonly most: { readonly task: string; readonly share: number };
  readonly least: { readonly task: string; readonly share: number };
  /** Far enough apart to say that routing depends on the task. */
  readonly differs: boolean;
}

export interface RoutingConclusion {
  readonly spread: Spread;
  /** Experts, from 0, that are hardly ever chosen. */
  readonly idle: readonly number[];
  /** Null where one task is looked at, or where fewer than two have enough decisions. */
  readonly tasks: TaskContrast | null;
}

/** Decisions below which nothing is concluded. */
const leastDecisions = 200;
/** Loads within this share of the even load count as even. */
const evenWithin = 0.3;
/** Below this share of the even load, an expert idles. */
const idleBelow = 0.1;
/** From this difference of shares on, tasks choose differently. */
const taskDifference = 0.15;

/** Concludes from the counts that a filter lets through; null where every expert is always chosen. */
export function concludeRouting(
  report: RoutingReport,
  filter: RoutingFilter,
): RoutingConclusion | null {
  const { experts, active } = report;
  if (experts <= active) return null;
  const { decisions, load } = summariseRouting(report, filter);
  if (decisions < leastDecisions) {
    return { spread: { kind: 'few', decisions }, idle: [], tasks: null };
  }
  const even = active / experts;
  const loads = Array.from(load, (share, expert): Load => ({ expert, share }));
  return {
    spread: spreadOf(loads, even),
    idle: loads.filter(({ share }) => share < idleBelow * even).map(({ expert }) => expert),
    tasks: filter.task === null ? taskContrast(report, filter) : null,
  };
}

function spreadOf(loads: readonly Load[], even: number): Spread {
  const order = [...loads].sort((one, other) => other.share - one.share);
  const [most] = order;
  const least = order.at(-1);
  if (!most || !least) throw new RangeError('a mixture without experts');
  const bound = Math.min(0.9, Math.max(0.5, 2 * even));
  const by = order.filter(({ share }) => share >= bound);
  if (by.length > 0) return { kind: 'dominated', by, even };
  if (most.share <= even * (1 + evenWithin) && least.share >= even * (1 - evenWithin)) {
    return { kind: 'even', low: least.share, high: most.share, even };
  }
  return { kind: 'uneven', most, least, effective: effectiveExperts(loads) };
}

function effectiveExperts(loads: readonly Load[]): number {
  const total = loads.reduce((sum, { share }) => sum + share, 0);
  const entropy = loads.reduce((sum, { share }) => {
    const part = share / total;
    return part > 0 ? sum - part * Math.log(part) : sum;
  }, 0);
  return Math.exp(entropy);
}

function taskContrast(report: RoutingReport, filter: RoutingFilter): TaskContrast | null {
  const tasks = routingChoices(report).tasks.flatMap((task) => {
    const { decisions, load } = summariseRouting(report, { ...filter, task });
    return decisions >= leastDecisions ? [{ task, load }] : [];
  });
  if (tasks.length < 2) return null;
  const contrasts = Array.from({ length: report.experts }, (_, expert) => {
    const order = tasks
      .map(({ task, load }) => ({ task, share: load[expert] ?? 0 }))
      .sort((one, other) => other.share - one.share);
    return { expert, most: order[0], least: order.at(-1) };
  });
  const widest = contrasts.reduce<TaskContrast | null>((best, { expert, most, least }) => {
    if (!most || !least) return best;
    const apart = most.share - least.share;
    if (best && best.most.share - best.least.share >= apart) return best;
    return { expert, most, least, differs: apart >= taskDifference };
  }, null);
  return widest;
}
