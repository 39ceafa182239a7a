/** The sample data sets that come with the studio. */
import { DATA_KINDS } from '../../formats/records/record-types.ts';
import { z } from 'zod';
import { parseJson } from '../../formats/texts/json.ts';
import type { PublicFiles } from '../../storage/fetch.ts';

/** Folder of the sample data below the page. */
export const SAMPLES = 'samples';

const sampleSchema = z.array(
  z.object({
    file: z.string().min(1),
    name: z.string().min(1),
    kind: z.enum(DATA_KINDS),
    use: z.enum(['training', 'evaluation']),
  }),
);

/** A sample file that comes with the studio. */
export type Sample = z.infer<typeof sampleSchema>[number];

export async function listSamples(files: PublicFiles): Promise<Sample[]> {
  const text = new TextDecoder().decode(await files.read(`${SAMPLES}/samples.json`));
  return sampleSchema.parse(parseJson(text, { name: 'samples.json' }));
}
