import { FileUp, FolderUp } from 'lucide-react';
import { filesOfPicker, sortDropped } from '../../studio/drop.ts';
import { useModels } from '../../studio/models.ts';
import { Card } from '../shared/Card.tsx';
import { FilePicker } from '../shared/FilePicker.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { HubPanel } from './HubPanel.tsx';

/** The two ways in: files of this computer, and a hub. */
export function AddModel() {
  return (
    <Card title="Add a model">
      <div className="add-model">
        <LocalPanel />
        <HubPanel />
      </div>
    </Card>
  );
}

function LocalPanel() {
  const importing = useModels((state) => state.importing);
  return (
    <section className="add-model__side" aria-labelledby="from-computer">
      <h3 id="from-computer">From this computer</h3>
      <div className="add-model__target">
        {importing === null ? (
          <>
            <p>
              Drop a model anywhere: the folder of a Hugging Face model (config.json, tokenizer.json
              and its safetensors files), or one .gguf file.
            </p>
            <div className="ui-actions">
              <PickFolder />
              <PickGguf />
            </div>
          </>
        ) : (
          <TaskProgress task={importing} label="Checking and storing the model" />
        )}
      </div>
      <p className="model-quiet">Files stay in this browser; nothing is sent.</p>
    </section>
  );
}

export function PickFolder() {
  const importing = useModels((state) => state.importing);
  const importFolder = useModels((state) => state.importFolder);
  return (
    <FilePicker
      label="Choose a model folder"
      folder
      icon={<FolderUp size={16} aria-hidden />}
      reason={importing === null ? null : 'Another import is under way.'}
      onFiles={(picked) => {
        const files = filesOfPicker(picked);
        const dropped = sortDropped(files);
        // A folder without weights is handed on as it is: the worker names what is missing.
        if (dropped.kind === 'model') void importFolder(dropped.files, dropped.name);
        else void importFolder(files, files[0]?.path.split('/')[0] ?? 'model');
      }}
    >
      Choose a folder
    </FilePicker>
  );
}

function PickGguf() {
  const importing = useModels((state) => state.importing);
  const importFolder = useModels((state) => state.importFolder);
  return (
    <FilePicker
      label="Choose a GGUF file"
      accept=".gguf"
      icon={<FileUp size={16} aria-hidden />}
      reason={importing === null ? null : 'Another import is under way.'}
      onFiles={(picked) => {
        const dropped = sortDropped(filesOfPicker(picked));
        if (dropped.kind === 'model') void importFolder(dropped.files, dropped.name);
      }}
    >
      Choose a GGUF file
    </FilePicker>
  );
}
