/** The report of a proof: one page of Markdown, and the same figures as JSON. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { isReached, type Aim, type Findings, type ReportTable } from './section.ts';

/** One section as it ended. */
export interface Ended {
  readonly name: string;
  readonly seconds: number;
  readonly findings: Findings;
}

export interface Proof {
  readonly gpu: Gpu;
  readonly small: boolean;
  readonly minutes: number;
  readonly seed: number;
  readonly ended: readonly Ended[];
}

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { encoding: 'utf8' }).trim();
    return (
      git('rev-parse', '--short', 'HEAD') +
      (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' with changes')
    );
  } catch {
    return 'unknown';
  }
}

const escaped = (text: string): string => text.replaceAll('|', '\\|');

function tableLines({ head, rows }: ReportTable): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- ').join('|')}|`, ...rows.map(line)];
}

function aimWords(aim: Aim): string[] {
  const words = (value: number): string =>
    aim.unit === 'share' ? `${(100 * value).toFixed(1)} %` : `${value.toFixed(2)} ×`;
  return [
    aim.what,
    words(aim.found),
    `${aim.better === 'more' ? '≥' : '≤'} ${words(aim.wanted)}`,
    isReached(aim) ? 'yes' : 'no',
  ];
}

/** What is wrong with the device, over all sections. */
export function wrongs({ ended }: Pick<Proof, 'ended'>): string[] {
  return ended.flatMap(({ findings }) => findings.wrong);
}

/** A file name made of the adapter's name. */
export function reportName(gpu: Gpu): string {
  const { description, device, vendor } = gpu.adapter;
  const name = (device || description || vendor || 'adapter').toLowerCase();
  return (
    name
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 60) || 'adapter'
  );
}

function markdown(proof: Proof, facts: Readonly<Record<string, string>>): string {
  const wrong = wrongs(proof);
  const aims = proof.ended.flatMap(({ findings }) => findings.aims ?? []);
  return [
    `# ${facts['adapter'] ?? ''}`,
    '',
    `What \`npm run gpu:proof\` found${proof.small ? ', with small shapes as on every software adapter: its times say nothing about a GPU' : ''}.`,
    '',
    ...tableLines({ head: ['', ''], rows: Object.entries(facts) }),
    '',
    wrong.length === 0 ? 'Nothing wrong was found.' : '**Wrong:**',
    '',
    ...(wrong.length > 0 ? [...wrong.map((each) => `- ${each}`), ''] : []),
    ...(aims.length > 0
      ? [
          ...tableLines({ head: ['aim', 'found', 'wanted', 'reached'], rows: aims.map(aimWords) }),
          '',
        ]
      : []),
    ...proof.ended.flatMap(({ name, seconds, findings: { notes = [], tables = [] } }) => [
      `## ${name}`,
      '',
      `${[...notes, `${seconds.toFixed(0)} s`].join('. ')}.`,
      '',
      ...tables.flatMap((table) => [...tableLines(table), '']),
    ]),
  ].join('\n');
}

/** Writes both files; called after each section, so that what a proof found survives its end. */
export function writeReport(folder: string, proof: Proof): string {
  const { gpu, ended, ...asked } = proof;
  const { adapter, traits } = gpu;
  const facts = {
    adapter: adapter.description || adapter.device || adapter.vendor,
    driver: `${adapter.vendor} ${adapter.architecture} ${adapter.device}`.trim(),
    features: adapter.features.join(', ') || 'none',
    subgroups: traits.subgroups ? `${traits.subgroupMinSize} to ${traits.subgroupMaxSize}` : 'off',
    'largest binding': `${(traits.maxBindingBytes / 2 ** 20).toFixed(0)} MiB`,
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    system: `${process.platform} ${process.arch}, Node ${process.versions.node}`,
    asked: `${asked.minutes} minutes, seed ${asked.seed}${asked.small ? ', small shapes' : ''}`,
  };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, reportName(gpu));
  writeFileSync(`${file}.md`, markdown(proof, facts));
  const sections = ended.map(({ name, seconds, findings }) => ({ name, seconds, ...findings }));
  writeFileSync(
    `${file}.json`,
    `${JSON.stringify({ ...facts, adapterFacts: adapter, ...asked, sections }, null, 2)}\n`,
  );
  return file;
}
