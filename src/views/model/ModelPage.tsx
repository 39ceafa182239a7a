import { buttonLook } from '../shared/controls/Button.tsx';
import { ArrowRight } from 'lucide-react';
import { Link } from 'wouter';
import { selectedModel, useModels } from '../../studio/models/models.ts';
import { Card, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import { AddModel, PickFolder } from './AddModel.tsx';
import { Catalogue } from './hub/Catalogue.tsx';
import { Downloads } from './hub/Downloads.tsx';
import { HubListing } from './hub/HubListing.tsx';
import { MemoryPlan } from './MemoryPlan.tsx';
import { ModelFacts } from './ModelFacts.tsx';
import { ModelList } from './ModelList.tsx';
import { PrecisionCard } from './precision/PrecisionCard.tsx';
import { StoredModels } from './StoredModels.tsx';
import { modelText } from './text.ts';

/** Step 2: the model to train, what it is and what training it will take. */
export default function ModelPage() {
  const t = modelText();
  const state = useModels();
  const { phase, models, error } = state;
  const model = selectedModel(state);
  return (
    <Page
      title={t.title}
      lead={t.lead}
      shortNames={['LoRA', 'nll', 'GPU', 'GGUF']}
      actions={
        model && (
          <Link href="/train" className={buttonLook('primary')}>
            {t.next} <ArrowRight size={16} aria-hidden />
          </Link>
        )
      }
    >
      {error && <ErrorNotice error={error} onDismiss={state.dismissError} />}
      {phase === 'loading' && !error && <Loading what={t.loading} height={240} />}
      {phase === 'ready' && models.length === 0 && (
        <Card>
          <EmptyState title={t.none} actions={<PickFolder />}>
            {t.dropFolder}
          </EmptyState>
        </Card>
      )}
      {models.length > 0 && (
        <Card flush title={t.models} aside={t.count(models.length)}>
          <ModelList selectedId={model?.id ?? null} />
        </Card>
      )}
      <AddModel />
      <HubListing />
      <Downloads />
      {model && (
        <>
          <ModelFacts model={model} />
          <MemoryPlan model={model} />
          <PrecisionCard model={model} />
        </>
      )}
      <Catalogue />
      {phase === 'ready' && <StoredModels />}
    </Page>
  );
}
