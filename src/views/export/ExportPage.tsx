/** Step 7: take the result along, or open a run from elsewhere. */
import { recipeTitle } from '../../studio/evaluation/ablation-words.ts';
import { buttonLook } from '../shared/controls/Button.tsx';
import { useState } from 'react';
import { Link } from 'wouter';
import { languageNames, useLanguage, type Language } from '../../studio/language.ts';
import { isActive, selectedRun, shownState } from '../../studio/runs/run-facts.ts';
import { canBeHandedOff } from '../../studio/runs/hand-off.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { HandOff } from '../hand-off/HandOff.tsx';
import type { RunSummary } from '../../contract/runs.ts';
import { Card, Facts, Page } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { formatInteger, formatTime, unknown } from '../shared/format.ts';
import { ErrorNotice, NotClinical } from '../shared/Notice.tsx';
import { runStateWords } from '../shared/run-state-words.ts';
import { SelectField } from '../shared/controls/Select.tsx';
import { Segmented } from '../shared/controls/Toggle.tsx';
import { ExportRow } from './ExportRow.tsx';
import { OpenArchive } from './OpenArchive.tsx';
import { OriginCard } from './OriginCard.tsx';
import { useOffers } from './offers.ts';
import { exportText } from './text.ts';
import styles from './ExportPage.module.css';

export default function ExportPage() {
  const t = exportText();
  const runs = useRuns();
  const run = selectedRun(runs);
  return (
    <Page
      title={t.title}
      lead={t.lead}
      shortNames={['LoRA', 'KA', 'NA', 'Align', 'PEFT', 'GGUF', 'CSV']}
    >
      {runs.error && <ErrorNotice error={runs.error} onDismiss={() => runs.dismissError()} />}
      {runs.phase === 'loading' && !runs.error && <Loading what={t.runs} height={240} />}
      {runs.phase === 'ready' && !run && (
        <Card>
          <EmptyState
            title={t.nothingYet}
            actions={
              <Link href="/train" className={buttonLook('primary')}>
                {t.goToTraining}
              </Link>
            }
          >
            {t.whatComes}
          </EmptyState>
        </Card>
      )}
      {run && (
        <>
          <Card>
            <div className={styles.exportRun}>
              <SelectField
                label={t.run}
                value={run.id}
                choices={runs.runs.map((each) => ({
                  value: each.id,
                  label: `${each.name} · ${formatTime(each.createdAt)} · ${runStateWords()[shownState(each)]}`,
                }))}
                onChange={(id) => runs.select(id)}
              />
              <RunFacts run={run} />
              {canBeHandedOff(run) && (
                <HandOff source={{ what: 'run', runId: run.id }} name={run.name} />
              )}
            </div>
          </Card>
          {run.origin && <OriginCard run={run} origin={run.origin} />}
          <Offers key={`${run.id} ${isActive(run)}`} run={run} />
          <NotClinical />
        </>
      )}
      {runs.phase === 'ready' && <OpenArchive />}
    </Page>
  );
}

function RunFacts({ run }: { readonly run: RunSummary }) {
  const t = exportText();
  return (
    <Facts
      items={[
        { name: t.baseModel, value: run.modelName },
        { name: t.recipe, value: recipeTitle(run.recipe.name) },
        {
          name: t.steps,
          value: run.stages.map(({ stepsDone }) => formatInteger(stepsDone)).join(' + '),
        },
        { name: t.trainedOn, value: run.adapter || unknown },
      ]}
    />
  );
}

const cardLanguages = (['en', 'zh'] as const).map((value) => {
  return { value, label: languageNames[value] };
});

/** What this run can give; each offer says why when it cannot. */
function Offers({ run }: { readonly run: RunSummary }) {
  const t = exportText();
  const shown = useLanguage((state) => state.shown);
  const [chosen, setChosen] = useState<Language | null>(null);
  const language = chosen ?? shown;
  const offers = useOffers(run, language);
  return (
    <Card
      flush
      title={t.files}
      actions={
        <>
          <span className={styles.cardLanguage}>{t.cardLanguage}</span>
          <Segmented
            label={t.cardLanguage}
            size="small"
            value={language}
            choices={cardLanguages}
            onChange={setChosen}
          />
        </>
      }
    >
      <ul>
        {offers.map((offer) => (
          <ExportRow key={`${run.id}/${offer.id}`} runId={run.id} offer={offer} />
        ))}
      </ul>
    </Card>
  );
}
