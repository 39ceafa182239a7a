/** Finds routers that have collapsed: they send nearly every token to the same experts although others are there. */
import type { RoutingReport } from '../../contract/experts.ts';
import { routingChoices, summariseRouting } from './experts.ts';

export interface CollapsedRouter {
  readonly layer: number;
  readonly projection: RoutingReport['counts'][number]['projection'];
  /** The experts that it always chooses, from 0: as many as are active for a token. */
  readonly experts: readonly number[];
  /** Of the tokens, the share that chose the least chosen of these. */
  readonly share: number;
}

/** Tokens below which the choices of a router are not judged. */
const LEAST_TOKENS = 200;
/** The share of tokens from which on choices count as always the same. */
const COLLAPSED = 0.95;

/** Routers whose K most chosen experts are each chosen by nearly every token, the most extreme first. */
export function collapsedRouters(report: RoutingReport): CollapsedRouter[] {
  const { experts, active } = report;
  if (experts <= active) return [];
  const { layers, projections } = routingChoices(report);
  const places = layers.flatMap((layer) =>
    projections.map((projection) => ({ layer, projection })),
  );
  return places
    .flatMap(({ layer, projection }): CollapsedRouter[] => {
      const { decisions, load } = summariseRouting(report, { layer, projection, task: null });
      const order = [...load.keys()].sort((a, b) => (load[b] ?? 0) - (load[a] ?? 0));
      const fixed = order.slice(0, active).sort((a, b) => a - b);
      const share = Math.min(...fixed.map((expert) => load[expert] ?? 0));
      const collapsed = decisions >= LEAST_TOKENS && share >= COLLAPSED;
      return collapsed ? [{ layer, projection, experts: fixed, share }] : [];
    })
    .sort((one, other) => other.share - one.share);
}
