/** What a person says about a file before it is imported, and what the first records are then read as. */
import { useState } from 'react';
import type { UnmappedFile } from '../../../studio/data/data-sets.ts';
import type { DataKind, FieldMapping, ReadingChoices } from '../../../contract/data.ts';
import { wholeMapping, mappingGaps } from '../../../studio/data/mappings.ts';
import { useAsync } from '../../shared/use-async.ts';
import { tryFile } from '../../../studio/data/data-reads.ts';

/** Starts from the proposed mapping and reads the first records again with every change. */
export function useMapping({
  id,
  file,
  mapping: proposed,
  kind: chosen,
  asksFields,
}: UnmappedFile) {
  const [mapping, setMapping] = useState<Partial<FieldMapping>>(proposed);
  const [kind, setKind] = useState<DataKind | null>(chosen);
  const [choices, setChoices] = useState<ReadingChoices>({});
  const whole = asksFields ? wholeMapping(mapping) : null;
  const gaps = asksFields ? mappingGaps(mapping) : [];
  const triedKey = `${id}/${JSON.stringify([whole, choices])}`;
  const tried = useAsync(gaps.length === 0 ? triedKey : null, () => tryFile(file, whole, choices));
  const answers = tried.status === 'ready' ? tried.value.answers : null;
  const answerReading = choices.answers ?? answers?.decided;
  return {
    mapping,
    setMapping,
    choices,
    setChoices,
    /** Null leaves the kind to a guess from the records. */
    kind,
    setKind,
    /** The mapping to import with; null where the file's layout decides it. */
    whole,
    /** Parts of a record that have no column. */
    gaps,
    triedKey,
    tried,
    /** How answers of multiple choice are read; undefined while neither the file nor a person says. */
    answerReading,
    /** A person has to say how answers are read. */
    unsaid: answers !== null && answerReading === undefined && answers.fits.length > 0,
  };
}

export type MappingState = ReturnType<typeof useMapping>;
