import { ArrowRight } from 'lucide-react';
import { Link } from 'wouter';
import { selectedModel, useModels } from '../../studio/models.ts';
import { Card, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { formatCount } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { AddModel, PickFolder } from './AddModel.tsx';
import { Downloads } from './Downloads.tsx';
import { HubListing } from './HubListing.tsx';
import { MemoryPlan } from './MemoryPlan.tsx';
import { ModelFacts } from './ModelFacts.tsx';
import { ModelList } from './ModelList.tsx';
import { PrecisionCard } from './PrecisionCard.tsx';
import { StoredModels } from './StoredModels.tsx';
import './model.css';

/** Step 2: the model to train, what it is and what training it will take. */
export default function ModelPage() {
  const state = useModels();
  const { phase, models, error } = state;
  const model = selectedModel(state);
  return (
    <Page
      title="Model"
      lead="The base model that is trained and compared with. Two come with the studio; any qwen2, qwen3, llama or mistral model can be added."
      actions={
        model && (
          <Link href="/train" className="ui-button ui-button--primary ui-button--normal">
            Continue to training <ArrowRight size={16} aria-hidden />
          </Link>
        )
      }
    >
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
        </Card>
      )}
      <AddModel />
      <HubListing />
      <Downloads />
      {model && (
        <div className="model-detail">
          <ModelFacts model={model} />
          <MemoryPlan model={model} />
        </div>
      )}
      {model && <PrecisionCard model={model} />}
      {phase === 'ready' && <StoredModels />}
    </Page>
  );
}
