/** The model folder of the demo. */
import { copyFile, mkdir, open, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../src/engine/testing/checkpoint-folder.ts';
import type { StateModel } from '../../src/engine/inference/state-model.ts';
import type { ModelConfig } from '../../src/engine/model/config.ts';
import { isJsonObject, parseJson } from '../../src/formats/texts/json.ts';
import { streamSafetensors } from '../../src/formats/weights/safetensors-writer.ts';
import type { WeightsFolder } from '../../src/formats/weights/weights-folder.ts';
import { templateFor, type ChatTemplate } from '../../src/text/template/chat-template.ts';
import { loadTokenizer, type TextTokenizer } from '../../src/text/tokenizer/tokenizer.ts';

/** A model folder with everything read but the weights' values. */
export interface DemoModel {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly weights: WeightsFolder;
  readonly tokenizer: TextTokenizer;
  readonly template: ChatTemplate;
}

/** @throws StudioError for a folder that is no usable model */
export async function openDemoModel(folder: string): Promise<DemoModel> {
  const { config, weights } = await openCheckpoint(folder);
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const optional = async (name: string): Promise<string | undefined> =>
    existsSync(join(folder, name)) ? text(name) : undefined;
  const tokenizerConfigJson = await optional('tokenizer_config.json');
  const chatTemplateJinja = await optional('chat_template.jinja');
  const generationConfigJson = await optional('generation_config.json');
  const tokenizer = loadTokenizer({
    tokenizerJson: await text('tokenizer.json'),
    ...(tokenizerConfigJson === undefined ? {} : { tokenizerConfigJson }),
    ...(chatTemplateJinja === undefined ? {} : { chatTemplateJinja }),
    ...(generationConfigJson === undefined ? {} : { generationConfigJson }),
  });
  const template = templateFor(tokenizer, tokenizer.chatTemplate === null ? 'plain' : 'model');
  return { folder, config, weights, tokenizer, template };
}

/** Writes the weights as they are on the device, float32, beside the model's other files. */
export async function writeModelFolder(
  folder: string,
  source: DemoModel,
  state: StateModel,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of [
    'generation_config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'chat_template.jinja',
  ]) {
    const from = join(source.folder, name);
    if (existsSync(from)) await copyFile(from, join(folder, name));
  }
  const config = parseJson(await readFile(join(source.folder, 'config.json'), 'utf8'), {
    name: 'config.json',
  });
  if (!isJsonObject(config)) throw new TypeError('config.json holds no object');
  const typed = 'dtype' in config ? { dtype: 'float32' } : {};
  const document = { ...config, ...typed, torch_dtype: 'float32' };
  const merged = state.mergedWeights;
  const rowsOf = new Map(merged.shapes.map(({ name, shape }) => [name, shape[0] ?? 0]));
  const declarations = merged.shapes.map((tensor) => ({ ...tensor, dtype: 'F32' as const }));
  const handle = await open(join(folder, 'config.json'), 'w');
  await handle.writeFile(`${JSON.stringify(document, null, 2)}\n`);
  await handle.close();
  const weights = await open(join(folder, 'model.safetensors'), 'w');
  try {
    const pieces = streamSafetensors(
      declarations,
      (name) => merged.readRows(name, 0, rowsOf.get(name) ?? 0),
      new Map([['format', 'pt']]),
    );
    for await (const piece of pieces) await weights.write(piece);
  } finally {
    await weights.close();
  }
}
