/** Says on a model card what the states of a run remember of its records, in either language: figures, no texts. */
import type { WardLanguage } from '../../contract/exports.ts';
import type {
  DropSays,
  MemoryMeasure,
  RunMemory,
  StateMemory,
} from '../../contract/memorisation.ts';
import type { Estimate } from '../../engine/evaluation/trust/calibration-report.ts';
import { exposureByChance } from '../../engine/evaluation/memorisation/canary-plan.ts';
import { cell } from './card-text.ts';
import { scoreWords } from './score-words.ts';

interface Words {
  readonly title: string;
  readonly lead: (memory: RunMemory) => string;
  readonly planted: (memory: RunMemory, chance: string) => string;
  readonly heads: readonly string[];
  readonly longEnough: (records: number, of: number) => string;
  readonly drop: (branches: string, says: string) => string;
  readonly says: Readonly<Record<DropSays, string>>;
  readonly measures: Readonly<Record<MemoryMeasure, string>>;
  readonly change: (measure: string, change: string) => string;
  readonly leaked: (records: number, of: number) => string;
  /** What stands behind a sentence. */
  readonly changes: (changes: string) => string;
  readonly list: string;
  /** Between two sentences. */
  readonly sentence: string;
}

/** Tokens of a match that the table counts. */
const COUNTED = 10;

const words: Readonly<Record<WardLanguage, Words>> = {
  en: {
    title: 'What the model remembers of its records',
    lead: ({ members, heldOut, continued, settings: { draws } }) =>
      `Measured in the studio: ${members} records that it trained on, ${heldOut} of the same sets that it never saw, and ` +
      `${continued} records of which it was given the beginning and wrote the rest, greedily and drawn ${draws === 1 ? 'once' : `${draws} times`}. ` +
      'An AUC of 0.5 tells nothing about who was in the data. Intervals: 95%, bootstrap over records and canaries.',
    planted: ({ canaries, planted }, chance) =>
      `${canaries} canaries (invented records with a secret each) were planted as ${planted} records; ` +
      `a canary that was never seen has an exposure of ${chance} bits on average.`,
    heads: [
      'weights',
      'exposure of planted canaries (bits)',
      'membership AUC',
      'members told at 1% false alarms',
      'longest match (tokens)',
      `records with ${COUNTED} tokens or more word for word`,
    ],
    longEnough: (records, of) => `${records} of ${of}`,
    drop: (branches, says) => `Dropping ${branches}: ${says}`,
    says: {
      'none-remembered':
        'nothing shows that the run remembered records before, so nothing shows a change.',
      'none-seen': 'nothing shows that the model remembers less or more without it.',
      less: 'the model remembers less without it.',
      more: 'the model remembers more without it.',
      mixed: 'the model remembers less by one measure and more by another.',
    },
    measures: { exposure: 'exposure', membership: 'AUC', extraction: 'longest match' },
    change: (measure, change) => `${measure} ${change}`,
    leaked: (records, of) =>
      `${records} of ${of} continued records came word for word, for at least ${COUNTED} tokens or to their end, and for longer than the base model writes of them by itself. The table counts what the base writes, too.`,
    changes: (changes) => ` (${changes})`,
    list: ', ',
    sentence: ' ',
  },
  zh: {
    title: '模型记住了哪些训练记录',
    lead: ({ members, heldOut, continued, settings: { draws } }) =>
      `在工作室中测得：训练过的记录 ${members} 条，同一数据集中未训练过的记录 ${heldOut} 条；另有 ${continued} 条记录只给出开头，由模型续写其余（贪心一次，抽样 ${draws} 次）。AUC 为 0.5 表示看不出谁在数据中。区间：95%，对记录和金丝雀重抽（自助法）。`,
    planted: ({ canaries, planted }, chance) =>
      `植入了 ${canaries} 个金丝雀（各含一个秘密的虚构记录），共 ${planted} 条；从未见过的金丝雀平均暴露度为 ${chance} 比特。`,
    heads: [
      '权重',
      '植入金丝雀的暴露度（比特）',
      '成员推断 AUC',
      '1% 误报下认出的成员',
      '最长逐字一致（词元）',
      `逐字复现 ${COUNTED} 个词元以上的记录`,
    ],
    longEnough: (records, of) => `${of} 条中 ${records} 条`,
    drop: (branches, says) => `丢弃 ${branches}：${says}`,
    says: {
      'none-remembered': '此前就看不出记住了记录，因此也看不出变化。',
      'none-seen': '看不出丢弃后记住得更少或更多。',
      less: '丢弃后记住得更少。',
      more: '丢弃后记住得更多。',
      mixed: '按一种指标记住得更少，按另一种指标更多。',
    },
    measures: { exposure: '暴露度', membership: 'AUC', extraction: '最长逐字一致' },
    change: (measure, change) => `${measure} ${change}`,
    leaked: (records, of) =>
      `续写的 ${of} 条记录中，有 ${records} 条被逐字写出至少 ${COUNTED} 个词元或写到结尾，且比基座模型自己写出的更长。表中的记录数也包括基座模型自己就能写出的。`,
    changes: (changes) => `（${changes}）`,
    list: '，',
    sentence: '',
  },
};

/** How states and branches are called in the card's language. */
interface Names {
  readonly state: (id: string) => string;
  readonly branch: (name: string) => string;
}

/** The section with its heading; '' where nothing was measured. */
export function memorySection(
  language: WardLanguage,
  memory: RunMemory | undefined,
  names: Names,
): string {
  if (!memory) return '';
  const own = words[language];
  const figure = figureIn(language);
  const { references, canaries, continued, drop, leaked, states } = memory;
  const shown = own.heads.filter((_, i) => i !== 1 || canaries > 0);
  const chance = references === null ? '' : exposureByChance(references).toFixed(2);
  const changes = (drop?.changes ?? []).map(({ measure, change }) =>
    own.change(own.measures[measure], figure(change, measure === 'membership' ? 3 : 2, true)),
  );
  const dropped =
    drop && own.drop(drop.branches.map(names.branch).join(own.list), own.says[drop.says]);
  return `
## ${own.title}
${[own.lead(memory), ...(canaries > 0 ? [own.planted(memory, chance)] : [])].join(own.sentence)}

| ${shown.join(' | ')} |
|${shown.map(() => '---').join('|')}|
${states
  .map((state) => {
    const cells = cellsOf(own, state, figure).filter((_, i) => i !== 0 || canaries > 0);
    return `| ${[cell(names.state(state.snapshot)), ...cells].join(' | ')} |`;
  })
  .join('\n')}

${[...(dropped ? [`- ${dropped}${changes.length > 0 ? own.changes(changes.join(own.list)) : ''}`] : []), `- ${own.leaked(leaked, continued)}`].join('\n')}
`;
}

type Shown = (estimate: Estimate | null | undefined, digits: number, signed?: boolean) => string;

function figureIn(language: WardLanguage): Shown {
  const { between } = scoreWords[language];
  return (estimate, digits, signed = false) => {
    if (!estimate) return '–';
    const text = (value: number): string =>
      `${signed && value > 0 ? '+' : ''}${value.toFixed(digits)}`.replace('-', '−');
    const { value, interval } = estimate;
    return text(value) + (interval ? between(text(interval.low), text(interval.high)) : '');
  };
}

function cellsOf(
  own: Words,
  { planted, membership, extraction }: StateMemory,
  figure: Shown,
): string[] {
  const share = extraction?.shares.find(({ tokens }) => tokens === COUNTED);
  return [
    figure(planted, 2),
    figure(membership?.auc, 3),
    figure(membership?.truePositives, 3),
    figure(extraction?.matched, 1),
    share ? own.longEnough(share.records, share.of) : '–',
  ];
}
