/** The study in Node, in the folder that the package was installed in; prints what came of it. */
import { openAsBlob, readFileSync } from 'node:fs';
import process from 'node:process';
import { openFolder, openGpu } from '@medcare/engine/node';
import { study } from './study.mjs';

const gpu = await openGpu();
const data = {
  numbers: await openAsBlob('numbers.jsonl'),
  rooms: await openAsBlob('rooms.jsonl'),
  recipe: JSON.parse(readFileSync('recipe.json', 'utf8')),
};
const result = await study(gpu, await openFolder('model'), data);
process.stdout.write(JSON.stringify({ ...result, adapter: gpu.adapter.description }));
gpu.close();
