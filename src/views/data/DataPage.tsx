import { ArrowRight, FileUp, Upload } from 'lucide-react';
import { Link } from 'wouter';
import { selectedSet, trainingSets, useDataSets } from '../../studio/data-sets.ts';
import { Button } from '../shared/Button.tsx';
import { Card, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { FilePicker } from '../shared/FilePicker.tsx';
import { formatCount } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { SetDetail } from './SetDetail.tsx';
import { SetList } from './SetList.tsx';
import { acceptedFiles } from './words.ts';
import './data.css';

/** Step 1: bring in records, see how the model will read them. */
export default function DataPage() {
  const state = useDataSets();
  const { phase, sets, importing, error } = state;
  const set = selectedSet(state);
  const used = trainingSets(state);
  const records = used.reduce((sum, { records: count }) => sum + count, 0);
  return (
    <Page
      title="Data"
      lead="Question and answer records to learn from. Knowledge sets teach facts in stage 1; alignment sets teach the form of an answer in both stages."
      actions={
        sets.length > 0 && (
          <>
            <PickFiles />
            <Link href="/train" className="ui-button ui-button--primary ui-button--normal">
              Continue to training <ArrowRight size={16} aria-hidden />
            </Link>
          </>
        )
      }
    >
      {importing !== null && (
        <Card>
          <TaskProgress task={importing} label="Reading records" />
        </Card>
      )}
      {error && <ErrorNotice error={error} onDismiss={state.dismissError} />}
      {phase === 'loading' && !error && <Loading what="data sets" height={240} />}
      {phase === 'ready' && sets.length === 0 && <NoData />}
      {sets.length > 0 && (
        <Card
          flush
          title="Data sets"
          aside={`${formatCount(used.length, 'set')} with ${formatCount(records, 'record')} will train`}
          actions={<Samples />}
        >
          <SetList selectedId={set?.id ?? null} />
        </Card>
      )}
      {set && <SetDetail key={set.id} set={set} />}
    </Page>
  );
}

function PickFiles({ primary = false }: { readonly primary?: boolean }) {
  const importing = useDataSets((state) => state.importing);
  const importFiles = useDataSets((state) => state.importFiles);
  return (
    <FilePicker
      label="Choose data files"
      accept={acceptedFiles}
      multiple
      variant={primary ? 'primary' : 'secondary'}
      icon={<FileUp size={16} aria-hidden />}
      reason={importing === null ? null : 'Another import is under way.'}
      onFiles={(files) => void importFiles(files)}
    >
      Add files
    </FilePicker>
  );
}

function Samples({ primary = false }: { readonly primary?: boolean }) {
  const importing = useDataSets((state) => state.importing);
  const addSamples = useDataSets((state) => state.addSamples);
  return (
    <Button
      variant={primary ? 'primary' : 'ghost'}
      size={primary ? 'normal' : 'small'}
      reason={importing === null ? null : 'Another import is under way.'}
      onClick={() => void addSamples()}
    >
      {primary ? 'Use the sample data' : 'Add the sample data'}
    </Button>
  );
}

function NoData() {
  return (
    <div className="data-drop">
      <EmptyState
        icon={<Upload size={32} aria-hidden />}
        title="Drop JSONL, JSON or CSV files anywhere"
        actions={
          <>
            <Samples primary />
            <PickFiles />
          </>
        }
      >
        Alpaca, ShareGPT, messages, prompt–response and input–target records are recognised. Lines
        that cannot be read are listed with their place and reason; the others are kept. Files stay
        in this browser.
      </EmptyState>
    </div>
  );
}
