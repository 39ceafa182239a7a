/** Recognises a base model on another machine, by one hash over the hashes of its files. */
import { readPieces } from '../../formats/files/byte-source.ts';
import { Sealer } from '../../storage/files/file-store.ts';
import type { Models } from '../../storage/models.ts';
import type { ModelLibrary } from './library.ts';

const DECIDES =
  /^(?:config\.json|tokenizer\.json|tokenizer_config\.json|chat_template\.jinja|[^/]+\.safetensors(?:\.index\.json)?|[^/]+\.gguf)$/;

interface HashedFile {
  readonly name: string;
  readonly sha256: string;
}

/** SHA-256 over names and hashes of the files that decide what a model says, hex. */
function fingerprintOf(files: readonly HashedFile[]): string {
  const sealer = new Sealer();
  const encoder = new TextEncoder();
  const lines = files
    .filter(({ name }) => DECIDES.test(name))
    // A GGUF file may have any name.
    .map(({ name, sha256 }) => `${name.endsWith('.gguf') ? 'model.gguf' : name} ${sha256}\n`)
    .sort();
  for (const line of lines) sealer.update(encoder.encode(line));
  return sealer.seal().sha256;
}

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
  const hashed: HashedFile[] = [];
  for (const [name, source] of files) {
    if (!DECIDES.test(name)) continue;
    const sealer = new Sealer();
    for await (const piece of readPieces(source)) sealer.update(piece);
    hashed.push({ name, sha256: sealer.seal().sha256 });
  }
  return fingerprintOf(hashed);
}
