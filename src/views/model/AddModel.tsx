/** The two ways to add a model: files of this computer, or a hub. */
import { FileUp, FolderUp } from 'lucide-react';
import { filesOfPicker, sortDropped } from '../../studio/data/drop.ts';
import { useModels } from '../../studio/models/models.ts';
import { Card } from '../shared/Card.tsx';
import { FilePicker } from '../shared/controls/FilePicker.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { HubPanel } from './hub/HubPanel.tsx';
import { addText } from './text.ts';
import styles from './AddModel.module.css';
import textStyles from '../shared/text.module.css';
import layoutStyles from '../shared/layout.module.css';

/** The two ways in: files of this computer, and a hub. */
export function AddModel() {
  return (
    <Card title={addText().title}>
      <div className={styles.addModel}>
        <LocalPanel />
        <HubPanel />
      </div>
    </Card>
  );
}

function LocalPanel() {
  const t = addText();
  const importing = useModels((state) => state.importing);
  return (
    <section className={styles.side} aria-labelledby="from-computer">
      <h3 id="from-computer">{t.computer}</h3>
      <div className={styles.target}>
        {importing === null ? (
          <>
            <p>{t.drop}</p>
            <div className={layoutStyles.actions}>
              <PickFolder />
              <PickGguf />
            </div>
          </>
        ) : (
          <TaskProgress task={importing} label={t.storing} />
        )}
      </div>
      <p className={textStyles.quietSmall}>{t.stays}</p>
    </section>
  );
}

export function PickFolder() {
  const t = addText();
  const importing = useModels((state) => state.importing);
  const importFolder = useModels((state) => state.importFolder);
  return (
    <FilePicker
      label={t.folderLabel}
      folder
      icon={<FolderUp size={16} aria-hidden />}
      reason={importing === null ? null : t.busy}
      onFiles={(picked) => {
        const files = filesOfPicker(picked);
        const dropped = sortDropped(files);
        // A folder without weights is passed on unchanged: the worker names the missing file.
        if (dropped.kind === 'model') void importFolder(dropped.files, dropped.name);
        else void importFolder(files, files[0]?.path.split('/')[0] ?? 'model');
      }}
    >
      {t.folder}
    </FilePicker>
  );
}

function PickGguf() {
  const t = addText();
  const importing = useModels((state) => state.importing);
  const importFolder = useModels((state) => state.importFolder);
  return (
    <FilePicker
      label={t.gguf}
      accept=".gguf"
      icon={<FileUp size={16} aria-hidden />}
      reason={importing === null ? null : t.busy}
      onFiles={(picked) => {
        const dropped = sortDropped(filesOfPicker(picked));
        if (dropped.kind === 'model') void importFolder(dropped.files, dropped.name);
      }}
    >
      {t.gguf}
    </FilePicker>
  );
}
