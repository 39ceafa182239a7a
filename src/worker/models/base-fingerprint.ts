/** Recognises a base model on another machine, by one hash over the hashes of its files. */
import { fingerprintOf, fingerprintOfFiles } from '../../archive/fingerprints.ts';
import type { Models } from '../../storage/models.ts';
import type { ModelLibrary } from './library.ts';

/**
 * Fingerprint of a model. Stored files have known hashes; the files of built-in models are small, so they are
 * read.
 * @throws StudioError `model-missing`
 */
export async function baseFingerprint(
  models: Models,
  library: ModelLibrary,
  modelId: string,
): Promise<string> {
  const stored = await models.find(modelId);
  if (stored && stored.files.length > 0) {
    return fingerprintOf(stored.files.map(({ name, file }) => ({ name, sha256: file.sha256 })));
  }
  const { files, knownFingerprint } = await library.open(modelId);
  if (knownFingerprint !== null) return knownFingerprint;
  return fingerprintOfFiles(files);
}
