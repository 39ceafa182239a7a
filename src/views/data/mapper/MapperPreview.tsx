/** The first records of a file as they would be imported, beside the choices that decide it. */
import { TriangleAlert } from 'lucide-react';
import type { AnswerReading, TriedFile } from '../../../contract/data.ts';
import { Loading } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { useAsync, type Async } from '../../shared/use-async.ts';
import { answerNames, mapperText } from './text-mapper.ts';
import { rowReason } from '../../shared/faults/error-text.ts';
import { clauses, listed } from '../../shared/words/marks.ts';
import { placeWords } from '../../shared/words/place.ts';
import styles from './MapperPreview.module.css';
import textStyles from '../../shared/text.module.css';
import columnsStyles from '../columns.module.css';

type Tried = TriedFile['tried'][number];

const cut = (text: string): string =>
  seenControls(text.length > 300 ? `${text.slice(0, 300)}…` : text);

/** The first records, read by the worker as the import would. */
export function Preview({ tried }: { readonly tried: Async<TriedFile> }) {
  const t = mapperText();
  return (
    <section className={styles.preview} aria-label={t.preview}>
      <h3>{t.preview}</h3>
      {tried.status === 'failed' && <ErrorNotice error={tried.error} />}
      {(tried.status === 'loading' || tried.status === 'idle') && (
        <Loading what={t.loadingPreview} height={120} />
      )}
      {tried.status === 'ready' && <Unread lists={tried.value.unread} />}
      {tried.status === 'ready' && (
        <ol>
          {tried.value.tried.map((one, i) => (
            <li key={i}>
              <span className={textStyles.quietLarge}>{placeWords(one)}</span>
              {'fault' in one ? (
                <Fault fault={one.fault} />
              ) : (
                <>
                  {one.record.messages.map((message, turn) => (
                    <p key={turn}>
                      <b>{message.role}</b> {cut(message.content)}
                      {message.train === false && (
                        <span className={textStyles.quietLarge}> ({t.previewUntrained})</span>
                      )}
                    </p>
                  ))}
                  {one.right && (
                    <p className={textStyles.quietLarge}>
                      {t.previewRight(seenControls(clauses(one.right)))}
                    </p>
                  )}
                  {one.record.task !== undefined && (
                    <p className={textStyles.quietLarge}>
                      {t.previewTask(seenControls(one.record.task))}
                    </p>
                  )}
                  {one.record.answerChoices && (
                    <p className={textStyles.quietLarge}>
                      {t.previewChoices(seenControls(listed(one.record.answerChoices)))}
                    </p>
                  )}
                </>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Where the answers can be read in several ways: what each makes of the first questions, to choose by. */
export function ReadingsPreview({
  of,
  fits,
  read,
}: {
  /** The file and all other choices. */
  readonly of: string;
  readonly fits: readonly AnswerReading[];
  readonly read: (reading: AnswerReading) => Promise<TriedFile>;
}) {
  const t = mapperText();
  const names = answerNames();
  const found = useAsync(JSON.stringify([of, fits]), () => Promise.all(fits.map(read)));
  return (
    <section className={styles.preview} aria-label={t.readings}>
      <h3>{t.readings}</h3>
      {found.status === 'failed' && <ErrorNotice error={found.error} />}
      {found.status === 'loading' && <Loading what={t.loadingPreview} height={120} />}
      {found.status === 'ready' && <Unread lists={found.value[0]?.unread ?? []} />}
      {found.status === 'ready' && (
        <ol>
          {found.value[0]?.tried.map((first, i) => {
            const each = found.value.map(({ tried }) => tried[i]);
            return (
              <li key={i}>
                <span className={textStyles.quietLarge}>{placeWords(first)}</span>
                <p>{cut(askedIn(each))}</p>
                <dl className={styles.readings}>
                  {fits.map((reading, place) => (
                    <div key={reading}>
                      <dt>{names[reading]}</dt>
                      <dd>
                        <Right of={each[place]} />
                      </dd>
                    </div>
                  ))}
                </dl>
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}

/** The question, from whichever way of reading could read it. */
function askedIn(each: readonly (Tried | undefined)[]): string {
  for (const one of each) {
    if (one && 'record' in one) {
      return one.record.messages.find(({ role }) => role === 'user')?.content ?? '';
    }
  }
  return '';
}

function Right({ of: one }: { readonly of: Tried | undefined }) {
  if (!one) return '–';
  if ('fault' in one) return <Fault fault={one.fault} />;
  return seenControls(one.right ? clauses(one.right) : '–');
}

/** Lists of the file from which no record is imported. */
function Unread({ lists }: { readonly lists: TriedFile['unread'] }) {
  return lists.map((list, i) => <Fault key={i} fault={list} />);
}

function Fault({ fault }: { readonly fault: Parameters<typeof rowReason>[0] }) {
  return (
    <p className={columnsStyles.fault}>
      <TriangleAlert size={14} aria-hidden /> {rowReason(fault)}
    </p>
  );
}
