/** Writes the archive of a run's folder: the file that the studio opens. */
import { join } from 'node:path';
import process from 'node:process';
import { archivedFiles, type SealedFile } from '../../archive/archive-writer.ts';
import { modelCard } from '../../archive/cards/export-text.ts';
import { wardCard } from '../../archive/cards/ward-card.ts';
import { STUDIO_VERSION } from '../../archive/studio-version.ts';
import { fileSource } from '../../engine/node/folder.ts';
import { fileStem } from '../../formats/files/file-names.ts';
import { inFolder, writeZip } from '../../formats/files/zip-writer.ts';
import { faultLanguage, spokenLanguage } from '../words/language.ts';
import type { FolderFile } from './folder-state.ts';
import { ARCHIVE, type RunFolder } from './run-folder.ts';

/** @returns its path */
export async function writeRunArchive(folder: RunFolder): Promise<string> {
  const { run, tasks, fingerprint, base, dataSets, routing, scores, ...files } = folder.state;
  const sealed = (file: FolderFile): SealedFile => ({
    ...file,
    open: () => fileSource(join(folder.path, file.path), file.path),
  });
  const curves = await folder.curves();
  const environment = {
    studio: STUDIO_VERSION,
    browser: `medcare, Node ${process.version}`, // words: names of programs
    archivedAt: Date.now(),
  };
  const facts = {
    ...{ curves, dataSets, base, scores, shortcuts: [], dtype: null },
    ...{ language: spokenLanguage(), faults: faultLanguage() },
  };
  const archived = archivedFiles(
    {
      ...{ summary: run, tasks, fingerprint, curves, routing, pairs: [], answers: [] },
      steps: [await folder.steps()],
      growth: await folder.growth(),
      stages: files.stages.map(sealed),
      best: files.best.map((step) => ({ ...step, file: sealed(step.file) })),
      checkpoint: files.checkpoint && { ...files.checkpoint, file: sealed(files.checkpoint.file) },
      about: { base, dataSets, environment, scores, shortcuts: [] },
      card: modelCard(run, facts),
      // No sample answers are kept here, and nobody has said where the questions come from.
      wardCard: wardCard(run, {
        ...{ ...facts, endless: 0, sameSources: false },
        changed: 'left-out',
      }),
    },
    { check: () => undefined, progress: () => undefined },
  );
  await folder.replace(ARCHIVE, writeZip(inFolder(`${fileStem(run.name, 'run')}-run`, archived)));
  return join(folder.path, ARCHIVE);
}
