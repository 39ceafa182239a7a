/** The sample data sets that come with the studio. */
import { DATA_KINDS } from '../../formats/records/record-types.ts';
import { z } from 'zod';
import { parseJson } from '../../formats/texts/json.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { DataSets } from '../../storage/data-sets.ts';
import type { PublicFiles } from '../../storage/fetch.ts';

/** Folder of the sample data below the page. */
export const SAMPLES = 'samples';

const sampleSchema = z.array(
  z.object({
    file: z.string().min(1),
    name: z.string().min(1),
    kind: z.enum(DATA_KINDS),
    use: z.enum(['training', 'evaluation']),
    /** Of the set that the whole file becomes. */
    fingerprint: z.string().exactOptional(),
  }),
);

/** A sample file that comes with the studio. */
export type Sample = z.infer<typeof sampleSchema>[number];

export async function listSamples(files: PublicFiles): Promise<Sample[]> {
  const text = new TextDecoder().decode(await files.read(`${SAMPLES}/samples.json`));
  return sampleSchema.parse(parseJson(text, { name: 'samples.json' }));
}

/** The sets, with those marked as samples that an earlier version imported: it did not say that they are. */
export async function setsWithSamples(
  files: PublicFiles,
  dataSets: DataSets,
): Promise<DataSetSummary[]> {
  const sets = await dataSets.list();
  if (sets.every(({ sample }) => sample === true)) return sets;
  // Where the list cannot be read, it is tried again next time.
  const samples = await listSamples(files).catch(() => []);
  const known = new Set(samples.flatMap(({ fingerprint = [] }) => fingerprint));
  return Promise.all(
    sets.map(async (set) =>
      set.sample !== true && known.has(set.fingerprint) ? dataSets.markSample(set.id) : set,
    ),
  );
}
