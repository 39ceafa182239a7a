/** Step 1: bring in records, see how the model will read them. */
import { ArrowRight, FileUp, FolderUp, Upload } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { toast } from 'sonner';
import { Link } from 'wouter';
import { selectedSet, trainingSets, useDataSets } from '../../studio/data/data-sets.ts';
import { filesOfPicker, recordFiles } from '../../studio/data/drop.ts';
import { firstLook } from '../../studio/data/first-look.ts';
import { buttonLook } from '../shared/controls/Button.tsx';
import { Card, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { FilePicker } from '../shared/controls/FilePicker.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import { useFittedRecipe } from '../train/recipe/use-fitted-recipe.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { ImportProgress } from './ImportProgress.tsx';
import { OnImport } from './OnImport.tsx';
import { NearDuplicatesCard } from './near/NearDuplicatesCard.tsx';
import { SetDetail } from './sets/SetDetail.tsx';
import { SetList } from './sets/SetList.tsx';
import { Samples, useFewSamples } from './Samples.tsx';
import { Welcome } from '../example/Welcome.tsx';
import { dataText } from './text.ts';
import styles from './DataPage.module.css';

// Most files need no mapping, so this is not part of the first load.
const ColumnMapper = lazy(() =>
  import('./mapper/ColumnMapper.tsx').then((module) => ({ default: module.ColumnMapper })),
);

const acceptedFiles = '.jsonl,.ndjson,.json,.csv,.tsv,.gz';

export default function DataPage() {
  const t = dataText();
  const state = useDataSets();
  useFittedRecipe();
  const { phase, sets, importing, unmapped, error } = state;
  const isNew = useRuns(({ phase: known, runs }) => known === 'ready' && runs.length === 0);
  const set = selectedSet(state);
  const used = trainingSets(state);
  const records = used.reduce((sum, { records: count }) => sum + count, 0);
  return (
    <Page
      title={t.title}
      lead={t.lead}
      shortNames={['JSONL', 'JSON', 'CSV']}
      actions={
        sets.length > 0 && (
          <>
            <PickFiles />
            <PickFolder />
            <Link href="/train" className={buttonLook(records > 0 ? 'primary' : 'secondary')}>
              {t.toTraining} <ArrowRight size={16} aria-hidden />
            </Link>
          </>
        )
      }
    >
      {importing !== null && (
        <Card>
          <ImportProgress task={importing} />
        </Card>
      )}
      {error && <ErrorNotice error={error} onDismiss={state.dismissError} />}
      {state.refused.map((refusal, i) => (
        <ErrorNotice key={i} error={refusal} onDismiss={() => state.dismissRefused(refusal)} />
      ))}
      <Suspense fallback={<Loading what={t.mapper} height={240} />}>
        {unmapped.map((file) => (
          <ColumnMapper key={file.id} waiting={file} />
        ))}
      </Suspense>
      {phase === 'loading' && !error && <Loading what={t.loadingSets} height={240} />}
      {phase === 'ready' && sets.length === 0 && unmapped.length === 0 && isNew && <Welcome />}
      {phase === 'ready' && sets.length === 0 && <NoData beside={isNew} />}
      {sets.length > 0 && (
        <Card
          flush
          title={t.sets}
          aside={t.willTrain(used.length, records)}
          actions={
            <>
              <OnImport />
              <Samples />
            </>
          }
        >
          <SetList selectedId={set?.id ?? null} />
        </Card>
      )}
      {records > 0 && <NearDuplicatesCard sets={used.filter(({ canaries }) => !canaries)} />}
      {set && <SetDetail key={set.id} set={set} />}
    </Page>
  );
}

function PickFiles() {
  const t = dataText();
  const importFiles = useDataSets((state) => state.importFiles);
  return (
    <FilePicker
      label={t.chooseFiles}
      accept={acceptedFiles}
      multiple
      icon={<FileUp size={16} aria-hidden />}
      onFiles={(files) => void importFiles(files)}
    >
      {t.addFiles}
    </FilePicker>
  );
}

function PickFolder() {
  const t = dataText();
  const importFiles = useDataSets((state) => state.importFiles);
  return (
    <FilePicker
      label={t.chooseFolder}
      folder
      icon={<FolderUp size={16} aria-hidden />}
      onFiles={(files) => {
        const { files: found, others } = recordFiles(filesOfPicker(files));
        if (found.length === 0) toast.error(t.noneInFolder);
        else void importFiles(found);
        if (found.length > 0 && others.length > 0) toast.warning(t.notTaken(others));
      }}
    >
      {t.addFolder}
    </FilePicker>
  );
}

/** @param beside whether the welcome, with the page's first act, stands above */
function NoData({ beside }: { readonly beside: boolean }) {
  const t = dataText();
  const few = useFewSamples();
  return (
    <div className={styles.drop}>
      <EmptyState
        icon={<Upload size={32} aria-hidden />}
        title={t.emptyTitle}
        actions={
          <>
            <Samples first={!beside} />
            <PickFiles />
            <PickFolder />
          </>
        }
      >
        {t.emptyText}
        {few && <> {t.fewSamples(firstLook.most)}</>}
      </EmptyState>
      <div className={styles.centred}>
        <OnImport />
      </div>
    </div>
  );
}
