/** The measured error of the chosen precision. */
import { Ruler } from 'lucide-react';
import { useMemory, type FormatError, type PrecisionNeeds } from '../../../studio/runs/memory.ts';
import type { Precision } from '../../../contract/models.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Facts } from '../../shared/Card.tsx';
import { formatFixed, formatNumber, formatPercent, unknown } from '../../shared/format.ts';
import { ErrorNotice, Notice } from '../../shared/Notice.tsx';
import { formatNames, precisionName, precisionOrder } from '../../shared/precision-words.ts';
import { Table, type Column } from '../../shared/Table.tsx';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { bracketed } from '../../shared/words/marks.ts';
import { ErrorHeatmap } from './ErrorHeatmap.tsx';
import { errorText } from './text-precision.ts';
import styles from './PrecisionError.module.css';
import textStyles from '../../shared/text.module.css';

type MatrixError = FormatError['matrices'][number];
type Output = NonNullable<FormatError['output']>;

/** The error of the chosen precision in the numbers of every matrix, and in the model's outputs. */
export function PrecisionError({
  modelId,
  precision,
  needs,
}: {
  readonly modelId: string;
  readonly precision: Precision;
  readonly needs: readonly PrecisionNeeds[];
}) {
  const { measured, measuring, error, measure, dismissError } = useMemory();
  const t = errorText();
  const own = measured.filter((found) => found.modelId === modelId).map((found) => found.error);
  const shown = own.find((found) => found.precision === precision);
  const exact = needs.find((need) => need.precision === precision)?.exact ?? false;
  const here = measuring?.modelId === modelId ? measuring : null;
  const title = precisionName(precision);
  return (
    <section className={styles.precisionError} aria-label={t.section}>
      <div className={styles.head}>
        <h3>{t.title(title)}</h3>
        <Button
          size="small"
          icon={<Ruler size={14} aria-hidden />}
          reason={measuring && !here ? t.busy : null}
          busy={here !== null}
          onClick={() => void measure(modelId, precision)}
        >
          {shown ? t.again : t.measure}
        </Button>
      </div>
      {here && <TaskProgress task={here.task} label={t.measuring(precisionName(here.precision))} />}
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      {!shown && !here && <p className={textStyles.note}>{exact ? t.exact : t.reads}</p>}
      {shown && <Measured error={shown} />}
      {own.length > 1 && <Comparison all={own} />}
    </section>
  );
}

function Measured({ error }: { readonly error: FormatError }) {
  const t = errorText();
  const { output, float16, matrices, relativeL2 } = error;
  return (
    <>
      {output ? (
        <Facts
          items={[
            { name: t.weights, value: formatPercent(relativeL2, 3) },
            { name: t.logits, value: formatPercent(output.relativeL2, 3) },
            { name: t.loss, value: lossInWords(output) },
            { name: t.divergence, value: t.nats(formatNumber(output.divergence, 3)) },
            { name: t.greedy, value: formatPercent(output.greedyAgreement, 1) },
            ...(float16
              ? [
                  {
                    name: t.float16,
                    value: t.float16Change(
                      formatPercent(float16.relativeL2, 3),
                      lossInWords(float16),
                    ),
                  },
                ]
              : []),
            { name: t.on, value: t.sampleTokens(output.tokens) },
          ]}
        />
      ) : (
        <Notice tone="info" title={t.notCompared(formatPercent(relativeL2, 3))} />
      )}
      <ErrorHeatmap matrices={matrices} />
      <details className={styles.all}>
        <summary>{t.allMatrices(matrices.length)}</summary>
        <Table
          caption={t.caption}
          columns={matrixColumns()}
          rows={matrices}
          rowKey={({ name }) => name}
          maxHeight={320}
        />
      </details>
    </>
  );
}

function lossInWords({ ownNll, nll }: Output): string {
  const change = nll - ownNll;
  const sign = change < 0 ? '−' : '+';
  return bracketed(formatFixed(nll, 4), sign + formatNumber(Math.abs(change), 2));
}

function matrixColumns(): readonly Column<MatrixError>[] {
  const t = errorText();
  return [
    {
      key: 'name',
      header: t.columns.matrix,
      rowHeader: true,
      cell: ({ name }) => <code>{name}</code>,
    },
    { key: 'format', header: t.columns.format, cell: ({ format }) => formatNames[format] },
    {
      key: 'relative',
      header: t.columns.relative,
      align: 'end',
      cell: ({ relativeL2 }) => formatPercent(relativeL2, 3),
    },
    {
      key: 'largest',
      header: t.columns.largest,
      align: 'end',
      cell: ({ largest }) => formatNumber(largest, 3),
    },
    {
      key: 'weight',
      header: t.columns.weight,
      align: 'end',
      cell: ({ largestWeight }) => formatNumber(largestWeight, 3),
    },
  ];
}

function comparisonColumns(): readonly Column<FormatError>[] {
  const t = errorText();
  return [
    {
      key: 'precision',
      header: t.columns.precision,
      rowHeader: true,
      cell: ({ precision }) => precisionName(precision),
    },
    {
      key: 'weights',
      header: t.weights,
      align: 'end',
      cell: ({ relativeL2 }) => formatPercent(relativeL2, 3),
    },
    {
      key: 'logits',
      header: t.logits,
      align: 'end',
      cell: ({ output }) => (output ? formatPercent(output.relativeL2, 3) : unknown),
    },
    {
      key: 'nll',
      header: t.loss,
      align: 'end',
      cell: ({ output }) => (output ? lossInWords(output) : unknown),
    },
    {
      key: 'greedy',
      header: t.greedy,
      align: 'end',
      cell: ({ output }) => (output ? formatPercent(output.greedyAgreement, 1) : unknown),
    },
  ];
}

/** Precisions of this model that were measured, side by side. */
function Comparison({ all }: { readonly all: readonly FormatError[] }) {
  const t = errorText();
  const order = precisionOrder;
  const rows = all.toSorted((a, b) => order.indexOf(a.precision) - order.indexOf(b.precision));
  return (
    <>
      <h3>{t.soFar}</h3>
      <Table
        caption={t.comparison}
        columns={comparisonColumns()}
        rows={rows}
        rowKey={({ precision }) => precision}
      />
    </>
  );
}
