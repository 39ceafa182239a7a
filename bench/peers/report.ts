/** The figures of a run as text: the table on the console and the Markdown file, from the same JSON. */
import type { Ceilings } from '../ceilings.ts';
import type { GenerationResult, WriterResult } from './generation/contest.ts';
import type { RowResult, Timed } from './race.ts';
import type { SuiteReport } from './suite.ts';
import type { TrainingResult } from './training.ts';
import type { Wait } from './wait.ts';

/** A run in one place, with everything needed to read or repeat it. */
export interface PeersReport extends SuiteReport {
  readonly place: string;
  readonly date: string;
  readonly commit: string;
  readonly processors: number;
  readonly processor: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly minutes: number;
  readonly training: readonly TrainingResult[];
  readonly wait: Wait | null;
}

const fixed = (value: number | null | undefined, digits: number): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '' : value.toFixed(digits);

function milliseconds(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

/** Least milliseconds that the ceilings allow, and which of them it is. */
function leastTime(
  { flops, bytes }: RowResult,
  ceilings: Ceilings,
): { milliseconds: number; by: string } {
  const arithmetic = (1000 * (flops ?? 0)) / ceilings.flopsPerSecond;
  const traffic = (1000 * (bytes ?? 0)) / ceilings.bytesPerSecond;
  return arithmetic > traffic
    ? { milliseconds: arithmetic, by: 'arithmetic' }
    : { milliseconds: traffic, by: 'bytes' };
}

function oursOf(row: RowResult): Timed | undefined {
  return row.contestants.find(({ name }) => name === 'ours');
}

type Table = readonly (readonly string[])[];

function markdown([head = [], ...rows]: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '/')).join(' | ')} |`;
  const rule = head.map((_, column) => (column < 2 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

function aligned(rows: Table): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => (cells[column] ?? '').length)),
  );
  return rows
    .map((cells) =>
      cells
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join('\n');
}

const peers = ['jax-js', 'onnxruntime-web', 'tfjs'];

function peerCell(row: RowResult, name: string): string {
  const timed = row.contestants.find((each) => each.name === name);
  if (!timed) return '–';
  if (!timed.milliseconds) {
    if (timed.failure?.startsWith('left out')) return 'left out';
    return timed.failure?.startsWith('results differ') ? 'wrong' : 'fails';
  }
  const processor = timed.processorRatio === null ? '' : ` (${fixed(timed.processorRatio, 1)})`;
  return `${fixed(timed.ratio, 2)}×${processor}`;
}

function rowsTable(report: PeersReport): Table {
  const head = ['row', 'shape', 'ours, ms', ...peers, 'dispatches', 'MB bound', 'of ceiling'];
  const body = report.rows.map((row) => {
    const ours = oursOf(row);
    const time = ours?.milliseconds?.median;
    const least = leastTime(row, report.ceilings);
    const share =
      time === undefined ? '' : `${fixed((100 * least.milliseconds) / time, 0)} % (${least.by})`;
    return [
      row.title,
      row.shape,
      time === undefined ? (ours?.failure ?? '') : milliseconds(time),
      ...peers.map((name) => peerCell(row, name)),
      String(ours?.cost?.dispatches ?? ''),
      fixed((ours?.cost?.bytesBound ?? Number.NaN) / 1e6, 2),
      share,
    ];
  });
  return [head, ...body];
}

function detailTable({ rows }: PeersReport): Table {
  const head = ['row', 'library', 'median ms', 'range', 'processor ms', 'rounds × runs'];
  const body = rows.flatMap((row) =>
    row.contestants.map((timed) => {
      const { name, milliseconds: time, processorMilliseconds: used } = timed;
      const worst = Math.max(0, ...Object.values(timed.distances));
      return [
        row.id,
        timed.note === null ? name : `${name} (${timed.note})`,
        time ? milliseconds(time.median) : (timed.failure ?? ''),
        time ? `${milliseconds(time.least)}–${milliseconds(time.most)}` : '',
        used ? milliseconds(used.median) : '',
        time ? `${timed.rounds} × ${timed.runsPerRound}` : '',
        timed.firstMilliseconds === null ? '' : milliseconds(timed.firstMilliseconds),
        String(timed.commands?.dispatches ?? ''),
        time && name !== 'ours' ? worst.toExponential(1) : '',
      ];
    }),
  );
  return [[...head, 'first run, ms', 'dispatches', 'distance from ours'], ...body];
}

/** Least milliseconds of one token: every dispatch launched, every byte read once. */
function leastToken(generation: GenerationResult, dispatches: number, ceilings: Ceilings): number {
  return (
    (dispatches * ceilings.launchMicroseconds) / 1000 +
    (1000 * generation.bytesPerToken) / ceilings.bytesPerSecond
  );
}

function generationTable(generation: GenerationResult): Table {
  const ours = generation.contestants.find(({ name }) => name === 'ours');
  const head = ['library', 'how', 'tokens/s', 'range', 'ours ÷ it', 'ms to the first token'];
  const rate = (one: WriterResult | undefined): number =>
    one?.tokensPerSecond?.median ?? Number.NaN;
  const body = generation.contestants.map((one) => [
    one.name,
    one.note ?? '',
    one.tokensPerSecond ? fixed(rate(one), 1) : (one.failure ?? ''),
    one.tokensPerSecond
      ? `${fixed(one.tokensPerSecond.least, 1)}–${fixed(one.tokensPerSecond.most, 1)}`
      : '',
    one === ours ? '' : fixed(rate(ours) / rate(one), 1),
    fixed(one.millisecondsToFirst?.median, 0),
    one.agreeing === null ? '' : `${one.agreeing} of ${generation.tokens}`,
  ]);
  return [[...head, 'ids as ours'], ...body];
}

function generationText(report: PeersReport): string[] {
  const { generation, ceilings } = report;
  if (!generation) return [];
  const ours = generation.contestants.find(({ name }) => name === 'ours');
  const dispatches = ours?.dispatchesPerToken ?? null;
  const lines = [
    `${generation.model}: ${generation.parameters.toLocaleString('en')} parameters in float32, greedy, ` +
      `a prompt of ${generation.promptTokens} tokens, ${generation.tokens} answered, ` +
      `${generation.rounds} rounds in turns.`,
  ];
  if (ours?.tokensPerSecond && dispatches !== null) {
    const least = leastToken(generation, dispatches, ceilings);
    const time = 1000 / ours.tokensPerSecond.median;
    lines.push(
      `Ours: ${dispatches} dispatches and ${(generation.bytesPerToken / 1e6).toFixed(1)} MB a token; ` +
        `dispatches × launch + bytes ÷ bandwidth is ${milliseconds(least)} ms, a token takes ` +
        `${milliseconds(time)} ms: ${(time / least).toFixed(2)} times that.`,
    );
  }
  return lines;
}

function trainingTable(training: readonly TrainingResult[], ceilings: Ceilings): Table {
  const head = ['model', 'step', 'ms', 'tokens/s', 'dispatches', 'per layer', 'MB bound'];
  const body = training.map((one) => [
    one.model,
    one.shape,
    milliseconds(one.milliseconds.median),
    fixed(one.tokensPerSecond, 0),
    String(one.dispatches),
    fixed(one.dispatchesPerLayer, 1),
    fixed(one.bytes / 1e6, 0),
    `${fixed(100 * one.productShare, 1)} %`,
    `${fixed(100 * one.launchShare, 1)} %`,
    `${fixed((100 * one.flops) / ceilings.flopsPerSecond / (one.milliseconds.median / 1000), 0)} %`,
  ]);
  return [[...head, 'in products and attention', 'launch', 'of FMA ceiling'], ...body];
}

function ceilingLines({ ceilings }: PeersReport): string[] {
  const { bytesPerSecond, flopsPerSecond, launchMicroseconds, forms } = ceilings;
  return [
    `Ceilings of our device in the same run: a copy moves ${(bytesPerSecond / 1e9).toFixed(1)} GB/s ` +
      `(reads and writes together), a loop of fused multiply-adds does ` +
      `${(flopsPerSecond / 1e9).toFixed(1)} GFLOP/s, an empty dispatch takes ` +
      `${launchMicroseconds.toFixed(1)} µs. The fastest form of each counts:`,
    Object.entries(forms)
      .map(([name, rate]) => `${name} ${(rate / 1e9).toFixed(1)}`)
      .join('; ') + ' (GB/s, GFLOP/s).',
  ];
}

function waitLine(wait: Wait): string {
  return (
    `The built studio, opened with an empty cache (median of ${wait.loads}): a question could be sent ` +
    `after ${wait.readyMilliseconds.toFixed(0)} ms, the first token of the built-in model was on the ` +
    `screen ${wait.firstTokenMilliseconds.toFixed(0)} ms after the page was asked for.`
  );
}

function deviceName({ adapter }: SuiteReport): string {
  return adapter.description || adapter.device || adapter.architecture;
}

/** What a reader has to know before the figures. */
function preamble(report: PeersReport): string[] {
  const { adapter, versions, place, date, commit, processors, processor, rounds, minutes } = report;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${deviceName(report)} (${adapter.vendor || 'no vendor'}), ${place}. ` +
      `${date}, commit ${commit}; ${processor}, ${processors} processors; ${minutes.toFixed(1)} minutes.`,
    `${named.join(', ')}.`,
    `Up to ${rounds} rounds, fewer for rows that take seconds.`,
  ];
}

export function consoleText(report: PeersReport): string {
  const { generation, training, wait, ceilings } = report;
  return [
    '',
    ...preamble(report),
    ...ceilingLines(report),
    '',
    aligned(rowsTable(report)),
    ...(generation ? ['', ...generationText(report), aligned(generationTable(generation))] : []),
    ...(training.length > 0 ? ['', aligned(trainingTable(training, ceilings))] : []),
    ...(wait ? ['', waitLine(wait)] : []),
    '',
  ].join('\n');
}

const reading = `Peers' columns say how many times as long as ours they take: above 1, ours is faster.
The figure is the median over the rounds of the two times of each round; in brackets the same of processor
time over all threads, which other work on the machine disturbs less. "wrong": its results differ from ours
by more than float32 explains, so it is not timed; "fails": it cannot do it here; "left out": one
run would take too long, by its speed in other rows; the reasons are under Details. "–": it has nothing of the kind. Before anything is timed, all results are compared.
The first run under Details holds the compilation of shaders. A run ends when its device's queue is empty. "of ceiling" is the least time that the ceilings allow for the
arithmetic or for every operand read or written once, whichever is more, over our time.
Times of a software adapter say nothing about a GPU: compare within one file.`;

export function markdownText(report: PeersReport): string {
  const { generation, training, wait, ceilings, place } = report;
  return [
    `# Beside peers: ${deviceName(report)}, ${place}`,
    '',
    'Written by `npm run bench:peers` from the JSON file beside it.',
    '',
    preamble(report).join('\n'),
    '',
    ceilingLines(report).join('\n'),
    '',
    reading,
    '',
    '## Rows',
    '',
    markdown(rowsTable(report)),
    '',
    ...(generation
      ? [
          '## Generation',
          '',
          generationText(report).join('\n'),
          '',
          markdown(generationTable(generation)),
          '',
        ]
      : []),
    ...(training.length > 0
      ? [
          '## A step of stage 1 (ours alone)',
          '',
          'Blocks recomputed in the backward pass; a step begins with its inputs written and ends with its ' +
            'figures read.',
          '',
          markdown(trainingTable(training, ceilings)),
          '',
        ]
      : []),
    ...(wait ? ['## From page load to first token', '', waitLine(wait), ''] : []),
    '## Details',
    '',
    markdown(detailTable(report)),
    '',
  ].join('\n');
}
