/** Review of the identifiers in one data set, and the way to the set in which they are replaced. */
import { ArrowLeft, Replace } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import { ownFirst, selectedSet, useDataSets } from '../../../studio/data/data-sets.ts';
import type { DataSetSummary } from '../../../contract/data.ts';
import { Button, buttonLook } from '../../shared/controls/Button.tsx';
import { SelectField } from '../../shared/controls/Select.tsx';
import { Card, Page } from '../../shared/Card.tsx';
import { EmptyState, Loading } from '../../shared/EmptyState.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { IdentifiersCard } from './IdentifiersCard.tsx';
import { MappingOpener } from './MappingOpener.tsx';
import { ReplaceDialog } from './ReplaceDialog.tsx';
import { ReviewCard } from './ReviewCard.tsx';
import { identifiersText } from './text-identifiers.ts';
import { replaceText } from './text-replace.ts';

export default function IdentifiersPage() {
  const t = identifiersText();
  const state = useDataSets();
  const set = selectedSet(state);
  const [replacing, setReplacing] = useState(false);
  const back = (
    <Link href="/data" className={buttonLook('secondary')}>
      <ArrowLeft size={16} aria-hidden /> {t.toData}
    </Link>
  );
  if (!set) {
    return (
      <Page title={t.title} lead={t.lead} actions={back}>
        {state.phase === 'loading' ? (
          <Loading what={t.chooseSet} height={240} />
        ) : (
          <EmptyState title={t.noSet} />
        )}
      </Page>
    );
  }
  const found = (set.identifiers?.findings ?? 0) > 0;
  return (
    <Page
      title={t.pageTitle(set.name)}
      lead={t.lead}
      actions={
        <>
          {back}
          {found && (
            <Button
              variant="primary"
              icon={<Replace size={16} aria-hidden />}
              onClick={() => setReplacing(true)}
            >
              {replaceText().make}
            </Button>
          )}
        </>
      }
    >
      <Notice tone="warning" compact title={t.notAll} />
      <ChooseSet set={set} />
      {found && set.identifiers && <ReviewCard key={`${set.id} ${set.identifiers.at}`} set={set} />}
      <IdentifiersCard key={set.id} set={set} />
      <MappingOpener />
      {replacing && <ReplaceDialog key={set.id} set={set} onClose={() => setReplacing(false)} />}
    </Page>
  );
}

/** Which set is looked at, where there are several. */
function ChooseSet({ set }: { readonly set: DataSetSummary }) {
  const { sets, select } = useDataSets();
  if (sets.length < 2) return null;
  return (
    <Card>
      <SelectField
        label={identifiersText().chooseSet}
        value={set.id}
        choices={ownFirst(sets).map(({ id, name }) => ({ value: id, label: name }))}
        onChange={select}
      />
    </Card>
  );
}
