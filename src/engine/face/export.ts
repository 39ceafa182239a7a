/** Model states and branches as files that other programs load. */
import { turnEnd } from '../../text/template/turn-end.ts';
import { adapterFolders } from '../exports/adapter-export.ts';
import type { FolderFormat, GgufFormat } from '../exports/number-formats.ts';
import {
  ggufFile,
  modelFolder,
  type ExportWatch,
  type ModelToExport,
} from '../exports/model-export.ts';
import { openedModel, type Model } from './model.ts';
import { openedState, type ModelState } from './state.ts';
import type { Trained } from './train.ts';

/** A file that is being written, a piece at a time. */
export interface ExportedFile {
  /** Path below the folder, with / between folders. */
  readonly path: string;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface ExportOptions {
  readonly state: ModelState;
  /** A Hugging Face folder in `F32` or `BF16`, or a GGUF file for llama.cpp in `F16`, `Q8_0` or `Q4_0`. */
  readonly format: FolderFormat | `gguf-${GgufFormat}`;
  /** Name of the model in a GGUF file. */
  readonly name?: string;
  readonly onProgress?: (fraction: number) => void;
  /** Ends it with the signal's reason as error. */
  readonly signal?: AbortSignal;
}

/**
 * A state of a model as a whole model. Weights are read from the device along with the files: take the files in
 * order and close the state afterwards.
 * @throws RangeError for a state that has branches beside its weights
 * @throws StudioError `gguf-model`, `gguf-tokenizer` for models that llama.cpp has no form for
 */
export async function exportModel(options: ExportOptions): Promise<readonly ExportedFile[]> {
  const { model, weights, branches, snapshot } = openedState(options.state);
  if (branches.length > 0) {
    throw new RangeError(
      `${snapshot} still has branches beside its weights: ${branches.join(', ')}`,
    );
  }
  const { format, name = 'model', onProgress, signal } = options;
  const { folder, tokenizer, chat } = model;
  const exported: ModelToExport = {
    weights: weights.mergedWeights,
    model: folder,
    template: chat,
    texts: {
      encodeWithBos: (text) => tokenizer.encodeWithBos(text),
      turnEnd: () => turnEnd(tokenizer, chat),
    },
  };
  const task: ExportWatch = {
    check: () => signal?.throwIfAborted(),
    progress: (fraction) => onProgress?.(fraction),
  };
  if (format === 'F32' || format === 'BF16') return modelFolder(exported, { dtype: format, task });
  const blocks = format.slice('gguf-'.length) as GgufFormat;
  const chunks = await ggufFile(exported, { format: blocks, about: { name }, task });
  return [{ path: `${name}.${blocks}.gguf`, chunks }];
}

/**
 * The branches of a run, one folder for each: LoRA branches in the layout of Hugging Face PEFT, which loads them
 * onto the base model; mixtures in the engine's own layout.
 * @param model the base model, and as `baseModel` the name or path by which other programs find it
 */
export async function exportAdapters(
  { recipe, stageBranches }: Trained,
  args: {
    readonly model: Model;
    readonly baseModel: string;
    readonly dtype?: FolderFormat;
  },
): Promise<readonly ExportedFile[]> {
  const { model, baseModel, dtype = 'F32' } = args;
  const { config } = openedModel(model).folder;
  const folders = await adapterFolders(recipe, { stageBranches, baseModel, config, dtype });
  return folders.flatMap((folder) =>
    folder.files.map(({ name, bytes }) => ({ path: `${folder.name}/${name}`, chunks: [bytes] })),
  );
}
