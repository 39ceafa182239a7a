/** Words of the diagram of branches in both languages. */
import type { RecipeBranch } from '../../../contract/recipe.ts';
import { inLanguages } from '../../../studio/language.ts';
import type { BranchFate } from '../../../studio/runs/recipe-edit.ts';

export const diagramText = inLanguages({
  en: {
    label: 'Picture of the recipe’s stages and their branches',
    halves: { attention: 'attention', feedForward: 'feed-forward' },
    stage: (number: number, name: string) => `Stage ${number}: ${name}`,
    /** The presets' own names; names given by a person are shown unchanged. */
    stageNames: {},
    half: (name: string, linears: string, parts: string) => `${name} (${linears}): ${parts}.`,
    baseFrozen: 'base weights W, frozen',
    trains: (branch: string) => `${branch} trains`,
    frozen: (branch: string) => `${branch} frozen`,
    base: 'W',
    experts: (experts: number, rank: number, active: number) =>
      `${experts} × r ${rank}, top-${active}`,
    rank: (rank: number) => `r ${rank}`,
    router: 'router',
    fates: {
      drop: (name: string) => `drop ${name}`,
      merge: (name: string) => `merge ${name} into W`,
      keep: (name: string) => `keep ${name}`,
      force: (name: string) => `force the routing of ${name}`,
    } satisfies Record<BranchFate, (name: string) => string>,
    freeze: 'freeze attention',
    then: (stage: string) => `After ${stage}`,
    merged: 'Merged model',
    mergedHelp: 'a plain model, as fast as the base',
    withBranches: 'Model with branches',
    withBranchesHelp: (names: string) =>
      `branches that stay beside W are computed with it (${names})`,
    orthogonal: (weight: string, one: string, other: string) =>
      `orthogonal loss λ ${weight} between ${one} and ${other}`,
    comma: ', ',
  },
  zh: {
    label: '配方各阶段的分支示意图',
    halves: { attention: '注意力', feedForward: '前馈' },
    stage: (number, name) => `阶段 ${number}：${name}`,
    stageNames: {
      'Knowledge aggregation': '知识聚合',
      'Downstream alignment': '下游对齐',
    },
    half: (name, linears, parts) => `${name}（${linears}）：${parts}。`,
    baseFrozen: '基座权重 W（冻结）',
    trains: (branch) => `${branch}（训练）`,
    frozen: (branch) => `${branch}（冻结）`,
    base: 'W',
    experts: (experts, rank, active) => `${experts} × r ${rank}，top-${active}`,
    rank: (rank) => `r ${rank}`,
    router: '路由',
    fates: {
      drop: (name) => `丢弃 ${name}`,
      merge: (name) => `将 ${name} 合并到 W`,
      keep: (name) => `保留 ${name}`,
      force: (name) => `强制 ${name} 的路由`,
    },
    freeze: '冻结注意力',
    then: (stage) => `“${stage}”之后`,
    merged: '合并后的模型',
    mergedHelp: '普通模型，与基座一样快',
    withBranches: '带分支的模型',
    withBranchesHelp: (names) => `W 旁保留的分支随之一起计算（${names}）`,
    orthogonal: (weight, one, other) => `${one} 与 ${other} 之间的正交损失 λ ${weight}`,
    comma: '、',
  },
});

/** A stage's name: a preset's in the page's language, others unchanged. */
export function stageTitle(name: string): string {
  const known: Readonly<Record<string, string>> = diagramText().stageNames;
  return known[name] ?? name;
}

/** "r 16", "8 × r 16, top-2". */
export function sizeInWords(branch: RecipeBranch): string {
  const t = diagramText();
  return branch.type === 'mixture'
    ? t.experts(branch.experts, branch.rank, branch.active)
    : t.rank(branch.rank);
}
