/**
 * A finished model as other programs load it: a Hugging Face folder or one GGUF file. Weights pass through
 * a few megabytes at a time, whatever the model's size.
 */
import type { Note } from '../../faults/catalogue.ts';
import { joinParts } from '../model/fused-weights.ts';
import type { FileToArchive } from '../../formats/files/zip-writer.ts';
import { isJsonObject, parseJson } from '../../formats/texts/json.ts';
import type { JsonObject } from '../../formats/texts/json.ts';
import { ggufFileSize, streamGguf } from '../../formats/gguf/gguf-writer.ts';
import type { GgufEntry } from '../../formats/gguf/gguf-writer.ts';
import { rowPieces } from '../../formats/weights/merged-weights.ts';
import type { MergedWeights } from '../../formats/weights/merged-weights.ts';
import {
  safetensorsFileSize,
  streamSafetensors,
} from '../../formats/weights/safetensors-writer.ts';
import { planShards } from '../../formats/weights/weights-shards.ts';
import type { Shard } from '../../formats/weights/weights-shards.ts';
import { readPieces } from '../../formats/files/byte-source.ts';
import { ggufVocabulary } from '../../text/tokenizer/gguf-vocabulary.ts';
import type { DatedTemplate } from '../../text/template/chat-template.ts';
import { ggufEnds, withEndIds, withEosToken } from '../../text/template/declared-ends.ts';
import { checkTokenizerFiles } from '../../text/tokenizer/tokenizer-files.ts';
import { exportedConfig } from './config-export.ts';
import { layOutGguf } from './gguf-model.ts';
import { ggufName } from './gguf-name.ts';
import type { FolderFormat, GgufFormat } from './number-formats.ts';
import type { TurnEnd } from '../../text/template/turn-end.ts';
import { architectureNamed } from '../model/architectures/index.ts';
import type { ModelFolder } from '../model/model-folder.ts';
import { textConfig } from '../model/text-config.ts';

/** What is exported: weights with the text side that they were trained with. */
export interface ModelToExport {
  readonly weights: MergedWeights;
  readonly model: ExportedFolder;
  readonly template: DatedTemplate;
  readonly texts: ExportedTexts;
}

/** The model's original files. */
export type ExportedFolder = Pick<
  ModelFolder,
  'config' | 'weights' | 'vocabulary' | 'tokenizerFiles' | 'files'
>;

/** What an export asks of tokenizer and template, with answers at once or as promises. */
export interface ExportedTexts {
  encodeWithBos(text: string): Uint32Array | Promise<Uint32Array>;
  turnEnd(): TurnEnd | Promise<TurnEnd>;
}

/** Follows an export, and may end it. */
export interface ExportWatch {
  /** Throws to end the export; called between pieces. */
  check(): void;
  /** @param fraction share of the bytes that are written */
  progress(fraction: number, note: Note): void;
}

export const torchTypes: Readonly<Record<FolderFormat, string>> = {
  F32: 'float32',
  BF16: 'bfloat16',
};
const ELEMENT_BYTES: Readonly<Record<FolderFormat, number>> = { F32: 4, BF16: 2 };
/** The metadata that transformers itself writes: the library for which the tensors are meant. */
const FILE_METADATA: ReadonlyMap<string, string> = new Map([['format', 'pt']]);
/** Files of a model folder that an export passes on unchanged. */
const PASSED_ON = ['tokenizer.json', 'added_tokens.json'];

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export function textFile(path: string, text: string): FileToArchive {
  return { path, chunks: [new TextEncoder().encode(text)], compress: true };
}

async function readText(model: ExportedFolder, name: string): Promise<string | undefined> {
  const source = model.files.get(model.weights.root + name);
  return source && new TextDecoder().decode(await source.read(0, source.size));
}

async function readJson(model: ExportedFolder, name: string): Promise<JsonObject | undefined> {
  const text = await readText(model, name);
  const value = text === undefined ? undefined : parseJson(text, { name });
  return isJsonObject(value) ? value : undefined;
}

/** config.json of the model that writes text, as in its original files. */
async function declaredConfig(model: ExportedFolder): Promise<JsonObject> {
  return textConfig((await readJson(model, 'config.json')) ?? {});
}

/** Reports the progress of a file as its chunks pass. */
async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  {
    task,
    total,
    note,
  }: { readonly task: ExportWatch; readonly total: number; readonly note: Note },
  written: { bytes: number } = { bytes: 0 },
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    task.check();
    yield chunk;
    written.bytes += chunk.length;
    task.progress(Math.min(1, written.bytes / total), note);
  }
}

/** Configuration, tokenizer and generation settings to match the exported weights. */
async function besideWeights(
  { model, template, texts }: ModelToExport,
  dtype: string,
): Promise<FileToArchive[]> {
  const config = exportedConfig(await declaredConfig(model), model.config, dtype);
  // The export includes the template used in training, whatever its origin, where the folder keeps it.
  const ownFile = model.files.has(`${model.weights.root}chat_template.jinja`);
  const { chat_template: _own, ...tokenizerConfig } =
    (await readJson(model, 'tokenizer_config.json')) ?? {};
  const taught = ownFile ? {} : { chat_template: template.source };
  const { vocabulary: tokens } = model;
  const { bosId, padId, endIds } = tokens;
  const end = await texts.turnEnd();
  const generation = (await readJson(model, 'generation_config.json')) ?? {
    ...(bosId === undefined ? {} : { bos_token_id: bosId }),
    ...(padId === undefined ? {} : { pad_token_id: padId }),
    eos_token_id: endIds.length === 1 ? endIds[0] : endIds,
  };
  const specialMap = await readJson(model, 'special_tokens_map.json');
  const withEnd = (declared: Record<string, unknown>) =>
    json(withEosToken(declared, tokens, end, template.source));
  const passedOn = PASSED_ON.flatMap((path): FileToArchive[] => {
    const source = model.files.get(model.weights.root + path);
    return source ? [{ path, chunks: readPieces(source), compress: true }] : [];
  });
  return [
    textFile('config.json', json(withEndIds(config, end))),
    textFile('generation_config.json', json(withEndIds(generation, end, endIds))),
    textFile('tokenizer_config.json', withEnd({ ...tokenizerConfig, ...taught })),
    ...(specialMap ? [textFile('special_tokens_map.json', withEnd(specialMap))] : []),
    ...(ownFile ? [textFile('chat_template.jinja', template.source)] : []),
    ...passedOn,
  ];
}

/**
 * The files of a Hugging Face folder, weights in shards with an index where one file would be too large.
 * @param shardBytes most bytes of weights in a file
 */
export async function modelFolder(
  exported: ModelToExport,
  options: {
    readonly dtype: FolderFormat;
    readonly shardBytes?: number;
    readonly task: ExportWatch;
  },
): Promise<FileToArchive[]> {
  const weights = joinParts(exported.weights, exported.model.config);
  const { dtype, task } = options;
  const plan = planShards(weights.shapes, ELEMENT_BYTES[dtype], options.shardBytes);
  const declared = ({ tensors }: Shard) => tensors.map((tensor) => ({ ...tensor, dtype }));
  const total = plan.shards.reduce(
    (sum, shard) => sum + safetensorsFileSize(declared(shard), FILE_METADATA),
    0,
  );
  const written = { bytes: 0 };
  const shards = plan.shards.map((shard): FileToArchive => {
    const shapes = new Map(shard.tensors.map((tensor) => [tensor.name, tensor]));
    const chunks = streamSafetensors(
      declared(shard),
      (name) => rowPieces(weights, shapes.get(name) ?? { name, shape: [] }),
      FILE_METADATA,
    );
    const note: Note = { code: 'writing-file', file: shard.file };
    return { path: shard.file, chunks: watched(chunks, { task, total, note }, written) };
  });
  const index = plan.index === null ? [] : [textFile('model.safetensors.index.json', plan.index)];
  return [...(await besideWeights(exported, torchTypes[dtype])), ...index, ...shards];
}

/**
 * A GGUF file with tokenizer and template.
 * @param about texts for the file's `general.` entries
 * @throws StudioError `gguf-model` or `gguf-tokenizer` for models that llama.cpp has no form for, before
 *   anything is written
 */
export async function ggufFile(
  { weights: apart, model, template, texts }: ModelToExport,
  options: {
    readonly format: GgufFormat;
    readonly about: Readonly<Record<string, string>>;
    readonly task: ExportWatch;
  },
): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
  const { format, about, task } = options;
  const { config, vocabulary: tokens } = model;
  const weights = joinParts(apart, config);
  const layout = layOutGguf(config, weights.shapes, format);
  const files = checkTokenizerFiles(await model.tokenizerFiles());
  const { bosId, padId } = tokens;
  const { eos, eot } = ggufEnds(tokens, await texts.turnEnd(), template.source);
  const declared = await declaredConfig(model);
  const idOf = (key: string): number | undefined => {
    const id = declared[key];
    return typeof id === 'number' ? id : undefined;
  };
  const vocabulary = ggufVocabulary(files, {
    size: config.vocabularySize,
    special: {
      bos: bosId ?? idOf('bos_token_id'),
      eos: eos ?? idOf('eos_token_id'),
      eot,
      padding: padId ?? idOf('pad_token_id'),
    },
    addBos: bosId !== undefined && (await texts.encodeWithBos('a'))[0] === bosId,
    template: template.source,
  });
  const { gguf } = architectureNamed(config.architecture);
  const named = { architecture: gguf.architecture, added: files.added };
  const general = Object.entries(about).map(([key, value]): [string, GgufEntry] => [
    `general.${key}`,
    { type: 'string', value: key === 'name' ? ggufName(value, named) : value },
  ]);
  const metadata = new Map([...layout.metadata, ...general, ...vocabulary]);
  const total = ggufFileSize(metadata, layout.tensors);
  const chunks = streamGguf(metadata, layout.tensors, (name) => layout.pieces(weights, name));
  return watched(chunks, { task, total, note: { code: 'writing-gguf' } });
}
