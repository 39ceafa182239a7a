/** Replaces the identifiers of a record, and counts what was replaced. */
import {
  IDENTIFIER_KINDS,
  type IdentifierFinding,
  type IdentifierKind,
  type Place,
} from '../kinds.ts';
import { showsDayFirst, yearOf } from './dates.ts';
import { Choices } from './keyed.ts';
import { overNinety, surrogate, type Ground } from './surrogates.ts';

/** By an invented one of the same form, by its kind in brackets, or not at all. */
export const WAYS = ['surrogate', 'kind', 'leave'] as const;
export type Way = (typeof WAYS)[number];
export type Ways = Readonly<Record<IdentifierKind, Way>>;

/** Everything in one way. */
export function allBy(way: Way): Ways {
  return Object.fromEntries(IDENTIFIER_KINDS.map((kind) => [kind, way])) as Record<
    IdentifierKind,
    Way
  >;
}

/** The kinds in brackets, as they stand in Chinese texts. */
export const CHINESE_KINDS: Readonly<Record<IdentifierKind, string>> = {
  NAME: '姓名',
  DATE: '日期',
  AGE: '年龄',
  PHONE: '电话',
  EMAIL: '邮箱',
  RECORD: '病历号',
  ID: '证件号',
  ADDRESS: '地址',
  HOSPITAL: '医院',
  URL: '网址',
  IP: 'IP地址',
  ACCOUNT: '账号',
  DEVICE: '设备号',
  WECHAT: '微信号',
  BED: '床号',
  LICENCE: '证书号',
  VEHICLE: '车辆号',
};

/** What was done to one kind. */
export interface KindCount {
  readonly found: number;
  readonly replaced: number;
  /** Different texts among those replaced. */
  readonly different: number;
}

/** An original text with what stands for it. */
export interface MappingEntry {
  readonly kind: IdentifierKind;
  readonly original: string;
  readonly replacement: string;
}

/** A finding with what stands for it. */
export interface ReplacedPart extends Place {
  readonly kind: IdentifierKind;
  /** Where the text goes on: some replacements take a word that follows. */
  readonly to: number;
  /** Null where it is left. */
  readonly replacement: string | null;
}

/** Dates move by whole weeks, so that they keep their weekday: at most a year either way, never by nothing. */
const MOST_WEEKS = 52;

function daysFor(key: Uint8Array, record: string): number {
  const any = new Choices(key, `days\n${record}`);
  const weeks = 1 + any.below(MOST_WEEKS);
  return (any.below(2) === 0 ? weeks : -weeks) * 7;
}

/**
 * Replaces identifiers in record after record. `key` is secret and of at least 16 bytes: with it, the same original
 * gives the same surrogate; without it, nobody finds the way back.
 */
export class Replacer {
  readonly #key: Uint8Array;
  readonly #ways: Ways;
  readonly #mapping: Map<string, MappingEntry> | null;
  readonly #found = new Map<IdentifierKind, number>();
  readonly #replaced = new Map<IdentifierKind, number>();
  readonly #different = new Map<IdentifierKind, Set<string>>();
  #records = 0;
  #changed = 0;

  constructor(key: Uint8Array, ways: Ways, keepMapping: boolean) {
    this.#key = key;
    this.#ways = ways;
    this.#mapping = keepMapping ? new Map() : null;
  }

  /**
   * The texts of a record with their findings replaced. `record` names the record or its patient: dates of the same
   * name move by the same number of days.
   */
  replace(
    record: string,
    texts: readonly string[],
    findings: readonly (readonly IdentifierFinding[])[],
  ): string[] {
    this.#records += 1;
    const replaced = this.parts(record, texts, findings).map((parts, i) => {
      const text = texts[i] ?? '';
      let [result, from] = ['', 0];
      for (const { start, end, to, kind, replacement } of parts) {
        this.#found.set(kind, (this.#found.get(kind) ?? 0) + 1);
        if (replacement === null) continue;
        const original = text.slice(start, end);
        result += text.slice(from, start) + replacement;
        from = to;
        this.#count(kind, original, replacement);
      }
      return result + text.slice(from);
    });
    if (replaced.some((text, i) => text !== texts[i])) this.#changed += 1;
    return replaced;
  }

  /** What would stand for each finding, in their order; nothing is counted. */
  parts(
    record: string,
    texts: readonly string[],
    findings: readonly (readonly IdentifierFinding[])[],
  ): ReplacedPart[][] {
    const ground = this.#groundOf(record, texts, findings);
    return texts.map((text, i) => this.#partsOf(text, findings[i] ?? [], ground));
  }

  #groundOf(
    record: string,
    texts: readonly string[],
    findings: readonly (readonly IdentifierFinding[])[],
  ): Ground {
    const dates: string[] = [];
    const fullNames: string[] = [];
    texts.forEach((text, i) => {
      for (const { kind, start, end } of findings[i] ?? []) {
        if (kind === 'DATE') dates.push(text.slice(start, end));
        else if (kind === 'NAME' && /^\p{Lu}\p{L}+ /u.test(text.slice(start, end)))
          fullNames.push(text.slice(start, end));
      }
    });
    const years = dates.map(yearOf).filter((year) => year !== null);
    const habits = { dayFirst: dates.some(showsDayFirst), year: years[0] ?? 2023 };
    return { key: this.#key, days: daysFor(this.#key, record), habits, fullNames };
  }

  #partsOf(text: string, findings: readonly IdentifierFinding[], ground: Ground): ReplacedPart[] {
    const chinese = /[\u4e00-\u9fff]/.test(text);
    return findings.map(({ start, end, kind }) => {
      const way = this.#ways[kind];
      if (way === 'leave') return { start, end, to: end, kind, replacement: null };
      const original = text.slice(start, end);
      const inBrackets = chinese ? `【${CHINESE_KINDS[kind]}】` : `[${kind}]`;
      if (way === 'kind') return { start, end, to: end, kind, replacement: inBrackets };
      if (kind === 'AGE') {
        const age = overNinety(original, text.slice(end, end + 12));
        return { start, end, to: end + age.also, kind, replacement: age.text };
      }
      const replacement = surrogate(kind, original, ground) ?? inBrackets;
      return { start, end, to: end, kind, replacement };
    });
  }

  #count(kind: IdentifierKind, original: string, replacement: string): void {
    this.#replaced.set(kind, (this.#replaced.get(kind) ?? 0) + 1);
    const different = this.#different.get(kind) ?? new Set();
    this.#different.set(kind, different.add(original));
    // A date has another replacement in every record: its day alone would lead nowhere.
    this.#mapping?.set(`${kind}\n${original}\n${replacement}`, { kind, original, replacement });
  }

  /** What was replaced so far. */
  report(): ReplacementReport {
    const kinds: Partial<Record<IdentifierKind, KindCount>> = {};
    for (const kind of IDENTIFIER_KINDS) {
      const found = this.#found.get(kind) ?? 0;
      if (found === 0) continue;
      kinds[kind] = {
        found,
        replaced: this.#replaced.get(kind) ?? 0,
        different: this.#different.get(kind)?.size ?? 0,
      };
    }
    return { records: this.#records, changed: this.#changed, kinds };
  }

  /** Originals and what stands for them; empty where no mapping was asked for. */
  mapping(): MappingEntry[] {
    return [...(this.#mapping?.values() ?? [])];
  }
}

export interface ReplacementReport {
  readonly records: number;
  /** Records in which something was replaced. */
  readonly changed: number;
  /** Kinds that occurred. */
  readonly kinds: Readonly<Partial<Record<IdentifierKind, KindCount>>>;
}
