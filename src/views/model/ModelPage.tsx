import { ArrowRight, FolderUp } from 'lucide-react';
import { Link } from 'wouter';
import { filesOfPicker, sortDropped } from '../../studio/drop.ts';
import { selectedModel, useModels } from '../../studio/models.ts';
import { Card, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { FilePicker } from '../shared/FilePicker.tsx';
import { formatCount } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { MemoryPlan } from './MemoryPlan.tsx';
import { ModelFacts } from './ModelFacts.tsx';
import { ModelList } from './ModelList.tsx';
import { StorageLine } from './StorageLine.tsx';
import './model.css';

/** Step 2: the model to train, what it is and what training it will take. */
export default function ModelPage() {
  const state = useModels();
  const { phase, models, importing, error } = state;
  const model = selectedModel(state);
  return (
    <Page
      title="Model"
      lead="The base model that is trained and compared with. Two come with the studio; any qwen2, qwen3, llama or mistral folder from Hugging Face can be added."
      actions={
        <>
          <PickFolder />
          {model && (
            <Link href="/train" className="ui-button ui-button--primary ui-button--normal">
              Continue to training <ArrowRight size={16} aria-hidden />
            </Link>
          )}
        </>
      }
    >
      {importing !== null && (
        <Card>
          <TaskProgress task={importing} label="Checking and storing the model" />
        </Card>
      )}
      {error && <ErrorNotice error={error} onDismiss={state.dismissError} />}
      {phase === 'loading' && !error && <Loading what="models" height={240} />}
      {phase === 'ready' && models.length === 0 && (
        <Card>
          <EmptyState title="No model at hand" actions={<PickFolder />}>
            Drop the folder of a Hugging Face model anywhere: config.json, tokenizer.json and its
            safetensors files.
          </EmptyState>
        </Card>
      )}
      {models.length > 0 && (
        <Card flush title="Models" aside={formatCount(models.length, 'model')}>
          <ModelList selectedId={model?.id ?? null} />
          <StorageLine models={models} />
        </Card>
      )}
      {model && (
        <div className="model-detail">
          <ModelFacts model={model} />
          <MemoryPlan model={model} />
        </div>
      )}
    </Page>
  );
}

function PickFolder() {
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
      Add a model folder
    </FilePicker>
  );
}
