/** Makes a data set out of another, with the identifiers replaced. */
import { STUDIO_VERSION } from '../../archive/studio-version.ts';
import type { CallInput } from '../../contract/contract.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import { DECISIONS, type ReplacedSet } from '../../contract/identifiers.ts';
import type { MadeFile } from '../../contract/fields.ts';
import { fileStem } from '../../formats/files/file-names.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { DataSetAbout, DataSetWriter } from '../../storage/data-sets.ts';
import { IDENTIFIER_KINDS, type IdentifierKind } from '../../text/identifiers/kinds.ts';
import { sealMapping } from '../../text/identifiers/replace/mapping-file.ts';
import { Replacer } from '../../text/identifiers/replace/replacer.ts';
import {
  reportOf,
  type IdentifierReport,
  type KindDecided,
} from '../../text/identifiers/replace/report.ts';
import type { WorkerContext } from '../context.ts';
import { newSet } from '../data/new-set.ts';
import { breathing, type Task } from '../tasks/tasks.ts';
import { textsOf } from './look.ts';
import { dateName, findingsOfRow, foundIn, type Found } from './review.ts';

type Asked = CallInput<'identifiers.replace'>;

/**
 * @param key secret; whoever has it can tell which surrogate stands for a text that they know
 * @throws StudioError `identifiers-not-looked`, `mapping-passphrase-short`, `cancelled`, as reading and writing rows
 */
export async function replaceIn(
  context: WorkerContext,
  key: Uint8Array,
  asked: Asked,
  task: Task,
): Promise<ReplacedSet> {
  const { storage } = context;
  const { id, passphrase } = asked;
  // A passphrase that is too short is refused before the work.
  if (passphrase !== null) await sealMapping([], passphrase);
  const replacer = new Replacer(key, asked.ways, passphrase !== null);
  const set = await whileInUse(storage.locks, [dataLock(id)], () =>
    makeSet(context, replacer, asked, task),
  );
  const mapping = passphrase === null ? null : await mappingFile(set, replacer, passphrase);
  return { set, mapping };
}

async function mappingFile(
  { name }: DataSetSummary,
  replacer: Replacer,
  passphrase: string,
): Promise<MadeFile> {
  const text = await sealMapping(replacer.mapping(), passphrase);
  const blob = new Blob([text], { type: 'application/json' });
  return { name: `${fileStem(name, 'data')}.mapping.json`, blob };
}

function makeSet(
  context: WorkerContext,
  replacer: Replacer,
  asked: Asked,
  task: Task,
): Promise<DataSetSummary> {
  const { storage } = context;
  return newSet(context, async (writer) => {
    const original = await storage.dataSets.get(asked.id);
    const found = await foundIn(storage, asked.id);
    await writeReplaced({ storage, writer, replacer, found, original }, task);
    const report = reportOf({
      done: replacer.report(),
      ways: asked.ways,
      studio: STUDIO_VERSION,
      decided: decidedOf(found),
    });
    return aboutNew(original, asked, report);
  });
}

interface Writing {
  readonly storage: WorkerContext['storage'];
  readonly writer: DataSetWriter;
  readonly replacer: Replacer;
  readonly found: Found;
  readonly original: DataSetSummary;
}

async function writeReplaced(
  { storage, writer, replacer, found, original: { id, records } }: Writing,
  task: Task,
): Promise<void> {
  const check = breathing(task);
  for await (const rows of storage.dataSets.allRows(id)) {
    for (const { index, messages, choices, ...rest } of rows) {
      const texts = textsOf({ messages, ...(choices && { choices }) });
      const findings = findingsOfRow(found, index, texts.length, false);
      const after = replacer.replace(dateName(id, index), texts, findings);
      await writer.add({
        ...rest,
        messages: messages.map((message, i) => ({ ...message, content: after[i] ?? '' })),
        ...(choices && { choices: after.slice(messages.length) }),
      });
      await check();
    }
    task.progress(writer.records / records, null);
  }
}

/**
 * What the new set says of itself. Left out is whatever could hold an original: values of fields that were not read,
 * and the fingerprint of the original, from which a short text could be guessed.
 */
function aboutNew(
  { name, importedAs = name, kind, kindGuessed, shape, shapes, tableRows }: DataSetSummary,
  asked: Asked,
  replaced: IdentifierReport,
): DataSetAbout {
  return {
    name: asked.name,
    importedAs,
    kind,
    ...(kindGuessed && { kindGuessed }),
    shape,
    ...(shapes && { shapes }),
    ...(tableRows && { tableRows }),
    replaced,
  };
}

/** What was found and decided, by kind. */
function decidedOf({ table, decided }: Found): Partial<Record<IdentifierKind, KindDecided>> {
  const tally = IDENTIFIER_KINDS.map(() => ({ found: 0, kept: 0, accepted: 0 }));
  for (let at = 0; at < table.count; at += 1) {
    const counted = tally[table.sort(at).kind];
    if (!counted) continue;
    const decision = DECISIONS[decided[at] ?? 0];
    counted.found += 1;
    if (decision === 'keep') counted.kept += 1;
    if (decision === 'replace') counted.accepted += 1;
  }
  const byKind: Partial<Record<IdentifierKind, KindDecided>> = {};
  for (const [k, kind] of IDENTIFIER_KINDS.entries()) {
    const counted = tally[k];
    if (counted) byKind[kind] = counted;
  }
  return byKind;
}
