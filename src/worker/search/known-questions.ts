/** The questions that the studio knows, of earlier evaluations and its own samples, and the search for them in records. */
import { askedOf, type EvaluationItem } from '../../engine/evaluation/items.ts';
import { promptWithoutUnsure } from '../../engine/evaluation/questions/unsure-option.ts';
import type { ListOverlap } from '../../engine/evaluation/trust/question-overlap.ts';
import type { DataSetSummary, QuestionsHeld, QuestionsLooked } from '../../contract/data.ts';
import type { WorkerContext } from '../context.ts';
import { sampleItems, sealOf } from '../evaluation/evaluation-items.ts';
import { searchBeside, searchHere, type SearchChannel, type Searcher } from './searcher.ts';

type Known = Pick<WorkerContext, 'publicFiles'> & {
  readonly storage: Pick<WorkerContext['storage'], 'evaluations'>;
};

/** A list of questions, each as it asks, without the option “I do not know” that may have been offered. */
interface KnownList extends Pick<QuestionsHeld, 'itemsId' | 'files'> {
  readonly questions: readonly string[];
}

/** Bytes of data from which a thread is started for them. */
const FEWEST_BESIDE = 2 ** 18;
/** Questions of a list whose places are kept. */
const MOST_EXAMPLES = 50;

const asks = (item: EvaluationItem): string =>
  item.harness ? askedOf(item) : promptWithoutUnsure(item);

/** Newest first, the studio's own last; a part of a list of the same files is left out. */
async function knownLists({ publicFiles, storage }: Known): Promise<KnownList[]> {
  const { evaluations } = storage;
  const [asked, grids] = await Promise.all([evaluations.list(), evaluations.grids()]);
  const measured = [...asked.filter(({ check }) => !check), ...grids];
  measured.sort((a, b) => b.createdAt - a.createdAt);
  const lists = new Map<string, KnownList>();
  for (const { itemsId, files } of measured) {
    if (lists.has(itemsId)) continue;
    const items = await evaluations.items(itemsId);
    if (items.length > 0) lists.set(itemsId, { itemsId, files, questions: items.map(asks) });
  }
  // Without a network they may be out of reach.
  const samples = await sampleItems(publicFiles).catch(() => []);
  const own = { itemsId: sealOf(samples), files: [], questions: samples.map(asks) };
  if (samples.length > 0 && !lists.has(own.itemsId)) lists.set(own.itemsId, own);
  return withoutParts([...lists.values()]);
}

function withoutParts(lists: readonly KnownList[]): KnownList[] {
  const texts = lists.map(({ questions }) => new Set(questions));
  const isPart = (of: number, place: number): boolean => {
    const [whole, part] = [texts[of], texts[place]];
    if (of === place || !whole || !part || part.size > whole.size) return false;
    // Of two with the same questions the newer stays.
    if (part.size === whole.size && of > place) return false;
    const same = JSON.stringify(lists[of]?.files) === JSON.stringify(lists[place]?.files);
    return same && [...part].every((text) => whole.has(text));
  };
  return lists.filter((_, place) => !lists.some((_other, of) => isPart(of, place)));
}

/** All questions that are known, and the search for them in the records of sets, one set after the other. */
export class KnownQuestions {
  readonly #lists: readonly KnownList[];
  #spawn: (() => SearchChannel) | null;
  #searcher: Searcher | null = null;

  private constructor(lists: readonly KnownList[], spawn: (() => SearchChannel) | null) {
    this.#lists = lists;
    this.#spawn = spawn;
  }

  /** @param bytes of all sets that are searched: with few of them, a thread would take longer to start than it saves */
  static async read(
    known: Known & Pick<WorkerContext, 'searchThread'>,
    bytes: number,
  ): Promise<KnownQuestions> {
    const lists = await knownLists(known);
    return new KnownQuestions(lists, bytes < FEWEST_BESIDE ? null : known.searchThread);
  }

  /** Whether a set was compared with these questions, and no others. */
  areComparedWith({ questions }: DataSetSummary): boolean {
    const before = questions?.lists.map(({ itemsId }) => itemsId) ?? [];
    const same = this.#lists.every(({ itemsId }) => before.includes(itemsId));
    return questions !== undefined && same && before.length === this.#lists.length;
  }

  /** The search for the next set: beside this thread, until one there is lost. */
  searcher(): Searcher {
    if (this.#searcher?.lost === false) return this.#searcher;
    if (this.#searcher) this.#spawn = null;
    const texts = this.#lists.map(({ questions }) => questions);
    this.#searcher = this.#spawn ? searchBeside(this.#spawn, texts) : searchHere(texts);
    return this.#searcher;
  }

  /** What was found in a set, list by list, as it is kept with the set. */
  looked(found: readonly ListOverlap[]): QuestionsLooked {
    const lists = this.#lists.flatMap((about, i) => {
      const own = found[i];
      return own ? [heldOf(about, own)] : [];
    });
    return { at: Date.now(), lists };
  }

  /** Gives the memory of the search back; a further set takes it again. */
  close(): void {
    this.#searcher?.close();
    this.#searcher = null;
  }
}

function heldOf(
  { itemsId, files, questions }: KnownList,
  { ngram, near, short, compared, firstRow }: ListOverlap,
): QuestionsHeld {
  const examples = [...firstRow].slice(0, MOST_EXAMPLES).map(([place, row]) => ({ place, row }));
  return {
    ...{ itemsId, files, questions: questions.length, compared, short, held: firstRow.size },
    ...{ ngram: ngram.size, near: near.size, examples },
  };
}

/** What questions of a list ask, by their places; null where they are gone. */
export async function askedAt(
  { publicFiles, storage }: Known,
  { itemsId, places }: { readonly itemsId: string; readonly places: readonly number[] },
): Promise<(string | null)[]> {
  const stored = await storage.evaluations.items(itemsId);
  const samples = stored.length > 0 ? [] : await sampleItems(publicFiles).catch(() => []);
  const items = samples.length > 0 && sealOf(samples) === itemsId ? samples : stored;
  return places.map((place) => {
    const item = items[place];
    return item ? asks(item) : null;
  });
}
