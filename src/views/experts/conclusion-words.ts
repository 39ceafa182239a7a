/** Says in words what routing counts allow to conclude. */
import type { RoutingConclusion } from '../../studio/experts/routing-conclusion.ts';
import { inLanguages } from '../../studio/language.ts';
import { formatFixed, formatInteger, formatPercent } from '../shared/format.ts';

/** Experts by their numbers, from 1. */
const numbers = (experts: readonly number[]): string[] =>
  [...experts].sort((a, b) => a - b).map((expert) => formatInteger(expert + 1));
/** "1", "1 and 2", "1, 2 and 3". */
const listed = (experts: readonly number[]): string =>
  numbers(experts)
    .join(', ')
    .replace(/, (?=\d+$)/, ' and ');

const words = inLanguages({
  en: {
    few: (decisions: string) => `${decisions} decisions are too few to conclude anything.`,
    even: (low: string, high: string, even: string) =>
      `The router spreads the tokens evenly: each expert is chosen in ${low} to ${high} of the decisions, close to the ${even} of an exactly even load.`,
    /** How often experts are chosen, and how many of equal load that amounts to. */
    uneven: (most: readonly [string, string], least: readonly [string, string], like: string) =>
      `The load is uneven: expert ${most[0]} is chosen in ${most[1]} of the decisions, expert ${least[0]} in ${least[1]}. The tokens spread as widely as over ${like} experts of equal load.`,
    dominated: (experts: readonly number[], share: string, times: string) =>
      experts.length === 1
        ? `Expert ${listed(experts)} dominates: it is chosen in ${share} of the decisions, ${times} times its even share.`
        : `Experts ${listed(experts)} dominate: each is chosen in at least ${share} of the decisions, ${times} times its even share.`,
    idle: (experts: readonly number[]) =>
      experts.length === 1
        ? `Expert ${listed(experts)} is hardly ever chosen and learns next to nothing.`
        : `Experts ${listed(experts)} are hardly ever chosen and learn next to nothing.`,
    byTask: (expert: string, most: readonly [string, string], least: readonly [string, string]) =>
      `Routing depends on the task: expert ${expert} is chosen in ${most[1]} of the decisions on ${most[0]} and in ${least[1]} on ${least[0]}.`,
    alike: (points: string) =>
      `All tasks use the experts alike: no load differs by more than ${points} points between two tasks.`,
    between: ' ',
  },
  zh: {
    few: (decisions) => `只有 ${decisions} 次决策，不足以得出结论。`,
    even: (low, high, even) =>
      `路由把词元分配得很均匀：每个专家在 ${low} 至 ${high} 的决策中被选中，接近完全均匀时的 ${even}。`,
    uneven: (most, least, like) =>
      `负载不均：专家 ${most[0]} 在 ${most[1]} 的决策中被选中，专家 ${least[0]} 只有 ${least[1]}；分散程度相当于 ${like} 个负载相同的专家。`,
    dominated: (experts, share, times) =>
      experts.length === 1
        ? `专家 ${numbers(experts).join('、')} 占主导：在 ${share} 的决策中被选中，是均匀负载的 ${times} 倍。`
        : `专家 ${numbers(experts).join('、')} 占主导：各在至少 ${share} 的决策中被选中，是均匀负载的 ${times} 倍。`,
    idle: (experts) => `专家 ${numbers(experts).join('、')} 几乎从未被选中，几乎学不到东西。`,
    byTask: (expert, most, least) =>
      `路由因任务而异：专家 ${expert} 在 ${most[0]} 的决策中占 ${most[1]}，在 ${least[0]} 中占 ${least[1]}。`,
    alike: (points) =>
      `各任务使用专家的方式相近：任意两个任务之间的负载相差不超过 ${points} 个百分点。`,
    between: '',
  },
});

/** The conclusion as one to three sentences. */
export function conclusionWords({ spread, idle, tasks }: RoutingConclusion): string {
  const t = words();
  const sentences = [spreadWords(spread)];
  if (idle.length > 0) sentences.push(t.idle(idle));
  if (tasks) {
    const { expert, most, least, differs } = tasks;
    const said = ({ task, share }: typeof most) => [task, formatPercent(share)] as const;
    sentences.push(
      differs
        ? t.byTask(formatInteger(expert + 1), said(most), said(least))
        : t.alike(formatInteger(Math.ceil((most.share - least.share) * 100))),
    );
  }
  return sentences.join(t.between);
}

function spreadWords(spread: RoutingConclusion['spread']): string {
  const t = words();
  switch (spread.kind) {
    case 'few':
      return t.few(formatInteger(spread.decisions));
    case 'even':
      return t.even(
        formatPercent(spread.low, 1),
        formatPercent(spread.high, 1),
        formatPercent(spread.even, 1),
      );
    case 'uneven': {
      const said = ({ expert, share }: typeof spread.most) =>
        [formatInteger(expert + 1), formatPercent(share, 1)] as const;
      return t.uneven(said(spread.most), said(spread.least), formatFixed(spread.effective, 1));
    }
    case 'dominated': {
      const share = Math.min(...spread.by.map((one) => one.share));
      return t.dominated(
        spread.by.map(({ expert }) => expert),
        formatPercent(share),
        formatFixed(share / spread.even, 1),
      );
    }
  }
}
