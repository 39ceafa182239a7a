/** Opens the weights of a dropped folder, and says what a folder without weights may be instead. */
import { StudioError } from '../../faults/fault.ts';
import { ADAPTER_CONFIG, adapterAlone } from './adapter-folder.ts';
import type { ArchitectureNames } from '../gguf/gguf-names.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { openWeightsFolder } from './weights-folder.ts';
import type { WeightsFolder } from './weights-folder.ts';

const MAX_ADAPTER_CONFIG_BYTES = 1_000_000;

/**
 * @param known architectures that can be run
 * @throws StudioError `weights-adapter-alone`, or what opening a folder throws
 */
export async function openModelWeights(
  files: ReadonlyMap<string, ByteSource>,
  known: readonly ArchitectureNames[],
): Promise<WeightsFolder> {
  try {
    return await openWeightsFolder(files, known);
  } catch (thrown) {
    const adapter = [...files].find(([path]) => path.split('/').at(-1) === ADAPTER_CONFIG)?.[1];
    if (!(thrown instanceof StudioError) || !adapter) throw thrown;
    const absent = ['weights-missing', 'weights-unnamed', 'weights-pickle'];
    if (!absent.includes(thrown.code)) throw thrown;
    const size = Math.min(adapter.size, MAX_ADAPTER_CONFIG_BYTES);
    throw adapterAlone(new TextDecoder().decode(await adapter.read(0, size)));
  }
}
