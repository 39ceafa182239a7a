/** The runs that wait for the device, in their order. */
import { ArrowDown, ArrowUp, Pause, Play, Trash2 } from 'lucide-react';
import { useQueue, type QueuedRun } from '../../studio/runs/queue.ts';
import { Button, IconButton } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { Tag } from '../shared/Tag.tsx';
import { queueText } from './text-runs.ts';
import styles from './QueueCard.module.css';
import textStyles from '../shared/text.module.css';
import rowsStyles from './rows.module.css';

export function QueueCard() {
  const t = queueText();
  const { waiting, going, go, hold } = useQueue();
  if (waiting.length === 0) return null;
  const stuck = waiting.some(({ failed }) => failed !== undefined);
  return (
    <Card
      title={t.title}
      aside={`${t.waiting(waiting.length)}. ${going ? t.going : t.held}`}
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
        {waiting.map((run, index) => (
          <QueuedRow key={run.id} run={run} index={index} of={waiting.length} />
        ))}
      </ol>
    </Card>
  );
}

/** A run that waits, with its place in the queue. */
function QueuedRow({
  run: { id, name, recipe, failed },
  index,
  of,
}: {
  readonly run: QueuedRun;
  readonly index: number;
  readonly of: number;
}) {
  const t = queueText();
  const { move, remove } = useQueue();
  return (
    <li className={styles.run}>
      <span className={styles.name}>
        {seenControls(name)}
        {name !== recipe.name && (
          <span className={textStyles.quiet}> {seenControls(recipe.name)}</span>
        )}
        {failed !== undefined && (
          <span className={styles.failed}>
            <Tag tone="error">{t.failed}</Tag> {failed}
          </span>
        )}
        {index === 0 && failed === undefined && <Tag>{t.next}</Tag>}
      </span>
      <span className={rowsStyles.acts}>
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
