/** Answers calls about models: list, import, plan. */
import type { modelCalls } from '../../contract/models.ts';
import { isSafePath, openZip } from '../../formats/files/archive.ts';
import { sameFileKey } from '../../formats/files/file-names.ts';
import { blobSource } from '../../formats/files/byte-source.ts';
import type { ByteSource } from '../../formats/files/byte-source.ts';
import { fault, keeping } from '../../faults/fault.ts';
import { weightStorage } from '../../engine/model/weight-storage.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import { planMemory } from '../../engine/training/stage/memory.ts';
import { modelLock, whileInUse } from '../../storage/lock-names.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { catalogue, catalogueNeeds } from './catalogue.ts';
import type { StateShelf } from './state-shelf.ts';

/** Number of tasks assumed for a plan: routing counters are small, and the data may not be chosen yet. */
export const PLANNED_TASKS = 8;

export function modelHandlers(
  context: WorkerContext,
  shelf: StateShelf,
): HandlersOf<typeof modelCalls> {
  const { library, storage, tasks, device } = context;
  return {
    'models.list': () => library.list(),
    'models.import': ({ files, paths, name, task }) =>
      tasks.run(task, async (running) => {
        try {
          return await library.import(await folderOf(files, paths), name, running);
        } catch (thrown) {
          throw keeping(thrown, 'models-not-folder');
        }
      }),
    'models.setTemplate': async ({ id, template }) => {
      const summary = await library.setTemplate(id, template).catch((thrown: unknown) => {
        throw keeping(thrown, 'template');
      });
      await shelf.clear({ modelId: id });
      return summary;
    },
    'models.setPrecision': async ({ id, precision }) => {
      const summary = await library.setPrecision(id, precision);
      await shelf.clear({ modelId: id });
      return summary;
    },
    'models.tryAgain': async ({ id }) => {
      const summary = await library.tryAgain(id);
      await shelf.clear({ modelId: id });
      return summary;
    },
    'models.remove': async ({ id }) => {
      await shelf.letGo({ modelId: id });
      await library.remove(id);
      return null;
    },
    'models.stored': () => storage.models.stored(),
    'models.verify': ({ id, task }) =>
      tasks.run(task, async (running) => {
        const total = (await storage.models.stored()).find((model) => model.id === id)?.bytes ?? 0;
        return whileInUse(storage.locks, [modelLock(id)], () =>
          storage.models.verify(id, (bytes) => {
            running.check();
            running.progress(bytes / Math.max(1, total), {
              code: 'reading-stored',
            });
          }),
        );
      }),
    'models.plan': async ({ modelId, recipe }) => {
      const { config, weights, summary } = await library.open(modelId);
      const { traits } = await device.get();
      const storage = weightStorage(weights.tensors, summary.precision, traits);
      return planMemory({
        config,
        recipe: parseRecipe(recipe),
        traits,
        tasks: PLANNED_TASKS,
        storage,
      });
    },
    'models.catalogue': async () => catalogue(),
    'models.catalogueNeeds': async ({ name, recipe }) => {
      const { traits } = await device.get();
      return catalogueNeeds(name, { recipe: parseRecipe(recipe), traits, tasks: PLANNED_TASKS });
    },
  };
}

/** The files of a dropped folder by path; a single zip archive counts as the folder inside it. */
async function folderOf(
  files: readonly File[],
  paths: readonly string[],
): Promise<ReadonlyMap<string, ByteSource>> {
  const [only] = files;
  if (only && files.length === 1 && /\.zip$/i.test(only.name)) {
    return openZip(blobSource(only.name, only));
  }
  const sources = new Map(
    files.map((file, i) => [paths[i] ?? file.name, blobSource(file.name, file)]),
  );
  const keys = new Set([...sources.keys()].map(sameFileKey));
  if (keys.size === files.length && [...sources.keys()].every(isSafePath)) return sources;
  throw fault('model-paths', {}, { kept: 'models' });
}
