/** Multiple choice: the options, and which of them a value names. */
import { rowFault } from '../../faults/row-fault.ts';
import { StudioError } from '../../faults/fault.ts';
import { isJsonObject, parseJson } from '../texts/json.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';
import { assistant, optionalText, scalarText, typeName, user, valueAt } from './record-fields.ts';
import type { Messages } from './record-fields.ts';
import { ANSWER_READINGS } from './record-types.ts';
import type { AnswerReading } from './record-types.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** An option with the letter that it is shown under; its text is empty where the row has no option in this place. */
export interface Option {
  readonly letter: string;
  readonly text: string;
  /** The option's name in the file, where it has one: a number, a letter. */
  readonly id?: string;
}

const letterAt = (place: number): string => LETTERS[place] ?? '';

/** The options of a list get letters in their order, those of an object its keys; a text is split into a list first. */
export function optionsOf(declared: JsonValue | undefined): readonly Option[] {
  if (typeof declared === 'string') return optionsOf(listIn(declared));
  if (Array.isArray(declared)) {
    return withoutOwnLetters(
      declared.map((value: JsonValue, i) => {
        const id = isJsonObject(value) ? idIn(value) : undefined;
        return { letter: letterAt(i), text: optionText(value), ...(id !== undefined && { id }) };
      }),
    );
  }
  if (!isJsonObject(declared)) return [];
  const { text: texts, label: labels } = declared;
  if (Array.isArray(texts) && Array.isArray(labels)) {
    return texts.map((value: JsonValue, i) => ({
      letter: scalarText((labels as readonly JsonValue[])[i]) ?? letterAt(i),
      text: optionText(value),
    }));
  }
  const listed = idsAndTexts(declared);
  if (listed) {
    return listed.texts.map((value, i) => {
      const id = scalarText(listed.ids[i]);
      return { letter: letterAt(i), text: optionText(value), ...(id !== undefined && { id }) };
    });
  }
  return Object.entries(declared).map(([letter, value]) => ({ letter, text: optionText(value) }));
}

/** Removes the letters that options begin with ("A. Aspirin", "B 氯丙嗪"), where each has the letter of its place. */
function withoutOwnLetters(options: readonly Option[]): readonly Option[] {
  const own = options.map(({ letter, text }) => {
    const [, said, rest] =
      /^[(（]?([A-Z])(?:[)）]\s*|\s*[.．:：、]\s*|\s+)(.+)$/su.exec(text) ?? [];
    return said === letter ? rest : undefined;
  });
  const texts = own.filter((text) => text !== undefined);
  // "A cell", "B cell", … would all be the same without their letters.
  const apart = new Set(texts).size === options.length;
  if (options.length < 2 || !apart) return options;
  return options.map((option, i) => ({ ...option, text: own[i] ?? '' }));
}

const ID_FIELDS = ['id', 'aid', 'key', 'label', 'letter', 'option_id', 'choice_id'] as const;
const TEXT_FIELDS = ['text', 'atext', 'content', 'value', 'option_text', 'choice_text'] as const;

/** The name of an option that is an object. */
function idIn(option: JsonObject): string | undefined {
  const field = ID_FIELDS.find((name) => scalarText(option[name]) !== undefined);
  return field === undefined ? undefined : scalarText(option[field])?.trim();
}

/** Options as two lists side by side: { aid: [1, 2], atext: ["…", "…"] }. */
function idsAndTexts(
  declared: JsonObject,
): { readonly ids: readonly JsonValue[]; readonly texts: readonly JsonValue[] } | undefined {
  const listOf = (names: readonly string[]): readonly JsonValue[] | undefined => {
    const value = names.map((name) => declared[name]).find(Array.isArray);
    return value as readonly JsonValue[] | undefined;
  };
  const [ids, texts] = [listOf(ID_FIELDS), listOf(TEXT_FIELDS)];
  return ids !== undefined && ids.length === texts?.length ? { ids, texts } : undefined;
}

/** Whether a value under any name holds the options of a question: two or more texts, each with a name. */
export function isOptionList(value: JsonValue | undefined): boolean {
  if (isJsonObject(value)) return (idsAndTexts(value)?.texts.length ?? 0) > 1;
  if (!Array.isArray(value) || value.length < 2) return false;
  return (value as readonly JsonValue[]).every(
    (option) => isJsonObject(option) && idIn(option) !== undefined && textIn(option) !== undefined,
  );
}

/** Options in separate columns: each gets its letter by its place, even where another is empty. */
export function optionsIn(row: JsonObject, fields: readonly string[]): readonly Option[] {
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return optionsOf(valueAt(row, only));
  return fields.map((field, i) => ({
    letter: letterAt(i),
    text: (optionalText(row, field) ?? '').trim(),
  }));
}

/** The text of an option that is an object: the field with a usual name, or its only text. */
function textIn(option: JsonObject): string | undefined {
  const named = TEXT_FIELDS.find((name) => Object.hasOwn(option, name));
  if (named !== undefined) return scalarText(option[named]);
  const texts = Object.entries(option).filter(
    ([name, value]) =>
      typeof value === 'string' && !(ID_FIELDS as readonly string[]).includes(name.toLowerCase()),
  );
  return texts.length === 1 ? scalarText(texts[0]?.[1]) : undefined;
}

function optionText(value: JsonValue): string {
  if (value === null) return '';
  const text = scalarText(value) ?? (isJsonObject(value) ? textIn(value) : undefined);
  if (text !== undefined) return text.trim();
  throw rowFault('wrong-type', { detail: 'option', found: typeName(value) });
}

/** The list inside a text: JSON, or parts between line breaks, bars or semicolons. */
function listIn(given: string): JsonValue {
  const text = given.trim();
  if (/^[[{]/.test(text)) {
    try {
      return parseJson(text);
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
    }
  }
  const mark = ['\n', '|', ';', '；'].find((candidate) => text.includes(candidate));
  const parts = mark === undefined ? [text] : text.split(mark).map((part) => part.trim());
  return parts.filter((part) => part !== '');
}

const plain = (text: string): string => text.normalize('NFKC').trim();

/** Separators between several letters or numbers. */
const BETWEEN = /[\s,，、;；/|&+.。和与及]+/;

/** The parts of a value that may name several options. */
function partsOf(given: JsonValue): readonly string[] | undefined {
  const list: readonly JsonValue[] = Array.isArray(given) ? given : [given];
  const texts = list.map(scalarText);
  return texts.every((text) => text !== undefined) ? texts.map(plain) : undefined;
}

function byLetters(options: readonly Option[], parts: readonly string[]): number[] {
  const placeOf = (letter: string): number => {
    const own = options.findIndex((option) => option.id === letter);
    if (own !== -1) return own;
    const exact = options.findIndex((option) => option.letter === letter);
    return exact !== -1
      ? exact
      : options.findIndex((option) => option.letter.toUpperCase() === letter.toUpperCase());
  };
  const places = parts.flatMap((part) => {
    const whole = placeOf(part);
    if (whole !== -1) return [whole];
    // "B. Pancreas": the letter with the text that it stands for.
    const [, letter, text] = /^[([]?(\w)[\])]?\s*[.:、)]?\s*(.*)$/su.exec(part) ?? [];
    const named = letter === undefined ? -1 : placeOf(letter);
    if (named !== -1 && (text === '' || text === plain(options[named]?.text ?? ''))) return [named];
    return part
      .split(BETWEEN)
      .filter((piece) => piece !== '')
      .flatMap((piece) => (placeOf(piece) === -1 ? [...piece] : [piece]))
      .map(placeOf);
  });
  return places;
}

function byTexts(options: readonly Option[], parts: readonly string[]): number[] {
  const texts = options.map(({ text }) => plain(text));
  return parts.map((part) => {
    const same = (text: string): boolean => text === part;
    const alike = (text: string): boolean => text.toLowerCase() === part.toLowerCase();
    for (const matches of [same, alike]) {
      const place = texts.findIndex(matches);
      if (place !== -1) return texts.findLastIndex(matches) === place ? place : -1;
    }
    return -1;
  });
}

function byNumbers(parts: readonly string[], from: 0 | 1): number[] {
  const numbers = parts.flatMap((part) => part.split(BETWEEN).filter((piece) => piece !== ''));
  return numbers.map((number) => (/^\d+$/.test(number) ? Number(number) - from : -1));
}

/** Places that a value names, in the order of the options; undefined where a part of it names no option. */
function placesIn(
  options: readonly Option[],
  given: JsonValue,
  reading: AnswerReading,
): readonly number[] | undefined {
  const parts = partsOf(given);
  if (parts === undefined || parts.length === 0 || parts.includes('')) return undefined;
  let places: number[];
  if (reading === 'letters') places = byLetters(options, parts);
  else if (reading === 'texts') places = byTexts(options, parts);
  else places = byNumbers(parts, reading === 'from-0' ? 0 : 1);
  const repeated = new Set(places).size < places.length;
  if (places.length === 0 || repeated) return undefined;
  return places.every((place) => options[place] !== undefined)
    ? places.sort((a, b) => a - b)
    : undefined;
}

/** As `placesIn`, but undefined where an option has no text. */
function placesOf(
  options: readonly Option[],
  given: JsonValue,
  reading: AnswerReading,
): readonly number[] | undefined {
  const places = placesIn(options, given, reading);
  return places?.every((place) => options[place]?.text !== '') ? places : undefined;
}

/** A question of a file: its options and the value given as its answer. */
export interface GivenAnswer {
  readonly options: readonly Option[];
  readonly given: JsonValue;
}

/** How the answers of a file may be read. */
export interface AnswerDecision {
  /** Undefined where several readings fit and differ, or none fits. */
  readonly decided: AnswerReading | undefined;
  /** Readings that fit, best first. */
  readonly fits: readonly AnswerReading[];
}

/** Share of the values that a reading must fit when the other readings fit next to none. */
const CLEAR = 0.9;

interface Fit {
  readonly reading: AnswerReading;
  readonly places: readonly (readonly number[] | undefined)[];
  readonly count: number;
}

/** The first of the readings that give a place for every value, where they all give the same places. */
function agreed(whole: readonly Fit[]): AnswerReading | undefined {
  const [first] = whole;
  const same = whole.every(({ places }) => String(places) === String(first?.places));
  return same ? first?.reading : undefined;
}

/** Decides from all values that were looked at how they name the right options. */
export function decideAnswers(given: readonly GivenAnswer[]): AnswerDecision {
  const fit = (find: typeof placesOf): Fit[] =>
    ANSWER_READINGS.map((reading) => {
      const places = given.map(({ options, given: value }) => find(options, value, reading));
      return { reading, places, count: places.filter((found) => found !== undefined).length };
    }).sort((a, b) => b.count - a.count);
  const all = fit(placesOf);
  const fits = all.filter(({ count }) => count > 0).map(({ reading }) => reading);
  if (fits.length === 0) return { decided: undefined, fits };
  // Where options have names, values name them by those, not by their places.
  const byName = all.find(({ reading }) => reading === 'letters');
  const called = given.every(({ options }) => options.every(({ id }) => id !== undefined));
  if (called && byName && byName.count >= given.length * CLEAR)
    return { decided: 'letters', fits: ['letters'] };
  const whole = all.filter(({ count }) => count === given.length);
  if (whole.length > 0) {
    return { decided: agreed(whole), fits: whole.map(({ reading }) => reading) };
  }
  // Some values name options without text: such numbers still show whether counting starts at 0 or 1.
  const inRange = fit(placesIn).filter(({ count }) => count === given.length);
  if (inRange.length > 0) return { decided: agreed(inRange), fits };
  const [best, second] = all;
  const clear =
    best !== undefined &&
    best.count >= given.length * CLEAR &&
    (second?.count ?? 0) <= given.length * (1 - CLEAR);
  return { decided: clear ? best.reading : undefined, fits };
}

/** A multiple-choice record. */
export interface Choices {
  readonly messages: Messages;
  readonly choices: readonly string[];
  /** Texts of the right options. */
  readonly right: readonly string[];
}

export interface ChoiceQuestion {
  readonly question: string;
  readonly options: readonly Option[];
  /** The value that names the right options, and the field that holds it. */
  readonly given: JsonValue;
  readonly field: string;
  /** How the value names the right options; undefined where the file leaves that open. */
  readonly reading: AnswerReading | undefined;
}

/** A question with lettered options below it; the answer is the letter or letters of the right options. */
export function lettered({
  question,
  options: all,
  given,
  field,
  reading,
}: ChoiceQuestion): Choices {
  const options = all.filter(({ text }) => text !== '');
  if (options.length < 2 || all.length > LETTERS.length) {
    throw rowFault('wrong-type', { detail: 'options', found: options.length });
  }
  const shown = (scalarText(given) ?? JSON.stringify(given)).slice(0, 40);
  const data = { detail: 'answer', field, found: shown } as const;
  const unclear = reading === undefined && decideAnswers([{ options: all, given }]).fits.length > 0;
  if (unclear) throw rowFault('answer-unclear', data);
  const places = reading && placesOf(all, given, reading);
  if (places === undefined) throw rowFault('wrong-type', data);
  const lines = options.map(({ letter, text }) => `${letter}. ${text}`);
  const right = places.map((place) => all[place]?.letter ?? '');
  const separator = right.every((letter) => letter.length === 1) ? '' : ', ';
  return {
    messages: [user([question, ...lines].join('\n')), assistant(right.join(separator))],
    choices: options.map(({ letter }) => letter),
    right: places.map((place) => all[place]?.text ?? ''),
  };
}
