/** Changes the structure of a JSON text: it mostly stays JSON, but not what a reader expects. */
import type { Random } from '../random.ts';

type Json = null | boolean | number | string | Json[] | JsonFields;

// An interface, because a type cannot name itself inside a Record.
interface JsonFields {
  [key: string]: Json;
}

const DEEP = 5000;

/** Texts that JSON.stringify never writes, as they stand in a file. */
const RAW: readonly string[] = [
  'NaN',
  '-Infinity',
  '1e999',
  '-0',
  '123456789012345678901234567890',
  '"\\ud800"',
  '"\\u0000"',
  '{"a": 1, "a": 2}',
  '{"__proto__": {"polluted": true}}',
  '{"constructor": {"prototype": {"polluted": true}}}',
  `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  'undefined',
  "'single'",
  '[1, 2,]',
];

const STRINGS: readonly string[] = [
  '',
  ' ',
  '\n',
  '\u0000',
  '\u202E\u2066',
  '\uFFFD',
  '../../outside',
  'CON',
  '__proto__',
  '{{ messages }}{% for %}',
  '[a-z](?<!x)*+',
  '医生，您好。',
  'x'.repeat(100_000),
];

const NUMBERS: readonly number[] = [
  0,
  -1,
  1,
  0.5,
  1e-320,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e9,
  1e308,
  -1e308,
  3,
];

function marked(index: number): string {
  return `@@raw ${index}@@`;
}

function otherValue(value: Json, random: Random, all: readonly Json[]): Json {
  switch (random.below(7)) {
    case 0:
      return null;
    case 1:
      return random.pick(NUMBERS);
    case 2:
      return random.pick(STRINGS);
    case 3:
      return random.pick<Json>([true, false, [], {}, [[]], [null], { '': null }]);
    case 4:
      return marked(random.below(RAW.length));
    case 5:
      return random.pick(all);
    default:
      if (typeof value === 'number') return value * random.pick([-1, 2, 0.5, 1e6]);
      if (typeof value === 'string') return value + random.pick(STRINGS);
      return [value];
  }
}

/** Every value inside a value, itself first. */
function valuesIn(value: Json): Json[] {
  const all: Json[] = [value];
  for (const one of all) {
    if (all.length > 20_000) break;
    if (one !== null && typeof one === 'object') all.push(...Object.values(one).slice(0, 2000));
  }
  return all;
}

const isContainer = (value: Json): value is Json[] | JsonFields =>
  value !== null && typeof value === 'object' && Object.keys(value).length > 0;

/** Some container on the way down from the root: a long list weighs no more than what lies beside it. */
function someContainer(root: Json[] | JsonFields, random: Random): Json[] | JsonFields {
  let here = root;
  while (random.chance(0.7)) {
    const inside = Object.values(here).filter(isContainer);
    if (inside.length === 0) break;
    here = random.pick(inside);
  }
  return here;
}

function changeList(list: Json[], index: number, random: Random, all: readonly Json[]): string {
  const value = list[index] ?? null;
  switch (random.below(4)) {
    case 0:
      list.splice(index, 1);
      return `element ${index} gone`;
    case 1:
      list.splice(index, 0, value);
      return `element ${index} twice`;
    case 2: {
      const times = random.pick([10, 1000]);
      for (let i = 0; i < times; i += 1) list.push(value);
      return `element ${index} ${times} times`;
    }
    default:
      list[index] = otherValue(value, random, all);
      return `element ${index} another`;
  }
}

function changeObject(
  object: JsonFields,
  key: string,
  random: Random,
  all: readonly Json[],
): string {
  const value = object[key] ?? null;
  switch (random.below(5)) {
    case 0:
      Reflect.deleteProperty(object, key);
      return `"${key}" gone`;
    case 1:
      Reflect.deleteProperty(object, key);
      // As JSON.parse does it: "__proto__", too, becomes an own key.
      Object.defineProperty(object, random.pick([...STRINGS, `${key} `, key.toUpperCase()]), {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return `"${key}" under another name`;
    case 2: {
      const other = random.pick(Object.keys(object));
      object[key] = object[other] ?? null;
      object[other] = value;
      return `"${key}" and "${other}" for each other`;
    }
    default:
      object[key] = otherValue(value, random, all);
      return `"${key}" another`;
  }
}

/** The text with one to three changes; null where it is no JSON to begin with. */
export function mutateJson(
  text: string,
  random: Random,
): { readonly text: string; readonly how: string } | null {
  let root: Json;
  try {
    root = JSON.parse(text) as Json;
  } catch {
    return null;
  }
  const how: string[] = [];
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const all = valuesIn(root);
    if (!isContainer(root) || random.chance(0.03)) {
      root = otherValue(root, random, all);
      how.push('all of it another');
      continue;
    }
    const container = someContainer(root, random);
    const key = random.pick(Object.keys(container));
    how.push(
      Array.isArray(container)
        ? changeList(container, Number(key), random, all)
        : changeObject(container, key, random, all),
    );
    // A value may have been put inside itself: then it is no tree any more.
    try {
      root = JSON.parse(JSON.stringify(root)) as Json;
    } catch {
      return { text: RAW[10] ?? '', how: 'nested without end' };
    }
  }
  const written = JSON.stringify(root).replaceAll(
    /"@@raw (\d+)@@"/g,
    (_all, index: string) => RAW[Number(index)] ?? '',
  );
  return { text: written, how: how.join(', ') };
}
