/** Replaces the identifiers of a record, and counts what was replaced. */
import { IDENTIFIER_KINDS, type IdentifierFinding, type IdentifierKind } from '../kinds.ts';
import { showsDayFirst, yearOf } from './dates.ts';
import { Choices } from './keyed.ts';
import { overNinety, surrogate, type Ground } from './surrogates.ts';

/** By an invented one of the same form, by its kind in brackets, or not at all. */
export type Way = 'surrogate' | 'kind' | 'leave';
export type Ways = Readonly<Record<IdentifierKind, Way>>;

/** Everything in one way. */
export function allBy(way: Way): Ways {
  return Object.fromEntries(IDENTIFIER_KINDS.map((kind) => [kind, way])) as Record<
    IdentifierKind,
    Way
  >;
}

/** The kinds in brackets, as they stand in Chinese texts. */
const CHINESE_KINDS: Readonly<Record<IdentifierKind, string>> = {
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
    const ground = this.#groundOf(record, texts, findings);
    this.#records += 1;
    const replaced = texts.map((text, i) => this.#replaceIn(text, findings[i] ?? [], ground));
    if (replaced.some((text, i) => text !== texts[i])) this.#changed += 1;
    return replaced;
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

  #replaceIn(text: string, findings: readonly IdentifierFinding[], ground: Ground): string {
    let result = '';
    let from = 0;
    const chinese = /[\u4e00-\u9fff]/.test(text);
    for (const { start, end, kind } of findings) {
      const original = text.slice(start, end);
      this.#found.set(kind, (this.#found.get(kind) ?? 0) + 1);
      if (this.#ways[kind] === 'leave') continue;
      const inBrackets = chinese ? `【${CHINESE_KINDS[kind]}】` : `[${kind}]`;
      let replacement =
        this.#ways[kind] === 'kind'
          ? inBrackets
          : (surrogate(kind, original, ground) ?? inBrackets);
      let to = end;
      if (kind === 'AGE' && this.#ways[kind] === 'surrogate') {
        const age = overNinety(original, text.slice(end, end + 12));
        replacement = age.text;
        to += age.also;
      }
      result += text.slice(from, start) + replacement;
      from = to;
      this.#count(kind, original, replacement);
    }
    return result + text.slice(from);
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
