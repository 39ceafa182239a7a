/** Opens a list that leads from replaced identifiers back to the originals; nothing of it is stored. */
import { FileLock } from 'lucide-react';
import { useState } from 'react';
import { asStudioError, type StudioError } from '../../../faults/fault.ts';
import { saveOrSay } from '../../shared/faults/save-or-say.ts';
import { mappingCsv, openMapping } from '../../../studio/identifiers/identifiers.ts';
import type { MappingEntry } from '../../../contract/identifiers.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { FilePicker } from '../../shared/controls/FilePicker.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { Table } from '../../shared/Table.tsx';
import { Secret } from './MappingFields.tsx';
import { kindNames } from './text-identifiers.ts';
import { replaceText } from './text-replace.ts';
import styles from './MappingOpener.module.css';
import layoutStyles from '../../shared/layout.module.css';
import textStyles from '../../shared/text.module.css';

/** Rows shown; a list of any length can be saved. */
const SHOWN = 500;

export function MappingOpener() {
  const t = replaceText();
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [entries, setEntries] = useState<readonly MappingEntry[] | null>(null);
  const [error, setError] = useState<StudioError | null>(null);
  const open = (): void => {
    if (!file) return;
    setError(null);
    openMapping(file, passphrase).then(setEntries, (thrown: unknown) =>
      setError(asStudioError(thrown)),
    );
  };
  const close = (): void => {
    setEntries(null);
    setFile(null);
    setPassphrase('');
  };
  return (
    <Card>
      <details className={styles.opener}>
        <summary>{t.mapping}</summary>
        <p className={textStyles.note}>{t.mappingText}</p>
        {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
        {entries ? (
          <Entries entries={entries} onClose={close} />
        ) : (
          <div className={styles.ask}>
            <FilePicker
              label={t.chooseMapping}
              accept=".json"
              icon={<FileLock size={16} aria-hidden />}
              onFiles={([chosen]) => chosen && setFile(chosen)}
            >
              {file ? seenControls(file.name) : t.chooseMapping}
            </FilePicker>
            {file && (
              <>
                <Secret label={t.passphrase} value={passphrase} onChange={setPassphrase} />
                <Button variant="primary" onClick={open}>
                  {t.openMapping}
                </Button>
              </>
            )}
          </div>
        )}
      </details>
    </Card>
  );
}

interface EntriesProps {
  readonly entries: readonly MappingEntry[];
  readonly onClose: () => void;
}

function Entries({ entries, onClose }: EntriesProps) {
  const t = replaceText();
  return (
    <>
      <p role="status">
        {t.entries(entries.length)}
        {entries.length > SHOWN && ` · ${t.onlyFirst(SHOWN)}`}
      </p>
      <Table
        caption={t.mapping}
        columns={[
          { key: 'kind', header: t.kind, cell: ({ kind }) => kindNames()[kind] },
          { key: 'original', header: t.original, cell: ({ original }) => seenControls(original) },
          {
            key: 'replacement',
            header: t.replacement,
            cell: ({ replacement }) => seenControls(replacement),
          },
        ]}
        rows={entries.slice(0, SHOWN)}
        rowKey={({ kind, original, replacement }) => `${kind} ${original} ${replacement}`}
        maxHeight={360}
      />
      <div className={layoutStyles.actions}>
        <Button
          size="small"
          onClick={() => saveOrSay(() => mappingCsv(entries), 'identifiers.mapping.csv')}
        >
          {t.saveCsv}
        </Button>
        <Button size="small" onClick={onClose}>
          {t.close}
        </Button>
      </div>
    </>
  );
}
