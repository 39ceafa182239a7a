import { Ruler } from 'lucide-react';
import { useMemory, type FormatError, type PrecisionNeeds } from '../../studio/memory.ts';
import type { ModelSummary } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { Facts } from '../shared/Card.tsx';
import { formatFixed, formatInteger, formatNumber, formatPercent } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { formatNames, precisionName, precisionOrder } from '../shared/precision-words.ts';
import { Table, type Column } from '../shared/Table.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { ErrorHeatmap } from './ErrorHeatmap.tsx';

type MatrixError = FormatError['matrices'][number];
type Output = NonNullable<FormatError['output']>;

/** What the chosen precision does to the numbers of every matrix, and to what the model says. */
export function PrecisionError({
  model,
  needs,
}: {
  readonly model: ModelSummary;
  readonly needs: readonly PrecisionNeeds[];
}) {
  const { measured, measuring, error, measure, dismissError } = useMemory();
  const { precision } = model;
  const own = measured.filter(({ modelId }) => modelId === model.id).map((found) => found.error);
  const shown = own.find((found) => found.precision === precision);
  const exact = needs.find((need) => need.precision === precision)?.exact ?? false;
  const here = measuring?.modelId === model.id ? measuring : null;
  const title = precisionName(precision);
  return (
    <section className="precision-error" aria-label="Error of the chosen precision">
      <div className="precision-error__head">
        <h3>Error in {title}</h3>
        <Button
          size="small"
          icon={<Ruler size={14} aria-hidden />}
          reason={measuring && !here ? 'Another model is being measured.' : null}
          busy={here !== null}
          onClick={() => void measure(model.id, precision)}
        >
          {shown ? 'Measure again' : 'Measure the error'}
        </Button>
      </div>
      {here && (
        <TaskProgress task={here.task} label={`Measuring ${precisionName(here.precision)}`} />
      )}
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      {!shown && !here && (
        <p className="precision__note">
          {exact
            ? 'This precision keeps every number of the file; measuring shows it on this device.'
            : 'Reads every matrix back from the device and compares it with the file; then both versions read the sample questions.'}
        </p>
      )}
      {shown && <Measured error={shown} />}
      {own.length > 1 && <Comparison all={own} />}
    </section>
  );
}

function Measured({ error }: { readonly error: FormatError }) {
  const { output, matrices, relativeL2 } = error;
  return (
    <>
      {output ? (
        <Facts
          items={[
            { name: 'Weights, relative L2', value: formatPercent(relativeL2, 3) },
            { name: 'Logits, relative L2', value: formatPercent(output.relativeL2, 3) },
            { name: 'Loss (nll)', value: lossInWords(output) },
            { name: 'Divergence (KL)', value: `${formatNumber(output.divergence, 3)} nats` },
            { name: 'Same greedy token', value: formatPercent(output.greedyAgreement, 1) },
            { name: 'Compared on', value: `${formatInteger(output.tokens)} sample tokens` },
          ]}
        />
      ) : (
        <Notice
          tone="info"
          title={`Weights: relative L2 ${formatPercent(relativeL2, 3)}. What comes out was not compared: the device has no room for the file's own numbers.`}
        />
      )}
      <ErrorHeatmap matrices={matrices} />
      <details className="precision-error__all">
        <summary>All {formatInteger(matrices.length)} matrices as a table</summary>
        <Table
          caption="Error of every matrix"
          columns={matrixColumns}
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
  return `${formatFixed(nll, 4)} (${sign}${formatNumber(Math.abs(change), 2)})`;
}

const matrixColumns: readonly Column<MatrixError>[] = [
  { key: 'name', header: 'Matrix', rowHeader: true, cell: ({ name }) => <code>{name}</code> },
  { key: 'format', header: 'Format', cell: ({ format }) => formatNames[format] },
  {
    key: 'relative',
    header: 'Relative L2',
    align: 'end',
    cell: ({ relativeL2 }) => formatPercent(relativeL2, 3),
  },
  {
    key: 'largest',
    header: 'Largest error',
    align: 'end',
    cell: ({ largest }) => formatNumber(largest, 3),
  },
  {
    key: 'weight',
    header: 'Largest weight',
    align: 'end',
    cell: ({ largestWeight }) => formatNumber(largestWeight, 3),
  },
];

const comparisonColumns: readonly Column<FormatError>[] = [
  {
    key: 'precision',
    header: 'Precision',
    rowHeader: true,
    cell: ({ precision }) => precisionName(precision),
  },
  {
    key: 'weights',
    header: 'Weights, relative L2',
    align: 'end',
    cell: ({ relativeL2 }) => formatPercent(relativeL2, 3),
  },
  {
    key: 'logits',
    header: 'Logits, relative L2',
    align: 'end',
    cell: ({ output }) => (output ? formatPercent(output.relativeL2, 3) : '–'),
  },
  {
    key: 'nll',
    header: 'Loss (nll)',
    align: 'end',
    cell: ({ output }) => (output ? lossInWords(output) : '–'),
  },
  {
    key: 'greedy',
    header: 'Same greedy token',
    align: 'end',
    cell: ({ output }) => (output ? formatPercent(output.greedyAgreement, 1) : '–'),
  },
];

/** Precisions of this model that were measured, side by side. */
function Comparison({ all }: { readonly all: readonly FormatError[] }) {
  const order = precisionOrder;
  const rows = all.toSorted((a, b) => order.indexOf(a.precision) - order.indexOf(b.precision));
  return (
    <>
      <h3>Measured so far</h3>
      <Table
        caption="Errors of the precisions that were measured"
        columns={comparisonColumns}
        rows={rows}
        rowKey={({ precision }) => precision}
      />
    </>
  );
}
