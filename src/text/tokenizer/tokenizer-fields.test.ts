import { readFileSync } from 'node:fs';
import fc from '../../../test/properties.ts';
import { expect, test } from 'vitest';
import { parseModelConfig } from '../../engine/model/config.ts';
import { StudioError } from '../../faults/fault.ts';
import type { JsonValue } from '../../formats/texts/json.ts';
import { loadTokenizer } from './tokenizer.ts';

/** Files with a changed field give a value or a typed error, whatever the field holds. */

const folder = 'public/models/stories260k';
const read = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8');
const tokenizer = JSON.parse(read('tokenizer.json')) as Record<string, unknown>;

function typed(attempt: () => unknown): void {
  try {
    attempt();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(StudioError);
  }
}

/** Every place in a document but the vocabulary and the merges, which are alike. */
function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  if (path.at(-1) === 'vocab' || path.at(-1) === 'merges') return [path];
  const inner = Object.entries(value).flatMap(([key, one]) => places(one, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

function withValue(document: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const copy = (
    Array.isArray(document) ? [...(document as unknown[])] : { ...(document as object) }
  ) as Record<string, unknown>;
  copy[key] = withValue(copy[key], rest, value);
  return copy;
}

const strange = fc.oneof(
  fc.constantFrom<JsonValue>(null, true, 0, -1, 1.5, '', 'x', [], {}, [[]], ['a'], { type: 7 }),
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>,
);

const components = {
  ...tokenizer,
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { String: 'q' }, behavior: 'Isolated', invert: false },
      { type: 'Digits', individual_digits: true },
      { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first' },
    ],
  },
};

test.each([
  ['tokenizer.json', tokenizer],
  ['one with more components', components],
])('%s', (_name, document) => {
  fc.assert(
    fc.property(fc.constantFrom(...places(document)), strange, (path, value) => {
      typed(() => {
        const tokenizerJson = JSON.stringify(withValue(document, path, value));
        const loaded = loadTokenizer({ tokenizerJson });
        loaded.decode(loaded.encode('Once, 12 q  times'));
      });
    }),
    { numRuns: 300 },
  );
});

test.each([7, true, {}, ['Isolated']])('behavior %j is named', (behavior) => {
  const path = ['pre_tokenizer', 'pretokenizers', '0', 'behavior'];
  const tokenizerJson = JSON.stringify(withValue(components, path, behavior));
  expect(() => loadTokenizer({ tokenizerJson })).toThrow('pre_tokenizer.pretokenizers.0.behavior');
});

test('tokenizer_config.json and config.json', () => {
  const settings = JSON.parse(read('tokenizer_config.json')) as unknown;
  const config = JSON.parse(read('config.json')) as unknown;
  const tokenizerJson = read('tokenizer.json');
  fc.assert(
    fc.property(fc.constantFrom(...places(config)), strange, (path, value) => {
      typed(() => parseModelConfig(withValue(config, path, value)));
    }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places(settings)), strange, (path, value) => {
      const tokenizerConfigJson = JSON.stringify(withValue(settings, path, value));
      typed(() => loadTokenizer({ tokenizerJson, tokenizerConfigJson }).encode('Once'));
    }),
  );
});
