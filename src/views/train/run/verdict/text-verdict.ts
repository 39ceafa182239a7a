/** Words of the verdict on a run, in both languages. */
import { inLanguages } from '../../../../studio/language.ts';
import { fewestRecords, type Part, type Sufficiency } from '../../../../studio/runs/verdict.ts';
import type { DataKind } from '../../../../contract/data.ts';
import { formatCount, formatInteger } from '../../../shared/format.ts';
import { branchTitle } from '../../../shared/Tag.tsx';

export const verdictText = inLanguages({
  en: {
    title: 'Result',
    stoppedEarly: (done: string, total: string) => `stopped after ${done} of ${total} steps`,
    kind: (kind: DataKind): string => kind,
    learned: (what: string) => `Learned: ${what}`,
    lost: (what: string) => `got worse: ${what}`,
    unclear: (what: string) => `no clear change: ${what}`,
    nothingKnown: 'What was learned is not known',
    join: '; ',
    between: ' ',
    and: ' and ',
    endless: (answers: number, tokens: string) =>
      `${answers === 1 ? 'The sample answer does not end by itself: it runs on' : `None of the ${answers} sample answers ends by itself: each runs on`} to the limit of ${tokens} tokens. Read them below before you trust the losses. More steps can teach where an answer ends, but not to a base that never learned its end-of-turn token, as MedCare nano.`,
    likelier: (kind: string, times: string, losses: string) =>
      `On new ${kind} records, a token of the right answer is ${times} times as likely as with the base model (loss ${losses}).`,
    sameAsBase: (kind: string, losses: string, interval: string) =>
      `On new ${kind} records, the change cannot be told from chance (loss ${losses}; 95% of the change: ${interval}).`,
    fewFor: (kind: string, losses: string, records: number) =>
      `On new ${kind} records, the loss changed (${losses}), but ${formatCount(records, 'record')} ${records === 1 ? 'is' : 'are'} too few to tell that from chance.`,
    noInterval: (kind: string, losses: string) =>
      `On new ${kind} records, the loss changed: ${losses}.`,
    forgot: (kind: string, stage: number, change: string) =>
      `Stage ${stage} raised the loss on ${kind} by ${change}: part of it was forgotten.`,
    kept: (kind: string, stage: number, change: string) =>
      `Stage ${stage} did not train on ${kind}, and no loss of it can be seen (${change}).`,
    keptShare: (branches: string, stage: number, shares: string) =>
      `After ${branches} was dropped, this share of what stage ${stage} gained is left: ${shares}.`,
    shareOf: (kind: string, share: string) => `${share} on ${kind}`,
    dropWork:
      'The dropped branch carried more of the alignment than of the knowledge, as the method intends.',
    separation: (one: string, other: string, first: string, last: string) =>
      `The orthogonal loss between ${one} and ${other} went from ${first} to ${last}:`,
    noKnowledge: 'no knowledge record took part, so this says nothing about knowledge.',
    apart: 'the new branch left the directions of the knowledge.',
    closer:
      'the branches share more directions than at the start. A larger weight holds them apart.',
    stayed: 'the branches share about as much as at the start.',
    enough: {
      none: 'No records were kept for validation, so nothing can be said about what was learned. Give the next run a validation share.',
      alone:
        'Losses were measured, but the run ended before a stage did, so there are no two states to compare.',
      unknown: 'This run did not keep the loss of each record, so no interval can be given.',
      few: `No set has ${fewestRecords} validation records, so no change here can be told from chance. Keep more records for validation.`,
      some: `Sets with fewer than ${fewestRecords} validation records allow no statement of their own.`,
      enough: 'Measured on records that were never trained on; intervals compare the same records.',
    } satisfies Record<Sufficiency, string>,
    repeats: (near: string, heldOut: string) =>
      `${near} of the ${heldOut} validation records ask nearly what a trained record asks, so their losses say less about new records. Data finds near-duplicates.`,
    scores:
      'Losses say how well the model expects the answers. Whether it answers right is measured by Evaluate.',
    next: 'Next',
    evaluate: 'Evaluate',
    chat: 'Chat',
    export: 'Export',
    compare: 'Compare',
    caption: 'How the validation loss of each set changed, part by part',
    set: 'Set',
    all: (kind: string) => `All ${kind}`,
    records: 'Records',
    part: (part: Part): string =>
      part.kind === 'stage'
        ? `Stage ${part.stage + 1}`
        : part.kind === 'drop'
          ? `${part.branches.map(branchTitle).join(', ')} dropped`
          : 'In all',
  },
  zh: {
    title: '结果',
    stoppedEarly: (done, total) => `在 ${total} 步中的第 ${done} 步停止`,
    kind: (kind) => (kind === 'knowledge' ? '知识' : '对齐'),
    learned: (what) => `学到了：${what}`,
    lost: (what) => `变差了：${what}`,
    unclear: (what) => `看不出变化：${what}`,
    nothingKnown: '无法判断学到了什么',
    join: '；',
    between: '',
    and: '和',
    endless: (answers, tokens) =>
      `${answers === 1 ? '样例答案没有自行结束' : `${answers} 个样例答案都没有自行结束`}，一直写到 ${tokens} 个词元的上限。请先看下面的样例，再相信损失。增加步数可以学会何时结束；但像 MedCare nano 这样预训练时从未学过结束标记的基座学不会。`,
    likelier: (kind, times, losses) =>
      `在未训练过的${kind}记录上，正确答案中每个词元的概率是基座模型的 ${times} 倍（损失 ${losses}）。`,
    sameAsBase: (kind, losses, interval) =>
      `在未训练过的${kind}记录上，变化与偶然无法区分（损失 ${losses}；变化的 95% 区间：${interval}）。`,
    fewFor: (kind, losses, records) =>
      `在未训练过的${kind}记录上，损失为 ${losses}，但只有 ${formatInteger(records)} 条记录，无法与偶然区分。`,
    noInterval: (kind, losses) => `在未训练过的${kind}记录上，损失为 ${losses}。`,
    forgot: (kind, stage, change) => `阶段 ${stage} 使${kind}的损失上升 ${change}：遗忘了一部分。`,
    kept: (kind, stage, change) =>
      `阶段 ${stage} 没有用${kind}数据训练，也看不出遗忘（${change}）。`,
    keptShare: (branches, stage, shares) =>
      `丢弃 ${branches} 后，阶段 ${stage} 的收获还剩：${shares}。`,
    shareOf: (kind, share) => `${kind} ${share}`,
    dropWork: '被丢弃的分支承载的对齐多于知识，正如该方法所期望的。',
    separation: (one, other, first, last) =>
      `${one} 与 ${other} 的正交损失从 ${first} 变为 ${last}：`,
    noKnowledge: '没有知识记录参与训练，因此这不能说明知识是否受到保护。',
    apart: '新分支避开了知识所在的方向。',
    closer: '两个分支共有的方向比开始时更多；增大权重可使二者分开。',
    stayed: '两个分支共有的方向与开始时相近。',
    enough: {
      none: '没有留出验证记录，因此无法判断学到了什么。请在下次训练中留出验证比例。',
      alone: '测量过损失，但训练在阶段结束之前就停止了，没有两个状态可供比较。',
      unknown: '这次训练没有保留逐条记录的损失，因此无法给出区间。',
      few: `没有数据集达到 ${fewestRecords} 条验证记录，任何变化都无法与偶然区分。请留出更多验证记录。`,
      some: `验证记录少于 ${fewestRecords} 条的数据集不能单独下结论。`,
      enough: '在从未训练过的记录上测得；区间按同一条记录成对比较。',
    },
    repeats: (near, heldOut) =>
      `${heldOut} 条验证记录中有 ${near} 条的问题与训练过的记录几乎相同，它们的损失不太能说明对新记录的效果。“数据”页可以查找近似重复。`,
    scores: '损失反映模型对答案的预期；答得对不对要用“评测”来量。',
    next: '接下来',
    evaluate: '评测',
    chat: '对话',
    export: '导出',
    compare: '比较',
    caption: '各数据集的验证损失在每一部分的变化',
    set: '数据集',
    all: (kind) => `全部${kind}`,
    records: '记录数',
    part: (part) =>
      part.kind === 'stage'
        ? `阶段 ${part.stage + 1}`
        : part.kind === 'drop'
          ? `丢弃 ${part.branches.map(branchTitle).join('、')}`
          : '总计',
  },
});
