/** Opens the demo's model folder. */
import { loadModel, type LoadModelOptions, type Model } from '../../src/engine/index.ts';
import { openFolder } from '../../src/engine/node/index.ts';

/** A Hugging Face folder, its weights kept in float32. @throws StudioError for a folder that is no usable model */
export async function openDemoModel(
  folder: string,
  { tensors }: Pick<LoadModelOptions, 'tensors'> = {},
): Promise<Model> {
  return loadModel(await openFolder(folder), { precision: 'float32', ...(tensors && { tensors }) });
}
