/** How long the records are in tokens, and what the cut-off costs. */
import { useRef, useState } from 'react';
import type { StudioError } from '../../faults/fault.ts';
import { countAll, readHistogram, type TokenView } from '../../studio/data/data-reads.ts';
import type { DataSetSummary, LengthHistogram } from '../../contract/data.ts';
import type { ModelSummary } from '../../contract/models.ts';
import { asksForTemplate } from '../model/TemplateButtons.tsx';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { FigureActions } from '../shared/figures/FigureActions.tsx';
import { formatInteger } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { Tag } from '../shared/Tag.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { useAsync } from '../shared/use-async.ts';
import { CutRemedy } from '../shared/controls/CutRemedy.tsx';
import { Histogram } from './Histogram.tsx';
import { dataText } from './text.ts';
import textStyles from '../shared/text.module.css';
import styles from './Lengths.module.css';

export interface LengthsProps {
  readonly set: DataSetSummary;
  readonly model: ModelSummary | null;
  readonly view: TokenView | null;
  readonly viewKey: string | null;
}

export function Lengths({ set, model, view, viewKey }: LengthsProps) {
  const t = dataText();
  const frame = useRef<HTMLDivElement>(null);
  const [whole, setWhole] = useState<{ key: string; lengths: LengthHistogram } | null>(null);
  const lengths = useAsync(viewKey && `${set.id}/${viewKey}`, () => {
    if (!view) throw new Error('no model');
    return readHistogram(set.id, view);
  });
  const read = lengths.status === 'ready' ? lengths.value : null;
  const shown = whole?.key === viewKey ? whole.lengths : read;
  return (
    <Card
      title={t.lengths}
      aside={model?.name}
      actions={
        shown && (
          <FigureActions
            name={`${set.name}-lengths`} // words: name of the files
            figure={frame}
            rows={() => [
              [t.tokensFrom, t.tokensTo, t.records],
              ...binsOf(shown).map(({ from, to, count }) => [from, to, count]),
            ]}
          />
        )
      }
    >
      {lengths.status === 'failed' &&
        // The rendered example beside it says the same and offers the way out.
        (asksForTemplate(lengths.error) ? (
          <p className={textStyles.quietLarge}>{t.needsTemplate}</p>
        ) : (
          <ErrorNotice error={lengths.error} />
        ))}
      {model?.aside && <p className={textStyles.quietLarge}>{t.modelAside}</p>}
      {(lengths.status === 'loading' || lengths.status === 'idle') && !model?.aside && (
        <Loading what={t.loadingLengths} height={236} />
      )}
      {shown && (
        <>
          <Histogram lengths={shown} frame={frame} />
          <Summary lengths={shown} />
          {shown.counted < shown.records && view && viewKey !== null && (
            <CountAll
              set={set}
              lengths={shown}
              view={view}
              onCounted={(counted) => setWhole({ key: viewKey, lengths: counted })}
            />
          )}
          <BinTable lengths={shown} />
        </>
      )}
    </Card>
  );
}

interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

function binsOf({ binWidth, counts }: LengthHistogram): Bin[] {
  return counts.map((count, bin) => ({
    from: bin * binWidth,
    to: (bin + 1) * binWidth - 1,
    count,
  }));
}

function BinTable({ lengths }: { readonly lengths: LengthHistogram }) {
  const t = dataText();
  const number = (key: keyof Bin, header: string): Column<Bin> => ({
    key,
    header,
    align: 'end',
    cell: (bin) => formatInteger(bin[key]),
  });
  return (
    <details className={styles.table}>
      <summary>{t.showTable}</summary>
      <Table
        caption={t.histogram(lengths.binWidth)}
        columns={[
          number('from', t.tokensFrom),
          number('to', t.tokensTo),
          number('count', t.records),
        ]}
        rows={binsOf(lengths)}
        rowKey={({ from }) => String(from)}
        maxHeight={240}
      />
    </details>
  );
}

/** A sample was counted: says so, and counts all of them where somebody wants to wait. */
function CountAll({
  set,
  lengths: { counted, records },
  view,
  onCounted,
}: {
  readonly set: DataSetSummary;
  readonly lengths: LengthHistogram;
  readonly view: TokenView;
  readonly onCounted: (lengths: LengthHistogram) => void;
}) {
  const t = dataText();
  const [task, setTask] = useState<string | null>(null);
  const [error, setError] = useState<StudioError | null>(null);
  const count = async () => {
    setError(null);
    const outcome = await countAll(set.id, view, setTask);
    setTask(null);
    if (outcome.status === 'done') onCounted(outcome.value);
    else if (outcome.status === 'failed') setError(outcome.error);
  };
  return (
    <div className={styles.sample}>
      <span>{t.sampled(counted, records)}</span>
      {task === null ? (
        <Button size="small" onClick={() => void count()}>
          {t.countAll}
        </Button>
      ) : (
        <TaskProgress task={task} label={t.countingAll} />
      )}
      {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
    </div>
  );
}

function Summary({ lengths }: { readonly lengths: LengthHistogram }) {
  const t = dataText();
  const { median, longest, totalTokens, maxLength, truncated, withoutTargets, refused } = lengths;
  const { counted, records, cut } = lengths;
  const all = counted === records;
  const limit = formatInteger(maxLength);
  return (
    <div className={styles.summary}>
      <span>
        {all
          ? t.median(formatInteger(median), formatInteger(longest), formatInteger(totalTokens))
          : t.sampleMedian(formatInteger(median), formatInteger(longest))}
      </span>
      <span>
        {truncated === 0 ? (
          t.noneCut(limit)
        ) : (
          <Tag tone="warning">
            {all
              ? t.truncated(truncated, limit)
              : t.truncatedShare(
                  truncated / counted,
                  limit,
                  // No more digits than a sample can give.
                  Number(((truncated / counted) * records).toPrecision(2)),
                )}
          </Tag>
        )}
        {truncated > 0 && truncated === cut.promptCut && cut.answerCut === 0 && ` ${t.promptsCut}`}
        {all && cut.answerCut > 0 && <Tag tone="warning">{t.answersCut(cut.answerCut)}</Tag>}
        {all && cut.little > 0 && <Tag tone="warning">{t.little(cut.little)}</Tag>}
        {withoutTargets > 0 && (
          <Tag tone="error">
            {all ? t.withoutTargets(withoutTargets) : t.withoutShare(withoutTargets / counted)}
          </Tag>
        )}
        {refused > 0 && (
          <Tag tone="error">{all ? t.refused(refused) : t.refusedShare(refused / counted)}</Tag>
        )}
        <CutRemedy cut={cut} />
      </span>
    </div>
  );
}
