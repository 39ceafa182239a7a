/** Traces a typed text or a record: each token with the experts that it chose. */
import { Route } from 'lucide-react';
import { useState } from 'react';
import { useDataSets } from '../../../studio/data/data-sets.ts';
import { exampleText, useExperts } from '../../../studio/experts/experts.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { NumberField, TextField } from '../../shared/controls/Field.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { SelectField } from '../../shared/controls/Select.tsx';
import { Segmented } from '../../shared/controls/Toggle.tsx';
import { traceText } from './text-trace.ts';
import { TraceView } from './TraceView.tsx';
import type { DataSetSummary } from '../../../contract/data.ts';
import styles from './TracePanel.module.css';
import textStyles from '../../shared/text.module.css';

export function TracePanel({ run }: { readonly run: RunSummary }) {
  const t = traceText();
  const trace = useExperts((state) => state.trace);
  return (
    <Card title={t.title} aside={t.aside}>
      <TraceForm run={run} reading={trace.status === 'reading'} />
      {trace.status === 'failed' && <ErrorNotice error={trace.error} />}
      {trace.status === 'ready' && <TraceView trace={trace.value} />}
    </Card>
  );
}

/** The text to trace: typed, or a record of a data set. */
function TraceForm({ run, reading }: { readonly run: RunSummary; readonly reading: boolean }) {
  const t = traceText();
  const typed = useExperts((state) => state.text);
  const setText = useExperts((state) => state.setText);
  const runTrace = useExperts((state) => state.runTrace);
  const stored = useDataSets((state) => state.sets);
  const [source, setSource] = useState<'text' | 'record'>('text');
  const [setId, setSetId] = useState<string | null>(null);
  const [record, setRecord] = useState(1);
  const text = typed ?? exampleText().text;
  // The sets that the run was trained on come first.
  const sets = [...stored].sort(
    (a, b) => Number(run.dataSetIds.includes(b.id)) - Number(run.dataSetIds.includes(a.id)),
  );
  const set = sets.find(({ id }) => id === setId) ?? sets[0];
  const index = Math.min(record, set?.records ?? 1) - 1;
  const reason =
    source === 'text' ? (text.trim() === '' ? t.typeFirst : null) : set ? null : t.noSets;
  return (
    <form
      className={styles.traceForm}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason !== null) return;
        void runTrace(source === 'text' || !set ? { text } : { dataSetId: set.id, index });
      }}
    >
      <Segmented
        size="small"
        label={t.source}
        value={source}
        choices={[
          { value: 'text', label: t.typed },
          { value: 'record', label: t.record },
        ]}
        onChange={setSource}
      />
      {source === 'text' ? (
        <TextField
          className={styles.text}
          label={t.text}
          value={text}
          onChange={setText}
          rows={3}
        />
      ) : set ? (
        <RecordChoice sets={sets} set={set} index={index} onSet={setSetId} onRecord={setRecord} />
      ) : (
        <p className={textStyles.quiet}>{t.noSets}</p>
      )}
      <Button type="submit" icon={<Route size={16} aria-hidden />} busy={reading} reason={reason}>
        {t.show}
      </Button>
    </form>
  );
}

function RecordChoice({
  sets,
  set,
  index,
  onSet,
  onRecord,
}: {
  readonly sets: readonly DataSetSummary[];
  readonly set: DataSetSummary;
  readonly index: number;
  readonly onSet: (id: string) => void;
  /** Takes the record's number, from 1. */
  readonly onRecord: (number: number) => void;
}) {
  const t = traceText();
  return (
    <div className={styles.traceRecord}>
      <SelectField
        label={t.dataSet}
        value={set.id}
        choices={sets.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={onSet}
      />
      <NumberField
        label={t.recordNumber}
        value={index + 1}
        min={1}
        max={Math.max(1, set.records)}
        integer
        onChange={onRecord}
      />
    </div>
  );
}
