/** Opens the worked example: a finished run that comes with the studio. */
import { EXAMPLE, isExample } from './example-run.ts';
import { publicFiles } from '../../storage/fetch.ts';
import { orShowError } from '../or-show-error.ts';
import { useRuns } from '../runs/runs.ts';
import { useArchives } from './archives.ts';

/**
 * Opens the worked example, or shows it where it is open already. What fails is told as for any archive.
 * @param name that its run gets here
 * @returns whether it is there to be looked at
 */
export async function openExample(name: string): Promise<boolean> {
  if (!useRuns.getState().runs.some(isExample)) {
    useArchives.getState().dismiss();
    const bytes = await orShowError(useArchives.setState, () =>
      publicFiles(document.baseURI).read(EXAMPLE.path),
    );
    if (!bytes) return false;
    await useArchives.getState().open(new File([bytes], EXAMPLE.path.split('/').at(-1) ?? ''));
    if (!useRuns.getState().runs.some(isExample)) return false;
    await useRuns.getState().rename(EXAMPLE.id, name);
  }
  useRuns.getState().select(EXAMPLE.id);
  return true;
}
