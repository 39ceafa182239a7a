/** Replaces tensors of a folder by others of the same size. */
import { missingTensor } from '../../formats/weights/safetensors.ts';
import type { TensorInfo, WeightsFolder } from '../../formats/weights/weights-folder.ts';

/**
 * A folder in which some tensors have other values, always in float32.
 * @throws StudioError `tensor-missing` for a tensor that the folder lacks
 * @throws RangeError for a tensor of another size
 */
export function withTensors(
  folder: WeightsFolder,
  values: Readonly<Record<string, Float32Array>>,
): WeightsFolder {
  const tensors = new Map(folder.tensors);
  for (const [name, { length }] of Object.entries(values)) {
    const tensor = tensors.get(name);
    if (!tensor) throw missingTensor(folder.root === '' ? 'The folder' : folder.root, name);
    const elements = tensor.shape.reduce((product, size) => product * size, 1);
    if (length !== elements)
      throw new RangeError(`${name} has ${elements} elements, not ${length}`);
    tensors.set(name, { dtype: 'F32', shape: tensor.shape } satisfies TensorInfo);
  }
  return {
    ...folder,
    tensors,
    readFloat32: async (name, first = 0, last) =>
      values[name]?.slice(first, last) ?? folder.readFloat32(name, first, last),
    readStored: async (name, first, last) => {
      const replaced = values[name];
      if (!replaced) return folder.readStored(name, first, last);
      return new Uint8Array(replaced.slice(first, last).buffer);
    },
  };
}
