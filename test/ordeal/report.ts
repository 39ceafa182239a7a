/** Reports what an ordeal counted and found, as lines, as JSON and as the table of docs/reliability.md. */
import type { Campaign, Finding, FindingKind } from './campaign.ts';

export interface CampaignResult {
  readonly name: string;
  readonly place: string;
  readonly turns: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
}

export interface OrdealResult {
  readonly seed: number;
  /** Day, in the form 2026-11-28. */
  readonly date: string;
  readonly minutes: number;
  readonly campaigns: readonly CampaignResult[];
  readonly findings: readonly Finding[];
}

/** A finding with the command that shows it again. */
export function findingLine({ campaign, kind, what, seed, turn }: Finding): string {
  const again = `npm run ordeal -- --only ${campaign} --seed ${seed} --turn ${turn}`;
  return `${campaign}: ${kind}: ${what}\n    again: ${again}`;
}

const KINDS: readonly { readonly kind: FindingKind; readonly words: string }[] = [
  { kind: 'lost', words: 'lost' },
  { kind: 'hung', words: 'without an answer' },
  { kind: 'untyped', words: 'without words of its own' },
  { kind: 'left', words: 'left behind' },
  { kind: 'memory', words: 'beyond the memory allowed' },
];

/** What was found in a campaign, in words; "nothing" where that is so. */
function found(findings: readonly Finding[]): string {
  const parts = KINDS.flatMap(({ kind, words }) => {
    const count = findings.filter((finding) => finding.kind === kind).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** One row for everything that a campaign counts. */
export function tableOf(result: OrdealResult, campaigns: readonly Campaign[]): string {
  const rows = result.campaigns.flatMap(({ name, place, counts }) => {
    const words = campaigns.find((campaign) => campaign.name === name)?.counts ?? {};
    const own = result.findings.filter((finding) => finding.campaign === name);
    return Object.entries(words).map(([key, what], i) => {
      const first = i === 0;
      const cells = [
        first ? `\`${name}\`` : '',
        what,
        (counts[key] ?? 0).toLocaleString('en-US'),
        first ? found(own) : '',
        first ? place : '',
      ];
      return `| ${cells.join(' | ')} |`;
    });
  });
  const minutes = Math.max(1, Math.round(result.minutes));
  return [
    `${result.date}, ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, seed ${result.seed}:`,
    '',
    '| campaign | what was done | times | what was lost | where |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

const BEGIN = '<!-- table: npm run ordeal -- --table docs/reliability.md -->';
const END = '<!-- end of table -->';

/** The document with this table in place of the one between its marks. @throws Error without marks */
export function withTable(document: string, table: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`no lines "${BEGIN}" and "${END}"`);
  const head = document.slice(0, begin + BEGIN.length);
  return `${head}\n\n${table}\n\n${document.slice(end)}`;
}
