/** Opens runs of other machines: an archive that is picked here or dropped anywhere. */
import { FolderOpen } from 'lucide-react';
import { Link } from 'wouter';
import { useArchives } from '../../studio/exports/archives.ts';
import { Card } from '../shared/Card.tsx';
import { FilePicker } from '../shared/controls/FilePicker.tsx';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { exportText } from './text.ts';
import styles from './OpenArchive.module.css';

export function OpenArchive() {
  const t = exportText();
  const { opening, opened, error, open, dismiss } = useArchives();
  return (
    <Card title={t.openTitle}>
      <div className={styles.openArchive}>
        <p>{t.openText}</p>
        <FilePicker
          label={t.choose}
          accept=".zip"
          icon={<FolderOpen size={16} aria-hidden />}
          busy={opening !== null}
          onFiles={([file]) => {
            if (file) void open(file);
          }}
        >
          {t.openButton}
        </FilePicker>
      </div>
      {opening !== null && <TaskProgress task={opening} label={t.opening} />}
      {error && <ErrorNotice error={error} onDismiss={dismiss} />}
      {opened && (
        <Notice
          tone="good"
          compact
          title={t.opened(opened.name)}
          actions={<Link href="/train">{t.seeRun}</Link>}
          onDismiss={dismiss}
        />
      )}
    </Card>
  );
}
