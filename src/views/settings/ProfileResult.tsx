/** A profile: shares of time, kernel families, the slowest dispatches. */
import type { ProfileReport } from '../../studio/runs/profile.ts';
import { Facts } from '../shared/Card.tsx';
import { bufferText } from '../shared/faults/error-text.ts';
import {
  formatBytes,
  formatFixed,
  formatInteger,
  formatPercent,
  unknown,
} from '../shared/format.ts';
import { Notice } from '../shared/Notice.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { bracketed, listed, named } from '../shared/words/marks.ts';
import { gigabytesPerSecond, orderedFamilies, shades, shortTime, type Family } from './families.ts';
import { profileText } from './text-profile.ts';
import styles from './ProfileResult.module.css';
import textStyles from '../shared/text.module.css';
import tableStyles from '../shared/Table.module.css';

type Dispatch = ProfileReport['dispatches'][number];

/** Number of dispatches listed: further ones take next to nothing each. */
const LISTED = 40;

/** A report: what it says at a glance, the bar and table of families, the slowest dispatches. */
export function ProfileResult({
  report,
  stale,
}: {
  readonly report: ProfileReport;
  /** The report is of another model than the chosen one. */
  readonly stale: boolean;
}) {
  const t = profileText();
  const { milliseconds, wallMilliseconds, launchMilliseconds, productMilliseconds } = report;
  const count = report.families.reduce((sum, { dispatches }) => sum + dispatches, 0);
  return (
    <>
      {stale && <Notice tone="info" compact title={t.stale(report.modelName)} />}
      <Facts
        items={[
          { name: t.wholeStep, value: shortTime(wallMilliseconds) },
          {
            name: t.products,
            value: formatPercent(productMilliseconds / milliseconds, 1),
          },
          {
            name: t.launching,
            value:
              launchMilliseconds === null
                ? t.notTold
                : bracketed(
                    formatPercent(launchMilliseconds / (launchMilliseconds + milliseconds), 1),
                    shortTime(launchMilliseconds),
                  ),
          },
          { name: t.dispatches, value: formatInteger(count) },
        ]}
      />
      <Bar report={report} />
      <Families report={report} />
      <details className={styles.profileSlowest}>
        <summary>{t.slowest(Math.min(LISTED, report.dispatches.length))}</summary>
        <Slowest report={report} />
      </details>
      <p className={textStyles.note}>
        {t.on(loadWords(report), report.adapter, report.software)} {clockWords(report)}{' '}
        {t.bytesNote} {launchMilliseconds !== null && t.launchNote}
      </p>
    </>
  );
}

function clockWords({ clock, rounds }: ProfileReport): string {
  const step = shortTime(clock.resolutionNanoseconds / 1e6);
  const fine = clock.resolutionNanoseconds < 1000 ? `${clock.resolutionNanoseconds} ns` : step;
  const t = profileText();
  return clock.kind === 'timestamps' ? t.timestamps(fine, rounds) : t.wallClock(rounds);
}

function loadWords({ load }: ProfileReport): string {
  const t = profileText();
  return load.kind === 'decode'
    ? t.decodeLoad(load.tokens)
    : t.batchLoad(load.records, load.recordTokens, load.targets);
}

interface BarPart {
  readonly key: string;
  readonly name: string;
  readonly share: number;
  readonly shade: string | undefined;
}

/** Shares of the step as one bar; the table below has the figures. */
function Bar({ report }: { readonly report: ProfileReport }) {
  const t = profileText();
  const shade = shades(report.families);
  const launch = report.launchMilliseconds ?? 0;
  const whole = report.milliseconds + launch;
  const parts: BarPart[] = orderedFamilies(report.families).map(({ family, milliseconds }) => ({
    key: family,
    name: t.families[family],
    share: milliseconds / whole,
    shade: shade.get(family),
  }));
  parts.push({
    key: 'launch',
    name: t.launching,
    share: launch / whole,
    shade: 'launch',
  });
  return (
    <div
      className={styles.profileBar}
      role="img"
      aria-label={listed(
        parts
          .filter(({ share }) => share >= 0.005)
          .map(({ name, share }) => `${name} ${formatPercent(share)}`),
      )}
    >
      {parts.map(({ key, name, share, shade }) => (
        <span
          key={key}
          data-shade={shade}
          style={{ flexGrow: share }}
          title={named(name, formatPercent(share, 1))}
        />
      ))}
    </div>
  );
}

function rate(bytes: number, milliseconds: number): string {
  const value = gigabytesPerSecond(bytes, milliseconds);
  return value === null ? unknown : formatFixed(value, value < 10 ? 2 : 0);
}

function Families({ report }: { readonly report: ProfileReport }) {
  const { milliseconds } = report;
  return (
    <Table
      caption={profileText().table}
      columns={familyColumns(report)}
      rows={orderedFamilies(report.families)}
      rowKey={({ family }) => family}
      footer={totals(report).map(({ name, time, dispatches, bytes }) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td className={tableStyles.end}>{shortTime(time)}</td>
          <td className={tableStyles.end}>{formatPercent(time / milliseconds, 1)}</td>
          <td className={tableStyles.end}>{formatInteger(dispatches)}</td>
          <td className={tableStyles.end}>{formatBytes(bytes)}</td>
          <td className={tableStyles.end}>{rate(bytes, time)}</td>
        </tr>
      ))}
    />
  );
}

function familyColumns({ families, milliseconds }: ProfileReport): readonly Column<Family>[] {
  const t = profileText();
  const shade = shades(families);
  return [
    {
      key: 'family',
      header: t.kernels,
      rowHeader: true,
      cell: ({ family }) => (
        <span className={styles.profileFamily}>
          <span className={styles.profileSwatch} data-shade={shade.get(family)} aria-hidden />
          {t.families[family]}
        </span>
      ),
    },
    { key: 'time', header: t.time, align: 'end', cell: (each) => shortTime(each.milliseconds) },
    {
      key: 'share',
      header: t.share,
      align: 'end',
      cell: (each) => formatPercent(each.milliseconds / milliseconds, 1),
    },
    {
      key: 'dispatches',
      header: t.dispatches,
      align: 'end',
      cell: ({ dispatches }) => formatInteger(dispatches),
    },
    { key: 'bytes', header: t.bytes, align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
    {
      key: 'rate',
      header: 'GB/s',
      align: 'end',
      cell: (each) => rate(each.bytes, each.milliseconds),
    },
  ];
}

/** What the products and all dispatches add up to. */
function totals({ dispatches: all, families, milliseconds, productMilliseconds }: ProfileReport) {
  const t = profileText();
  const products = all.filter(({ product }) => product);
  const sum = (list: readonly { readonly bytes: number }[]): number =>
    list.reduce((total, { bytes }) => total + bytes, 0);
  return [
    {
      name: t.products,
      time: productMilliseconds,
      dispatches: products.length,
      bytes: sum(products),
    },
    {
      name: t.allDispatches,
      time: milliseconds,
      dispatches: families.reduce((total, { dispatches }) => total + dispatches, 0),
      bytes: sum(families),
    },
  ];
}

function Slowest({ report }: { readonly report: ProfileReport }) {
  const t = profileText();
  const rows = report.dispatches
    .map((dispatch, order) => ({ ...dispatch, order }))
    .sort((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, LISTED);
  const columns: readonly Column<Dispatch & { readonly order: number }>[] = [
    { key: 'time', header: t.time, align: 'end', cell: (each) => shortTime(each.milliseconds) },
    {
      key: 'share',
      header: t.share,
      align: 'end',
      cell: (each) => formatPercent(each.milliseconds / report.milliseconds, 1),
    },
    {
      key: 'kernel',
      header: t.kernel,
      rowHeader: true,
      cell: ({ kernel }) => <code>{kernel}</code>,
    },
    { key: 'scope', header: t.part, cell: ({ scope }) => (scope === '' ? unknown : scope) },
    { key: 'writes', header: t.writes, cell: ({ writes }) => bufferText(writes) },
    {
      key: 'workgroups',
      header: t.workgroups,
      align: 'end',
      cell: ({ workgroups }) => formatInteger(workgroups),
    },
    { key: 'bytes', header: t.bytes, align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
    {
      key: 'rate',
      header: 'GB/s',
      align: 'end',
      cell: (each) => rate(each.bytes, each.milliseconds),
    },
  ];
  return (
    <Table
      caption={t.slowestTable}
      columns={columns}
      rows={rows}
      rowKey={({ order }) => String(order)}
      maxHeight={360}
    />
  );
}
