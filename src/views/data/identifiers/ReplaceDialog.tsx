/** Asks how identifiers are replaced and what is kept, and makes the new set. */
import { useState } from 'react';
import { toast } from 'sonner';
import { useLocation } from 'wouter';
import { findingCounts } from '../../../studio/identifiers/identifiers.ts';
import { replaceIdentifiers } from '../../../studio/identifiers/replace.ts';
import { KINDS, useWays } from '../../../studio/identifiers/ways.ts';
import type { DataSetSummary } from '../../../contract/data.ts';
import type { FindingCount, IdentifierKind } from '../../../contract/identifiers.ts';
import type { StudioError } from '../../../faults/fault.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Dialog } from '../../shared/controls/Dialog.tsx';
import { Field } from '../../shared/controls/Field.tsx';
import { Select } from '../../shared/controls/Select.tsx';
import { CheckField } from '../../shared/controls/Toggle.tsx';
import { formatInteger } from '../../shared/format.ts';
import { ErrorNotice, Notice } from '../../shared/Notice.tsx';
import { Table, type Column } from '../../shared/Table.tsx';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { sum } from './counts.ts';
import { MappingFields, passphraseFault } from './MappingFields.tsx';
import { identifiersText, kindNames, wayNames } from './text-identifiers.ts';
import { replaceText } from './text-replace.ts';
import styles from './ReplaceDialog.module.css';
import inputStyles from '../../shared/controls/input.module.css';
import textStyles from '../../shared/text.module.css';

export interface ReplaceDialogProps {
  readonly set: DataSetSummary;
  readonly onClose: () => void;
}

export function ReplaceDialog({ set, onClose }: ReplaceDialogProps) {
  const t = replaceText();
  const counts = useAsync(set.id, () => findingCounts(set.id));
  const form = useForm(set, onClose);
  const { task, error, name, setName, removeOriginal, setRemove } = form;
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => {
        if (!open && !form.busy) onClose();
      }}
      title={t.title(set.name)}
      description={t.text}
      actions={
        task === null && (
          <Button
            variant="primary"
            busy={form.busy}
            reason={form.reason}
            onClick={() => void form.make()}
          >
            {t.begin}
          </Button>
        )
      }
    >
      <div className={styles.form}>
        {error && <ErrorNotice error={error} onDismiss={form.dismissError} />}
        {form.unplaced && <Notice tone="info" compact title={t.noPlace} />}
        <Field label={t.name}>
          {(control) => (
            <input
              {...control}
              className={inputStyles.input}
              autoComplete="off"
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {counts.status === 'ready' && <KindTable counts={counts.value} />}
        <div>
          <CheckField label={t.removeOriginal} checked={removeOriginal} onChange={setRemove} />
          <p className={textStyles.note}>{t.removeHelp}</p>
        </div>
        <MappingFields value={form.mapping} onChange={form.setMapping} />
        <p className={textStyles.note}>{identifiersText().notAll}</p>
        {task !== null && <TaskProgress task={task} label={t.making} />}
      </div>
    </Dialog>
  );
}

/** What a person fills in, why it cannot be sent yet, and sending it. */
function useForm(set: DataSetSummary, onClose: () => void) {
  const t = replaceText();
  const [, go] = useLocation();
  const { ways } = useWays();
  const [name, setName] = useState(t.newName(set.name));
  const [removeOriginal, setRemove] = useState(true);
  const [mapping, setMapping] = useState({ keep: false, passphrase: '', again: '' });
  const [task, setTask] = useState<string | null>(null);
  const [error, setError] = useState<StudioError | null>(null);
  const [busy, setBusy] = useState(false);
  const [unplaced, setUnplaced] = useState(false);
  const make = async (): Promise<void> => {
    setError(null);
    setUnplaced(false);
    // The system's dialog is open, or the set is being made.
    setBusy(true);
    const passphrase = mapping.keep ? mapping.passphrase : null;
    const outcome = await replaceIdentifiers(
      { id: set.id, ways, name: name.trim(), removeOriginal, passphrase },
      setTask,
    );
    setTask(null);
    setBusy(false);
    setUnplaced(outcome.status === 'no-place');
    if (outcome.status === 'failed') setError(outcome.error);
    if (outcome.status !== 'done') return;
    const { set: made, original } = outcome.value;
    toast(t.made(made.name));
    if (original === 'in-use') toast.warning(t.inUse);
    onClose();
    go('/data');
  };
  const reason = name.trim() === '' ? t.needsName : passphraseFault(mapping);
  return {
    ...{ name, setName, removeOriginal, setRemove, mapping, setMapping },
    ...{ task, busy, unplaced, error, dismissError: () => setError(null), reason, make },
  };
}

interface KindRow {
  readonly kind: IdentifierKind;
  readonly found: number;
  readonly kept: number;
}

function KindTable({ counts }: { readonly counts: readonly FindingCount[] }) {
  const t = replaceText();
  const { ways, set } = useWays();
  const rows = KINDS.flatMap((kind): KindRow[] => {
    const of = counts.filter((one) => one.kind === kind);
    const kept = sum(of.filter(({ decision }) => decision === 'keep'));
    return of.length > 0 ? [{ kind, found: sum(of), kept }] : [];
  });
  const columns: readonly Column<KindRow>[] = [
    { key: 'kind', header: t.kind, rowHeader: true, cell: ({ kind }) => kindNames()[kind] },
    { key: 'found', header: t.found, align: 'end', cell: ({ found }) => formatInteger(found) },
    { key: 'kept', header: t.kept, align: 'end', cell: ({ kept }) => formatInteger(kept) },
    {
      key: 'way',
      header: t.by,
      cell: ({ kind }) => (
        <Select
          size="small"
          aria-label={identifiersText().replacedBy(kindNames()[kind])}
          value={ways[kind]}
          choices={(['surrogate', 'kind', 'leave'] as const).map((value) => ({
            value,
            label: wayNames()[value],
          }))}
          onChange={(way) => set(kind, way)}
        />
      ),
    },
  ];
  const open = counts.filter(({ kind, decision }) => decision === 'open' && ways[kind] !== 'leave');
  return (
    <div className={styles.kinds}>
      <Table
        caption={t.kinds}
        columns={columns}
        rows={rows}
        rowKey={({ kind }) => kind}
        maxHeight={270}
      />
      {sum(open) > 0 && <p className={textStyles.note}>{t.open(sum(open))}</p>}
    </div>
  );
}
