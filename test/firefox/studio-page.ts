/** The studio in Firefox as a person uses it: parts of its pages by role and name, files that are dropped. */
import type { ElementHandle, EvaluateFunc, JSHandle, Page } from 'puppeteer-core';

export interface SomeFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Where parts of each kind are in the page. */
const elements = {
  button: 'button:not([aria-disabled="true"])',
  choice: 'input[type="radio"], [role="radio"]',
  field: 'input, textarea',
  heading: 'h1',
  list: 'select',
  slider: '[role="slider"]',
  table: 'table',
} as const;

/** A part of the page by its kind and its accessible name. */
type Part = readonly [kind: keyof typeof elements, name: string];

/**
 * The first such element with this name, in the page. Firefox's own search by accessible name goes through the whole
 * page at each try, which takes seconds where other things run.
 */
function withName(css: string, name: string): Element | null {
  const textOf = (ids: string | null): string =>
    (ids ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' ');
  const nameOf = (element: Element): string => {
    const { labels, caption } = element as Partial<HTMLInputElement & HTMLTableElement>;
    const given =
      element.getAttribute('aria-label') ?? textOf(element.getAttribute('aria-labelledby'));
    if (given !== '') return given;
    return labels?.[0]?.textContent ?? caption?.textContent ?? element.textContent;
  };
  return [...document.querySelectorAll(css)].find((one) => nameOf(one).trim() === name) ?? null;
}

export class StudioPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async open(address: string): Promise<void> {
    await this.#page.goto(address);
    await this.#find(['heading', 'Data']);
  }

  /** Goes to a page of the studio by its step's name. */
  async goTo(step: string): Promise<void> {
    await this.#page.evaluate((hash) => {
      location.hash = hash;
    }, `#/${step.toLowerCase()}`);
    await this.#find(['heading', step]);
  }

  /** Waits until the part can be pressed. Not by a place on the screen, which moves while a page fills. */
  async press(...part: Part): Promise<void> {
    const found = await this.#find(part);
    await found.evaluate((element) => (element as HTMLElement).click());
  }

  async key(part: Part, key: 'Home'): Promise<void> {
    await (await this.#find(part)).press(key);
  }

  async fill(part: Part, text: string): Promise<void> {
    await (await this.#find(part)).asLocator().fill(text);
  }

  /** Hands a file to the input of that name, which is out of sight behind its button. */
  async give(label: string, path: string): Promise<void> {
    const input = await this.#page.$(`input[type="file"][aria-label="${label}"]`);
    if (!input) throw new Error(`No input ${label}`);
    await input.uploadFile(path);
  }

  /** Chooses the option whose label begins with these words. */
  async choose(name: string, beginning: string): Promise<void> {
    const select = await this.#find(['list', name]);
    const value = await select.evaluate((element, words) => {
      const options = [...(element as HTMLSelectElement).options];
      return options.find(({ label }) => label.startsWith(words))?.value;
    }, beginning);
    if (value === undefined) throw new Error(`${name} has no option “${beginning}”`);
    await select.select(value);
  }

  /** Waits until an element that the selector finds has this text. */
  async sees(css: string, text: string): Promise<void> {
    await this.#waitFor(
      `“${text}” in ${css}`,
      (where, what) =>
        [...document.querySelectorAll(where)].some((one) => one.textContent.includes(what)),
      css,
      text,
    );
  }

  /** Texts of what the selector finds, in the order of the page. */
  texts(css: string): Promise<string[]> {
    return this.#page.$$eval(css, (all) => all.map(({ textContent }) => textContent));
  }

  /** Texts of a table's body, row by row. */
  async rows(table: string): Promise<string[][]> {
    const found = await this.#find(['table', table]);
    return found.evaluate((element) =>
      [...(element as HTMLTableElement).tBodies].flatMap(({ rows }) =>
        [...rows].map(({ cells }) => [...cells].map(({ textContent }) => textContent)),
      ),
    );
  }

  /** Drags files over the page and drops them. */
  async drop(files: readonly SomeFile[]): Promise<void> {
    const given = files.map(({ name, bytes }) => ({
      name,
      base64: Buffer.from(bytes).toString('base64'),
    }));
    const transfer = await this.#page.evaluateHandle((list) => {
      const made = new DataTransfer();
      for (const { name, base64 } of list) {
        const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        made.items.add(new File([content], name));
      }
      return made;
    }, given);
    // The page listens some moments after it is drawn.
    await this.#waitFor(
      'answer to dragged files',
      (dataTransfer) => {
        const event = new DragEvent('dragenter', { dataTransfer, bubbles: true, cancelable: true });
        if (document.body.textContent.includes('Drop to import')) return true;
        document.querySelector('main')?.dispatchEvent(event);
        return false;
      },
      transfer,
    );
    await transfer.evaluate((dataTransfer) => {
      const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector('main')?.dispatchEvent(event);
    });
    await transfer.dispose();
  }

  /** Does in the page what its policy forbids, so that there is something to report. */
  async breakPolicy(): Promise<void> {
    await this.#page.evaluate(() => {
      const style = document.createElement('style');
      style.textContent = 'h1 { letter-spacing: 77px }';
      document.head.append(style);
    });
  }

  async #find([kind, name]: Part): Promise<ElementHandle> {
    const found = await this.#waitFor(`${kind} “${name}”`, withName, elements[kind], name);
    const element = found.asElement();
    if (!element) throw new Error(`No ${kind} “${name}”`);
    return element as ElementHandle;
  }

  /** Tries something in the page until it gives a value. @throws Error that says what never came */
  async #waitFor<Given extends unknown[]>(
    what: string,
    attempt: EvaluateFunc<Given>,
    ...given: Given
  ): Promise<JSHandle> {
    try {
      return await this.#page.waitForFunction(attempt, { polling: 100 }, ...given);
    } catch (cause) {
      throw new Error(`Firefox never showed ${what}`, { cause });
    }
  }
}
