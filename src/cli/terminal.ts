/** Writes what a command has to say: plain lines, one line that changes, or JSON lines. */
import type { FaultDescription, KeptCode } from '../faults/catalogue.ts';
import { faultWords, keptWords } from '../faults/words.ts';
import { faultLanguage, inLanguages } from './words/language.ts';
import type { Shell, Sink } from './shell.ts';
import { unnamedPath } from './system-fault.ts';
import { cutTo } from './width.ts';

const text = inLanguages({
  en: {
    ...{ kept: 'Kept:', remedy: 'What to do:' },
    of: (path: string, sentence: string) => `${path}: ${sentence}`,
  },
  zh: {
    ...{ kept: '已保留：', remedy: '怎么办：' },
    of: (path, sentence) => `${path}：${sentence}`,
  },
});

/** How often a status becomes a line of its own where no line can be changed. */
const LINE_MS = 10_000;
/** How often the line that changes is drawn. */
const DRAW_MS = 100;
/** What the page keeps and a command does not have: the data sets, models and recipe that were opened before. */
const OF_THE_PAGE: ReadonlySet<string> = new Set<KeptCode>([
  ...(['data-before', 'models', 'loaded-models', 'models-not-folder'] as const),
  'recipe-before',
]);
const CLEAR_LINE = '\r\u001b[2K';

export class Terminal {
  /** Whether values are written as JSON lines instead of text. */
  readonly json: boolean;
  readonly #out: Sink;
  readonly #err: Sink;
  readonly #colour: boolean;
  #status = '';
  #drawn = Number.NEGATIVE_INFINITY;
  #lined = Number.NEGATIVE_INFINITY;

  constructor({ out, err, env }: Pick<Shell, 'out' | 'err' | 'env'>, json: boolean) {
    this.json = json;
    this.#out = out;
    this.#err = err;
    this.#colour = err.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  }

  /** Whether a line on the terminal can be changed. */
  get live(): boolean {
    return !this.json && this.#err.isTTY === true;
  }

  /** A line of the result; with JSON, nothing. */
  say(line = ''): void {
    if (this.json) return;
    this.#clear();
    this.#out.write(`${line}\n`);
  }

  /** A piece of the result without a line break; with JSON, nothing. */
  piece(words: string): void {
    if (!this.json) this.#out.write(words);
  }

  /** A value of the result; without JSON, nothing. */
  value(value: object): void {
    if (this.json) this.#out.write(`${JSON.stringify(value)}\n`);
  }

  /** A line beside the result, such as a remark; with JSON, nothing. */
  note(line: string): void {
    if (this.json) return;
    this.#clear();
    this.#err.write(`${line}\n`);
  }

  /** How far the work is: on a terminal the line that changes, else a line now and then. */
  status(line: string): void {
    if (this.json) return;
    const now = performance.now();
    if (!this.live) {
      if (now - this.#lined < LINE_MS) return;
      this.#lined = now;
      this.#err.write(`${line}\n`);
      return;
    }
    if (now - this.#drawn < DRAW_MS) return;
    this.#drawn = now;
    const { columns = 80 } = this.#err;
    this.#status = cutTo(line, columns - 1);
    this.#err.write(`${CLEAR_LINE}${this.#status}`);
  }

  /** Ends the line that changes. */
  endStatus(): void {
    this.#clear();
    this.#drawn = Number.NEGATIVE_INFINITY;
  }

  /** A fault in words, or as JSON: what happened, what was kept, what to do. */
  fault({ code, message, kept, remedy, data }: FaultDescription): void {
    const language = faultLanguage();
    const [words, todo] = faultWords(language, code, data) ?? [message, remedy];
    const path = unnamedPath(words, data);
    const happened = path === null ? words : text().of(path, words);
    const stayed = kept === '' || OF_THE_PAGE.has(kept) ? '' : keptWords(language, kept);
    if (this.json) {
      const told = { message: happened, kept: stayed, remedy: todo };
      this.#out.write(`${JSON.stringify({ type: 'fault', code, ...told, data })}\n`);
      return;
    }
    this.#clear();
    const { kept: keptName, remedy: remedyName } = text();
    const lines = [
      this.#paint('31;1', happened),
      ...(stayed === '' ? [] : [`${this.#paint('1', keptName)} ${stayed}`]),
      ...(todo === '' ? [] : [`${this.#paint('1', remedyName)} ${todo}`]),
    ];
    this.#err.write(`${lines.join('\n')}\n`);
  }

  #paint(style: string, words: string): string {
    return this.#colour ? `\u001b[${style}m${words}\u001b[0m` : words;
  }

  #clear(): void {
    if (this.#status === '') return;
    this.#err.write(CLEAR_LINE);
    this.#status = '';
  }
}
