/** The best and the worst answers to a task: the prompt, the answer, and how it was read. */
import { useState } from 'react';
import { answerSamples } from '../../../studio/evaluation/evaluation.ts';
import type { AnswerSample } from '../../../contract/evaluation.ts';
import { Card } from '../../shared/Card.tsx';
import { Loading } from '../../shared/EmptyState.tsx';
import { formatFixed, formatPercent } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { SelectField } from '../../shared/controls/Select.tsx';
import { Tag } from '../../shared/Tag.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { ExtractionLog } from './ExtractionLog.tsx';
import type { ResultSet } from './result-rows.ts';
import { useResultMenu } from './result-menu.ts';
import { tellingLine } from './telling-line.ts';
import { compareText } from './text-compare.ts';
import panelsStyles from '../panels.module.css';
import styles from './SamplePanel.module.css';
import textStyles from '../../shared/text.module.css';

const shownAtOnce = 6;

export function SamplePanel({ results }: Pick<ResultSet, 'results'>) {
  const t = compareText();
  const menu = useResultMenu(results);
  const [id, setId] = useState<string | null>(null);
  const [taskName, setTask] = useState<string | null>(null);
  const [order, setOrder] = useState<'best' | 'worst'>('worst');
  const result = results.find((candidate) => candidate.id === id) ?? results.at(-1);
  const tasks = result?.figures?.tasks.map(({ task }) => task) ?? [];
  const task = tasks.find((name) => name === taskName) ?? tasks[0];
  const key = result && task ? `${result.id}/${task}/${order}/${result.answered}` : null;
  const samples = useAsync(key, () =>
    answerSamples(result?.id ?? '', task ?? '', order, shownAtOnce),
  );
  if (!result || task === undefined) return null;
  return (
    <Card title={t.samples}>
      <div className={panelsStyles.stack}>
        <div className={panelsStyles.selects}>
          <SelectField label={t.result} value={result.id} choices={menu} onChange={setId} />
          <SelectField
            label={t.task}
            value={task}
            choices={tasks.map((name) => ({ value: name, label: name }))}
            onChange={setTask}
          />
          <SelectField
            label={t.order}
            value={order}
            choices={[
              { value: 'worst', label: t.worst },
              { value: 'best', label: t.best },
            ]}
            onChange={setOrder}
          />
        </div>
        {samples.status === 'failed' && <ErrorNotice error={samples.error} />}
        {samples.status === 'loading' && <Loading what={t.samplesLoading} height={240} />}
        {samples.status === 'ready' && (
          <ol className={styles.samples}>
            {samples.value.map((sample) => (
              <li key={sample.place}>
                <Sample sample={sample} among={samples.value} />
              </li>
            ))}
          </ol>
        )}
      </div>
    </Card>
  );
}

function Sample({
  sample,
  among,
}: {
  readonly sample: AnswerSample;
  readonly among: readonly AnswerSample[];
}) {
  const t = compareText();
  const { place, value, adheres, prompt, reference, answer, written, referenceLoss } = sample;
  const texts = [
    { name: t.prompt, text: prompt },
    ...(written === null ? [] : [{ name: t.written, text: written }]),
    { name: t.reference, text: reference },
    ...(sample.method === 'reference' ? [] : [{ name: t.answer, text: answer }]),
  ];
  return (
    <details className={styles.sample}>
      <summary>
        <span>{t.question(place + 1)}</span>
        {value !== null && (
          <Tag tone={value >= 0.5 ? 'good' : 'neutral'}>{t.value(formatPercent(value))}</Tag>
        )}
        {referenceLoss !== null && (
          <span className={textStyles.quiet}>{t.loss(formatFixed(referenceLoss, 3))}</span>
        )}
        {adheres === false && <Tag tone="warning">{t.malformed}</Tag>}
        <span className={styles.sampleShort}>{seenControls(titleOf(sample, among))}</span>
      </summary>
      <dl>
        {texts.map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={styles.sampleText}>
              {text === '' ? t.emptyAnswer : seenControls(text)}
            </dd>
          </div>
        ))}
        <ExtractionLog sample={sample} />
        <Items name={t.wanted} items={sample.wanted} others={sample.given} />
        {sample.method !== 'reference' && (
          <Items name={t.given} items={sample.given} others={sample.wanted} />
        )}
      </dl>
    </details>
  );
}

function titleOf({ prompt }: AnswerSample, among: readonly AnswerSample[]): string {
  return tellingLine(
    prompt,
    among.map((other) => other.prompt),
  );
}

/** Parsed items; items that the other side also has are marked, with a sign as well as a colour. */
function Items({
  name,
  items,
  others,
}: {
  readonly name: string;
  readonly items: readonly string[];
  readonly others: readonly string[];
}) {
  const t = compareText();
  const known = new Set(others);
  const shown = items.filter((item) => item !== '');
  return (
    <div>
      <dt>{name}</dt>
      <dd className={styles.sampleItems}>
        {shown.length === 0 && <span className={textStyles.quiet}>{t.nothing}</span>}
        {shown.map((item, index) => (
          <Tag key={`${index}/${item}`} tone={known.has(item) ? 'good' : 'neutral'}>
            {known.has(item) ? '✓ ' : ''}
            {seenControls(item.replaceAll('\t', ': '))}
          </Tag>
        ))}
      </dd>
    </div>
  );
}
