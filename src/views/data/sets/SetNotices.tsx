/** What a person should know first about a set, each with the act that mends it. */
import { FileUp } from 'lucide-react';
import { useDataSets } from '../../../studio/data/data-sets.ts';
import { find, readProblemsAt } from '../../../studio/data/data-reads.ts';
import type { DataSetSummary, LineProblem } from '../../../contract/data.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { FilePicker } from '../../shared/controls/FilePicker.tsx';
import { Notice } from '../../shared/Notice.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { listed } from '../../shared/words/marks.ts';
import { placeWords } from '../../shared/words/place.ts';
import { noticesText } from './text-notices.ts';

interface OfSet {
  readonly set: DataSetSummary;
}

export function SetNotices({ set }: OfSet) {
  return (
    <>
      <EncodingNotice set={set} />
      <UnknownShape set={set} />
      <GuessedKind set={set} />
    </>
  );
}

/** Trouble with the encoding explains the rows that are wrong because of it. */
function EncodingNotice({ set: { findings = [] } }: OfSet) {
  const t = noticesText();
  const other = findings.find(({ code }) => code === 'encoding');
  const broken = findings.find(({ code }) => code === 'not-text');
  if (!other && !broken) return null;
  const notText = broken && t.notText(broken.count, placeWords(broken));
  return (
    <Notice
      tone={broken ? 'warning' : 'info'}
      title={other ? t.readAs(other.example ?? '') : notText}
    >
      {other && <span>{t.checkText}</span>}
      {other && notText && <span>{notText}</span>}
      {broken && <span>{t.notTextRemedy}</span>}
    </Notice>
  );
}

/** Leads to the columns of a file, some of whose rows have no known shape. */
function UnknownShape({ set }: OfSet) {
  const t = noticesText();
  const { sets, files, unmapped, askFields } = useDataSets();
  const rows = set.problemCounts?.['unknown-shape'] ?? 0;
  const first = useAsync(rows > 0 ? set.id : null, () => firstUnknown(set.id));
  if (rows === 0 || first.status !== 'ready' || !first.value) return null;
  const { file: name, data = {} } = first.value;
  const mapped = sets.some(
    (other) => other.id !== set.id && other.columns && fileOf(other) === fileOf(set),
  );
  // The question is being asked, or was answered.
  if (mapped || unmapped.some(({ file }) => file.name === name)) return null;
  const file = files.get(name);
  const fields = listed(String(data['fields'] ?? '').split(', '));
  return (
    <Notice
      tone="warning"
      title={t.unknownShape(rows)}
      actions={
        file ? (
          <Button
            variant="primary"
            icon={<FileUp size={16} aria-hidden />}
            onClick={() => void askFields(file)}
          >
            {t.sayFields}
          </Button>
        ) : (
          <FilePicker
            label={t.chooseAgain}
            icon={<FileUp size={16} aria-hidden />}
            onFiles={([chosen]) => chosen && void askFields(chosen)}
          >
            {t.chooseAgain}
          </FilePicker>
        )
      }
    >
      {fields !== '' && <span>{t.unknownFields(fields)}</span>}
      <span>{t.unknownRemedy}</span>
    </Notice>
  );
}

const fileOf = ({ name, importedAs = name }: DataSetSummary): string => importedAs;

async function firstUnknown(id: string): Promise<LineProblem | null> {
  const search = { list: 'problems', text: '', code: 'unknown-shape' } as const;
  const found = await find(id, search, () => undefined);
  if (found.status !== 'done') return null;
  const [problem] = await readProblemsAt(id, [...found.value.subarray(0, 1)]);
  return problem ?? null;
}

/** Says that the kind of a set is a guess, until a person has said what it is. */
function GuessedKind({ set: { id, kind, kindGuessed, shape, records } }: OfSet) {
  const t = noticesText();
  const setKind = useDataSets((state) => state.setKind);
  if (!kindGuessed || shape === 'evaluation' || records === 0) return null;
  const other = kind === 'knowledge' ? 'alignment' : 'knowledge';
  return (
    <Notice
      compact
      tone="info"
      title={t.guessed[kind]}
      actions={
        <>
          <Button size="small" onClick={() => void setKind(id, kind)}>
            {t.keep[kind]}
          </Button>
          <Button size="small" onClick={() => void setKind(id, other)}>
            {t.change[other]}
          </Button>
        </>
      }
    >
      <span>{t.means[kind]}</span>
    </Notice>
  );
}
