/** Questions of evaluations that come up in the chosen data sets. */
import { Link } from 'wouter';
import {
  readQuestion,
  type HeldAmong,
  type HeldInSet,
} from '../../../studio/data/near-duplicates.ts';
import type { QuestionsHeld } from '../../../contract/data.ts';
import { formatTime } from '../../shared/format.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { listed } from '../../shared/words/marks.ts';
import { heldText } from './text-held.ts';
import { readRecord, TwoTexts } from './TwoTexts.tsx';
import styles from './NearDuplicatesCard.module.css';
import textStyles from '../../shared/text.module.css';

/** Examples that are listed for one list of questions in one set. */
const MOST_LISTED = 20;

function nameOf({ files }: QuestionsHeld): string {
  const t = heldText();
  return files.length === 0 ? t.own : listed(files.map(seenControls));
}

function countOf(list: QuestionsHeld): string {
  return heldText().questionsOf(list.compared, list.files.length === 0 ? null : nameOf(list));
}

export function HeldQuestions({ held: { found, lists, open, at } }: { readonly held: HeldAmong }) {
  const t = heldText();
  const questions = lists.reduce((sum, { compared }) => sum + compared, 0);
  const short = lists.reduce((sum, list) => sum + list.short, 0);
  const cut = lists.filter(({ compared, questions: all }) => compared < all);
  return (
    <>
      <h3 className={styles.heading}>{t.title}</h3>
      {at !== null && found.length === 0 && <p>{t.none(questions)}</p>}
      {found.length > 0 && <Found found={found} />}
      <ul className={styles.remarks}>
        {at !== null && <li>{t.known(formatTime(at))}</li>}
        {open.length > 0 && <li>{t.open(listed(open.map(({ name }) => seenControls(name))))}</li>}
        {short > 0 && <li>{t.short(short)}</li>}
        {cut.map((list) => (
          <li key={list.itemsId}>{t.cut(nameOf(list), list.compared, list.questions)}</li>
        ))}
      </ul>
    </>
  );
}

function Found({ found }: Pick<HeldAmong, 'found'>) {
  const t = heldText();
  return (
    <>
      <ul className={styles.lines}>
        {found.map(({ set, list }) => (
          <li key={`${set.id} ${list.itemsId}`}>
            {t.line(seenControls(set.name), countOf(list), list)}
          </li>
        ))}
      </ul>
      <p className={textStyles.quiet}>
        {t.means} <Link href="/evaluate">{t.evaluate}</Link>
      </p>
      <details>
        <summary>{t.examples}</summary>
        {found.flatMap(({ set, list }) =>
          list.examples
            .slice(0, MOST_LISTED)
            .map((example) => (
              <Example
                key={keyOf({ set, list }, example.place)}
                held={{ set, list }}
                {...example}
              />
            )),
        )}
      </details>
    </>
  );
}

const keyOf = ({ set, list }: HeldInSet, place: number): string =>
  `${set.id} ${list.itemsId} ${place}`;

interface ExampleProps {
  readonly held: HeldInSet;
  readonly place: number;
  readonly row: number;
}

/** A question beside the first record that holds it. */
function Example({ held, place, row }: ExampleProps) {
  const t = heldText();
  const { set, list } = held;
  const read = (): Promise<readonly string[]> =>
    Promise.all([
      readQuestion(list.itemsId, place).then((asked) => asked ?? t.gone),
      readRecord({ set, row }),
    ]);
  return (
    <TwoTexts
      title={t.example(place + 1, nameOf(list), seenControls(set.name), row + 1)}
      name={keyOf(held, place)}
      read={read}
    />
  );
}
