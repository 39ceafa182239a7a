/** Hashes by which a run recognises its base model, its records and its inputs on any machine. */
import type { Recipe } from '../engine/training/recipe/recipe.ts';
import type { ModelFolder } from '../engine/model/model-folder.ts';
import type { DataKind } from '../formats/records/record-types.ts';
import type { ByteSource } from '../formats/files/byte-source.ts';
import { Sealer, sealOfSource } from '../formats/files/sealer.ts';

const DECIDES =
  /^(?:config\.json|tokenizer\.json|tokenizer_config\.json|chat_template\.jinja|[^/]+\.safetensors(?:\.index\.json)?|[^/]+\.gguf)$/;

interface HashedFile {
  readonly name: string;
  readonly sha256: string;
}

/** SHA-256 over names and hashes of the files that decide what a model says, hex. */
export function fingerprintOf(files: readonly HashedFile[]): string {
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

/** The same of files that are read for it. */
export async function fingerprintOfFiles(files: ReadonlyMap<string, ByteSource>): Promise<string> {
  const hashed: HashedFile[] = [];
  for (const [name, source] of files) {
    if (!DECIDES.test(name)) continue;
    hashed.push({ name, sha256: (await sealOfSource(source)).sha256 });
  }
  return fingerprintOf(hashed);
}

/** SHA-256 of the texts that decide how a text becomes tokens. */
export function tokenizerFingerprint({
  texts: { tokenizerJson, tokenizerConfigJson = '', chatTemplateJinja = '' },
  vocabulary: { declaredBeside },
}: Pick<ModelFolder, 'texts' | 'vocabulary'>): string {
  const parts = [tokenizerJson, tokenizerConfigJson, chatTemplateJinja];
  // Other files are hashed only where they add something, so that earlier hashes stay the same.
  return textHash(
    (declaredBeside === '' ? parts : [...parts, declaredBeside])
      .map((part) => `${part.length}\n${part}`)
      .join(''),
  );
}

/** Version of the rules for the order of records, including how left-out records are replaced. */
export const ORDER = 3;

/** Everything that decides what a run sees. */
interface Inputs {
  readonly tokenizer: string;
  /** Source of the chat template. */
  readonly template: string;
  readonly dataSets: readonly { readonly fingerprint: string; readonly kind: DataKind }[];
  readonly recipe: Recipe;
}

/** SHA-256 of a run's inputs. @param order version of the rules for the order of records; null for the earliest */
export function inputsHash(
  { tokenizer, template, dataSets, recipe }: Inputs,
  order: number | null,
): string {
  const parts = [
    tokenizer,
    template,
    dataSets.map(({ fingerprint, kind }) => [fingerprint, kind]),
    recipe,
    ...(order === null ? [] : [order]),
  ];
  return textHash(JSON.stringify(parts));
}

function textHash(text: string): string {
  const sealer = new Sealer();
  sealer.update(new TextEncoder().encode(text));
  return sealer.seal().sha256;
}
