/** The lists that the finder needs, loaded at its first use: they are large, and only a worker needs them. */
import { COMMON_WORDS } from './words/chinese-common.ts';
import { readChineseCosts, type ChineseCosts } from './words/chinese-costs.ts';
import { WORD_SURNAMES } from './words/english.ts';

export interface Lists {
  /** Given names and surnames in small letters, as they are written in English. */
  readonly given: ReadonlySet<string>;
  readonly family: ReadonlySet<string>;
  /** Names that are common English words as well: Grant, Price. */
  readonly also: ReadonlySet<string>;
  /** English words that medical texts write small. */
  readonly ordinary: ReadonlySet<string>;
  /** Pairs of Chinese characters that common words begin or end with. */
  readonly words: ReadonlySet<string>;
  /** How likely Chinese words, characters and given names are. */
  readonly costs: ChineseCosts;
}

const lines = (text: string): string[] => text.split(/\s+/).filter(Boolean);

let loaded: Promise<Lists> | null = null;

async function load(): Promise<Lists> {
  const [given, family, also, ordinary, pairs, chinese] = await Promise.all([
    import('./lists/given.txt?raw'),
    import('./lists/family.txt?raw'),
    import('./lists/also.txt?raw'),
    import('./lists/ordinary.txt?raw'),
    import('./lists/pairs.txt?raw'),
    import('./lists/chinese.txt?raw'),
  ]);
  return {
    // Those of two letters are small words too: Hi, An, So.
    given: new Set(lines(given.default).filter((name) => name.length > 2)),
    family: new Set([...lines(family.default), ...WORD_SURNAMES]),
    also: new Set(lines(also.default)),
    ordinary: new Set(lines(ordinary.default)),
    words: new Set([...COMMON_WORDS, ...lines(pairs.default)]),
    costs: readChineseCosts(chinese.default),
  };
}

/** The lists; the same for all callers. */
export function loadLists(): Promise<Lists> {
  loaded ??= load();
  return loaded;
}
