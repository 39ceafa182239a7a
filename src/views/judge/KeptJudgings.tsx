/** The judgings stored in this browser, to open or delete. */
import { Trash2 } from 'lucide-react';
import { useJudge } from '../../studio/judge/judge.ts';
import { dueRequests, type Judging } from '../../studio/judge/judge-session.ts';
import { Button, IconButton } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { formatTime } from '../shared/format.ts';
import { Table } from '../shared/Table.tsx';
import { listed } from '../shared/words/marks.ts';
import { judgeText } from './text.ts';
import textStyles from '../shared/text.module.css';

function counts(judging: Judging): { readonly done: number; readonly all: number } {
  const all = judging.candidates.reduce(
    (sum, { answers }) => sum + answers.filter((answer) => answer !== null).length,
    0,
  );
  return { all, done: all - dueRequests(judging).length };
}

export function KeptJudgings() {
  const t = judgeText();
  const earlier = useJudge((state) => state.earlier);
  const current = useJudge((state) => state.judging?.id ?? null);
  const sending = useJudge((state) => state.sending);
  const { open, remove } = useJudge.getState();
  if (earlier.length === 0) return null;
  const busy = sending === null ? null : t.stillSending;
  return (
    <Card flush title={t.earlier}>
      <Table
        caption={t.earlier}
        rows={earlier}
        rowKey={({ id }) => id}
        selectedKey={current}
        columns={[
          {
            key: 'source',
            header: t.questions,
            rowHeader: true,
            cell: ({ id, source }) => (
              <Button
                size="small"
                variant="ghost"
                aria-label={t.open(source)}
                aria-pressed={id === current}
                reason={busy}
                onClick={() => open(id === current ? null : id)}
              >
                {source}
              </Button>
            ),
          },
          {
            key: 'states',
            header: t.state,
            cell: ({ candidates }) => listed(candidates.map(({ label }) => label)),
          },
          { key: 'judge', header: t.model, cell: ({ endpoint }) => endpoint.model },
          {
            key: 'progress',
            header: t.judged,
            cell: (judging) => {
              const { done, all } = counts(judging);
              return t.progress(done, all);
            },
          },
          { key: 'time', header: t.time, cell: ({ createdAt }) => formatTime(createdAt) },
          {
            key: 'remove',
            header: <span className={textStyles.hidden}>{t.removeHead}</span>,
            align: 'end',
            cell: ({ id, source }) => (
              <IconButton
                size="small"
                label={t.remove(source)}
                icon={<Trash2 size={14} aria-hidden />}
                reason={busy}
                onClick={() => void remove(id)}
              />
            ),
          },
        ]}
      />
    </Card>
  );
}
