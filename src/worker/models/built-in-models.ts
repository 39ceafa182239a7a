/** The models that come with the studio: their list, and their files on the page's own server. */
import { z } from 'zod';
import { fault } from '../../faults/fault.ts';
import { memorySource } from '../../formats/files/byte-source.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { parseJson } from '../../formats/texts/json.ts';
import type { PublicFiles } from '../../storage/fetch.ts';

const builtInSchema = z.array(
  z.object({
    id: z.string().min(1),
    name: z.string().min(1),
    folder: z.string().min(1),
    licence: z.string(),
    files: z.array(z.object({ path: z.string().min(1), bytes: z.int().min(0) })).min(1),
    // Hashes in runs and archives of equivalent earlier files.
    knownAs: z.object({ fingerprint: z.string(), tokenizer: z.string() }).optional(),
  }),
);
export type BuiltIn = z.infer<typeof builtInSchema>[number];

const BUILT_IN_LIST = 'models/models.json';

export class BuiltInModels {
  readonly #publicFiles: PublicFiles;
  #listed: Promise<readonly BuiltIn[]> | null = null;

  constructor(publicFiles: PublicFiles) {
    this.#publicFiles = publicFiles;
  }

  list(): Promise<readonly BuiltIn[]> {
    this.#listed ??= this.#read().catch((error: unknown) => {
      this.#listed = null;
      throw error;
    });
    return this.#listed;
  }

  async #read(): Promise<readonly BuiltIn[]> {
    const text = new TextDecoder().decode(await this.#publicFiles.read(BUILT_IN_LIST));
    return builtInSchema.parse(parseJson(text, { name: BUILT_IN_LIST }));
  }

  /** Built-in models are small: their files are read whole. */
  async sources({ folder, files }: BuiltIn): Promise<Map<string, ByteSource>> {
    const contents = await Promise.all(
      files.map(({ path }) => this.#publicFiles.read(`${folder}/${path}`)),
    );
    const sources = new Map<string, ByteSource>();
    for (const [i, { path, bytes }] of files.entries()) {
      const content = contents[i] ?? new Uint8Array();
      if (content.byteLength !== bytes) {
        throw fault(
          'public-file-damaged',
          { path: `${folder}/${path}`, bytes: content.byteLength, expected: bytes },
          { kept: 'stored' },
        );
      }
      sources.set(path, memorySource(path, content));
    }
    return sources;
  }
}
