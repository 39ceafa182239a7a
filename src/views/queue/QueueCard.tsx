/** What waits for the device, in its order: runs, grids and measurements. */
import { recipeTitle } from '../../studio/evaluation/ablation-words.ts';
import { ArrowDown, ArrowUp, Pause, Play, Trash2 } from 'lucide-react';
import { useQueue } from '../../studio/queue/page-queue.ts';
import type { QueuedWork } from '../../studio/queue/queued-work.ts';
import { activeRun } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { Button, IconButton } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { Tag, type Tone } from '../shared/Tag.tsx';
import { queueText } from './text.ts';
import { workName } from './work-name.ts';
import styles from './QueueCard.module.css';
import textStyles from '../shared/text.module.css';

export function QueueCard() {
  const t = queueText();
  const { beginningId, going, go, hold } = useQueue();
  const all = useQueue((state) => state.waiting);
  // What begins stands among the runs already, and does not wait behind itself.
  const waiting = all.filter(({ id }) => id !== beginningId);
  const before = useRuns(activeRun);
  if (waiting.length === 0) return null;
  const stuck = waiting.some(({ failed }) => failed !== undefined);
  const behind = before ? t.behind(before.name) : '';
  return (
    <Card
      title={t.title}
      aside={`${t.waiting(waiting.length)}${going ? `${behind}${t.going}` : t.held}`}
      actions={
        <>
          {(!going || stuck) && (
            <Button size="small" icon={<Play size={14} aria-hidden />} onClick={go}>
              {t.go}
            </Button>
          )}
          {going && (
            <Button size="small" icon={<Pause size={14} aria-hidden />} onClick={hold}>
              {t.hold}
            </Button>
          )}
        </>
      }
    >
      <ol className={styles.queue} aria-label={t.caption}>
        {waiting.map((work, index) => (
          <QueuedRow key={work.id} work={work} index={index} of={waiting.length} />
        ))}
      </ol>
    </Card>
  );
}

const tones: Readonly<Record<QueuedWork['kind'], Tone>> = {
  run: 'ka',
  grid: 'ka',
  measurement: 'align',
  result: 'align',
  shortcuts: 'align',
};

function kindName(kind: QueuedWork['kind']): string {
  const { kinds } = queueText();
  return kind === 'measurement' || kind === 'result' ? kinds.measuring : kinds[kind];
}

/** Work that waits, with its place in the queue. */
function QueuedRow({
  work,
  index,
  of,
}: {
  readonly work: QueuedWork;
  readonly index: number;
  readonly of: number;
}) {
  const t = queueText();
  const { move, remove } = useQueue();
  const { id, kind, failed } = work;
  const name = workName(work);
  const recipe =
    kind === 'run' && recipeTitle(work.recipe.name) !== name ? recipeTitle(work.recipe.name) : null;
  return (
    <li className={styles.work}>
      <span className={styles.name}>
        <span className={styles.place}>{index + 1}</span>
        <Tag tone={tones[kind]}>{kindName(kind)}</Tag>
        <span>{seenControls(name)}</span>
        {recipe !== null && <span className={textStyles.quiet}>{seenControls(recipe)}</span>}
        {failed !== undefined && (
          <span className={styles.failed}>
            <Tag tone="error">{t.failed}</Tag> {failed}
          </span>
        )}
        {index === 0 && failed === undefined && <Tag>{t.next}</Tag>}
      </span>
      <span className={styles.acts}>
        <IconButton
          size="small"
          label={t.earlier(name)}
          icon={<ArrowUp size={14} aria-hidden />}
          disabled={index === 0}
          onClick={() => move(id, -1)}
        />
        <IconButton
          size="small"
          label={t.later(name)}
          icon={<ArrowDown size={14} aria-hidden />}
          disabled={index === of - 1}
          onClick={() => move(id, 1)}
        />
        <IconButton
          size="small"
          label={t.remove(name)}
          icon={<Trash2 size={14} aria-hidden />}
          onClick={() => remove(id)}
        />
      </span>
    </li>
  );
}
