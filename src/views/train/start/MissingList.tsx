/** What is missing before training can start, each with the acts that bring it. */
import { CircleDot, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { offeredSets, trainingSets, useDataSets } from '../../../studio/data/data-sets.ts';
import { dataKinds } from '../../../studio/data/data-kinds.ts';
import type { DataKind } from '../../../contract/data.ts';
import type { ModelSummary } from '../../../contract/models.ts';
import { Samples } from '../../data/Samples.tsx';
import { TemplateButtons } from '../../model/TemplateButtons.tsx';
import { Button, buttonLook } from '../../shared/controls/Button.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import type { Mend, Missing } from '../readiness.ts';
import { trainText } from '../text.ts';
import styles from './MissingList.module.css';

export interface MissingListProps {
  readonly missing: readonly Missing[];
  readonly model: ModelSummary | null;
  readonly onShowRun: (id: string) => void;
  /** The way on for a run that fits no device here. */
  readonly handOff: ReactNode;
}

export function MissingList({ missing, ...rest }: MissingListProps) {
  const t = trainText();
  if (missing.length === 0) return null;
  return (
    <section className={styles.missing} aria-label={t.missingLabel}>
      <h2>{t.beforeStart}</h2>
      <ul>
        {missing.map(({ what, mend }) => (
          <li key={what}>
            <span>{seenControls(what)}</span>
            <span className={styles.acts}>
              <Acts mend={mend} {...rest} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Acts({
  mend,
  model,
  onShowRun,
  handOff,
}: { readonly mend: Mend } & Omit<MissingListProps, 'missing'>) {
  const t = trainText().mend;
  switch (mend.act) {
    case 'device':
      return <Lead to="/settings">{t.device}</Lead>;
    case 'model':
      return <Lead to="/model">{t.model}</Lead>;
    case 'template':
      return model && <TemplateButtons model={model} />;
    case 'data':
      return <DataActs kinds={dataKinds} />;
    case 'kind':
      return <DataActs kinds={mend.kinds} />;
    case 'run':
      return (
        <Button size="small" onClick={() => onShowRun(mend.id)}>
          {t.run}
        </Button>
      );
    case 'grid':
      return <Lead to="/evaluate">{t.grid}</Lead>;
    case 'memory':
      return (
        <>
          <Lead to="/model">{t.memory}</Lead>
          {handOff}
        </>
      );
  }
}

function Lead({ to, children }: { readonly to: string; readonly children: string }) {
  return (
    <Link href={to} className={buttonLook('secondary', 'small')}>
      {children}
    </Link>
  );
}

/** Most sets that are offered by name. */
const MOST = 3;

/** Sets at hand that can serve, and ways to bring others. */
function DataActs({ kinds }: { readonly kinds: readonly DataKind[] }) {
  const t = trainText();
  const state = useDataSets();
  const { unmapped, sets } = state;
  const offered = offeredSets(state).filter(({ kind }) => kinds.includes(kind));
  const others = trainingSets(state).filter(({ kind }) => !kinds.includes(kind));
  const [wanted] = kinds;
  return (
    <>
      {unmapped.slice(0, MOST).map(({ id, file }) => (
        <Lead key={id} to="/data">
          {t.mend.waiting(file.name)}
        </Lead>
      ))}
      {offered.slice(0, MOST).map(({ id, name }) => (
        <Button
          key={id}
          size="small"
          icon={<Plus size={14} aria-hidden />}
          onClick={() => state.setUsed(id, true)}
        >
          {t.mend.take(name)}
        </Button>
      ))}
      {wanted &&
        others.slice(0, MOST).map(({ id, name }) => (
          <Button
            key={id}
            size="small"
            icon={<CircleDot size={14} aria-hidden />}
            onClick={() => void state.setKind(id, wanted)}
          >
            {t.mend.mark(name, t.kinds[wanted])}
          </Button>
        ))}
      {!sets.some(({ sample }) => sample) && <Samples look="secondary" />}
      <Lead to="/data">{t.mend.data}</Lead>
    </>
  );
}
