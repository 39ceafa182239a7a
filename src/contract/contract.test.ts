import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { calls } from './contract.ts';
import { events } from './events.ts';

const source = (path: string): string =>
  readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The text of every file in a folder of the worker, without tests. */
function room(name: string): string {
  const folder = new URL(`../worker/${name}/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => source(`worker/${name}/${file}`))
    .join('\n');
}

const areaOf = (kind: string): string => kind.split('.')[0] ?? '';
const kinds = Object.keys(calls);

test.each(kinds)('%s is declared in the contract of its area and answered in its room', (kind) => {
  const area = areaOf(kind);
  expect(source(`contract/${area}.ts`)).toContain(`'${kind}': takes`);
  expect(room(area)).toContain(`'${kind}': `);
});

test.each(Object.keys(events))('%s is an event of an area that has its contract', (type) => {
  expect(source(`contract/${areaOf(type)}.ts`)).toContain('takes(');
});
