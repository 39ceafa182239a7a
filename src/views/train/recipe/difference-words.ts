/** Says how two recipes differ, in both languages. */
import type { Difference, Fate } from '../../../contract/recipe.ts';
import { inLanguages } from '../../../studio/language.ts';
import type { DifferingSetting } from '../../../studio/runs/comparison.ts';
import { stageTitle } from '../../shared/figures/diagram-text.ts';
import { branchTitle } from '../../shared/Tag.tsx';
import { listed } from '../../shared/words/marks.ts';
import { settingName, settingValue } from './fields.ts';

const words = inLanguages({
  en: {
    change: (name: string, from: string, to: string) => `${name} ${from} → ${to}`,
    inStage: (what: string, stage: number) => `stage ${stage} ${what}`,
    inNamedStage: (what: string, name: string) => `${name}: ${what}`,
    stage: (stage: number) => `stage ${stage}`,
    stagePlace: (own: string, other: string) => `${own} is ${other} there`,
    named: (stage: string, name: string) => `${stage} (${name})`,
    stageMissing: (name: string, stage: number) => `no stage ${stage} (${name})`,
    stageAdded: (name: string) => `a further stage, ${name}`,
    branchMissing: (branch: string, stage: number) => `no ${branch} in stage ${stage}`,
    branchAdded: (branch: string, type: string, rank: number, stage: number) =>
      `${branch} (${type}, rank ${rank}) attached in stage ${stage}`,
    types: { lora: 'LoRA', mixture: 'mixture of LoRA' },
    trains: (branch: string, stage: number) => `${branch} trains in stage ${stage}`,
    frozen: (branch: string, stage: number) => `${branch} frozen in stage ${stage}`,
    dropout: (branch: string) => `dropout of ${branch}`,
    of: (setting: string, branch: string) => `${setting} of ${branch}`,
    fates: {
      keep: (branch: string, stage: number) => `${branch} kept at the end of stage ${stage}`,
      drop: (branch: string, stage: number) => `${branch} dropped at the end of stage ${stage}`,
      merge: (branch: string, stage: number) => `${branch} merged at the end of stage ${stage}`,
      force: (branch: string, stage: number, experts: string) =>
        `routing of ${branch} forced to experts ${experts} at the end of stage ${stage}`,
    } satisfies Record<Fate, (branch: string, stage: number, experts: string) => string>,
    none: 'none',
    on: 'on',
    off: 'off',
    separator: '; ',
    settings: {
      'orthogonal.weight': 'λ',
      'orthogonal.between': 'orthogonal loss between',
      'data.fraction': 'share of the records',
      'data.kinds': 'kind of records',
      epochs: 'epochs',
      rank: 'rank',
      experts: 'experts',
      active: 'active experts',
      targets: 'linears',
      routerBias: 'router bias',
      renormalise: 'renormalised weights',
      forced: 'forced experts',
      type: 'type',
      version: 'version',
      format: 'format',
      reasoning: 'reasoning that the template cuts off',
    },
  },
  zh: {
    change: (name, from, to) => `${name} ${from} → ${to}`,
    inStage: (what, stage) => `阶段 ${stage} 的${/^[A-Za-z]/.test(what) ? ' ' : ''}${what}`,
    inNamedStage: (what, name) => `${name}：${what}`,
    stage: (stage) => `阶段 ${stage}`,
    stagePlace: (own, other) => `${own}即对方的${other}`,
    named: (stage, name) => `${stage}（${name}）`,
    stageMissing: (name, stage) => `没有阶段 ${stage}（${name}）`,
    stageAdded: (name) => `多一个阶段：${name}`,
    branchMissing: (branch, stage) => `阶段 ${stage} 没有 ${branch}`,
    branchAdded: (branch, type, rank, stage) =>
      `阶段 ${stage} 挂载 ${branch}（${type}，秩 ${rank}）`,
    types: { lora: 'LoRA', mixture: 'LoRA 混合专家' },
    trains: (branch, stage) => `${branch} 在阶段 ${stage} 训练`,
    frozen: (branch, stage) => `${branch} 在阶段 ${stage} 冻结`,
    dropout: (branch) => `${branch} 的 dropout（随机失活）`,
    of: (setting, branch) => `${branch} 的${setting}`,
    fates: {
      keep: (branch, stage) => `阶段 ${stage} 结束时保留 ${branch}`,
      drop: (branch, stage) => `阶段 ${stage} 结束时丢弃 ${branch}`,
      merge: (branch, stage) => `阶段 ${stage} 结束时合并 ${branch}`,
      force: (branch, stage, experts) =>
        `阶段 ${stage} 结束时 ${branch} 的路由强制为专家 ${experts}`,
    },
    none: '无',
    on: '开',
    off: '关',
    separator: '；',
    settings: {
      'orthogonal.weight': '正交损失权重 λ',
      'orthogonal.between': '正交损失所涉分支',
      'data.fraction': '记录占比',
      'data.kinds': '记录类别',
      epochs: '轮数',
      rank: '秩',
      experts: '专家数',
      active: '激活专家数',
      targets: '线性层',
      routerBias: '路由偏置',
      renormalise: '权重归一',
      forced: '强制专家',
      type: '类型',
      version: '版本',
      format: '格式',
      reasoning: '模板去掉的推理过程',
    },
  },
});

/** Name of a setting that differs between runs; of a stage with its number where that is the same in all. */
export function settingInWords({ stage, path }: Omit<DifferingSetting, 'values'>): string {
  const t = words();
  if (!stage) return settingName(path);
  const { name, places } = stage;
  const [place = -1] = places;
  if (path === 'place') return stageTitle(name);
  const what = (t.settings as Readonly<Record<string, string>>)[path] ?? path;
  return places.every((other) => other === place)
    ? t.inStage(what, place + 1)
    : t.inNamedStage(what, stageTitle(name));
}

/** The value that one of the runs has of such a setting. */
export function settingValueInWords({ path, values }: DifferingSetting, run: number): string {
  const value = values[run];
  if (path !== 'place') return valueInWords(value);
  return typeof value === 'number' && value >= 0 ? words().stage(value + 1) : words().none;
}

/** A value as the words have it. */
function valueInWords(value: unknown): string {
  const t = words();
  if (value === null || value === undefined) return t.none;
  if (typeof value === 'boolean') return value ? t.on : t.off;
  if (Array.isArray(value)) return listed(value.map(valueInWords));
  return settingValue(value);
}

/** One difference as half a sentence: "λ 1 → 0", "NA kept at the end of stage 1". */
export function differenceInWords(difference: Difference): string {
  const t = words();
  const settings: Readonly<Record<string, string>> = t.settings;
  const change = (name: string, { from, to }: { readonly from: unknown; readonly to: unknown }) =>
    t.change(name, valueInWords(from), valueInWords(to));
  switch (difference.kind) {
    case 'setting':
      return change(settingName(difference.path), difference);
    case 'stage-setting': {
      const { path, stage } = difference;
      // λ is always written as in the paper.
      if (path === 'orthogonal.weight') return change(settings[path] ?? path, difference);
      return change(t.inStage(settings[path] ?? path, stage + 1), difference);
    }
    case 'stage-missing':
      return t.stageMissing(stageTitle(difference.name), difference.stage + 1);
    case 'stage-added':
      return t.stageAdded(stageTitle(difference.name));
    case 'stage-place': {
      const { from, to } = difference;
      const own = t.named(t.stage(to.stage + 1), stageTitle(to.name));
      const there = t.stage(from.stage + 1);
      return t.stagePlace(
        own,
        from.name === to.name ? there : t.named(there, stageTitle(from.name)),
      );
    }
    case 'branch-missing':
      return t.branchMissing(branchTitle(difference.branch), difference.stage + 1);
    case 'branch-added': {
      const { branch, type, rank, stage } = difference;
      return t.branchAdded(branchTitle(branch), t.types[type], rank, stage + 1);
    }
    case 'branch-setting': {
      const { setting, branch } = difference;
      return change(t.of(settings[setting] ?? setting, branchTitle(branch)), difference);
    }
    case 'trains': {
      const { branch, stage, to } = difference;
      return (to ? t.trains : t.frozen)(branchTitle(branch), stage + 1);
    }
    case 'dropout': {
      const { branch, stage } = difference;
      return change(t.inStage(t.dropout(branchTitle(branch)), stage + 1), difference);
    }
    case 'fate': {
      const { branch, stage, to, experts } = difference;
      const numbers = experts.map((expert) => String(expert + 1)).join(' + ');
      return t.fates[to](branchTitle(branch), stage + 1, numbers);
    }
  }
}

/** All differences as one sentence without its full stop; empty where there are none. */
export function differencesInWords(differences: readonly Difference[]): string {
  return differences.map(differenceInWords).join(words().separator);
}
