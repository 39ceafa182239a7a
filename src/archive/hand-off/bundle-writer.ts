/**
 * Writes a run as a bundle for the Python trainer (handoff/README.md), piece by piece: the run as an unpacked archive,
 * its records as tokens, what the base must be, and the trainer itself. The manifest names all other files and comes
 * last.
 */
import { splittable, validationRows } from '../../engine/training/run/validation-split.ts';
import { Sealer } from '../../formats/files/sealer.ts';
import type { FileToArchive } from '../../formats/files/zip-writer.ts';
import { WARD_CARD, jsonText } from '../archive-files.ts';
import { archivedFiles, type ArchiveWatch } from '../archive-writer.ts';
import { ORDER } from '../fingerprints.ts';
import { bundleReadme } from './bundle-readme.ts';
import { recordChunks, recordsPath, tokensOf } from './record-file.ts';
import type { NamedSeal, RunToHandOff } from './run-to-hand-off.ts';

const HAND_OFF = 'handoff.json';
const VERSION = 1;
/** The rules for the order of records under which a record that teaches nothing leaves its place empty. */
const ORDER_WITH_GAPS = 2;

/** The files of a bundle in writing order. @throws StudioError what reading records and branches throws */
export async function* bundleFiles(
  handedOff: RunToHandOff,
  watch: ArchiveWatch,
): AsyncGenerator<FileToArchive> {
  const files: NamedSeal[] = [];
  yield sealed(text('README.md', bundleReadme(handedOff)), files);
  // Only bundles need it, and it is as long as the rest of the archive's code.
  const { trainerFiles } = await import('./trainer-files.ts');
  for (const file of trainerFiles()) yield sealed(text(file.path, file.text), files);
  // Whoever opens the result sees which run it came from.
  const { id } = handedOff.run.summary;
  const run = { ...handedOff.run, summary: { ...handedOff.run.summary, cameFrom: id } };
  for await (const file of archivedFiles(run, watch)) {
    // Cards are for people, and the bundle has one of its own.
    if (file.path === 'README.md' || file.path === WARD_CARD) continue;
    yield sealed({ ...file, path: `run/${file.path}` }, files);
  }
  const records: NamedSeal[] = [];
  for (const [index, set] of handedOff.records.entries()) {
    const path = recordsPath(index);
    watch.progress(index / handedOff.records.length, { code: 'named', name: path });
    const file = sealed({ path, chunks: recordChunks(set, watch) }, records);
    if (handedOff.withRecords) yield file;
    else for await (const _ of file.chunks) watch.check();
  }
  yield text(HAND_OFF, jsonText(manifest(handedOff, files, records), 2));
}

function manifest(
  { run, leavesGaps, merging, vocabulary, base, records }: RunToHandOff,
  files: readonly NamedSeal[],
  seals: readonly NamedSeal[],
): object {
  const counts = records.map(({ lengths }, index) =>
    splittable({ ...run.about.dataSets[index], records: lengths.length }),
  );
  const { name, hub } = run.about.base;
  return {
    ...{ format: 'medcare-handoff', version: VERSION },
    order: leavesGaps ? ORDER_WITH_GAPS : ORDER,
    merging,
    files,
    records: records.map((set, index) => ({
      ...seals[index],
      ...{ records: set.lengths.length, tokens: tokensOf(set) },
    })),
    split: validationRows(counts, run.summary.recipe).map((rows) => [...rows]),
    base: { name, hub, vocabulary, files: base },
  };
}

const encoder = new TextEncoder();

function text(path: string, content: string): FileToArchive {
  return { path, chunks: [encoder.encode(content)], compress: true };
}

/** The same file; its seal is in the list once its last chunk was taken. */
function sealed(file: FileToArchive, seals: NamedSeal[]): FileToArchive {
  return { ...file, chunks: sealing(file, seals) };
}

async function* sealing(
  { path, chunks }: FileToArchive,
  seals: NamedSeal[],
): AsyncGenerator<Uint8Array> {
  const sealer = new Sealer();
  for await (const chunk of chunks) {
    sealer.update(chunk);
    yield chunk;
  }
  seals.push({ path, ...sealer.seal() });
}
