/**
 * A million records: the time to read and write them as an import does, and what comparing them adds: with each other,
 * with another set of as many, and with the questions of evaluations.
 * `node scripts/run-ts.mjs bench/ui/signatures.ts [records [questions]]`; both are timed in turns, in seconds of the
 * processor, since machines change speed and other programs take their share.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { randomWord } from '../../src/engine/kernels/random-words.ts';
import {
  findNearDuplicates,
  type NearDuplicateReport,
  type SignedSet,
} from '../../src/engine/evaluation/trust/near-duplicate-report.ts';
import { OverlapFinder } from '../../src/engine/evaluation/trust/question-overlap.ts';
import { RecordTokens } from '../../src/engine/evaluation/trust/record-tokens.ts';
import { SIGNATURE_BYTES, SignatureStream } from '../../src/engine/evaluation/trust/signatures.ts';
import { normalLine, normalRecord } from '../../src/formats/records/normal-record.ts';
import type { RecordMessage } from '../../src/formats/records/record-types.ts';
import { importRecords } from '../../src/formats/records/records.ts';
import { readWhole } from '../../src/storage/files/file-store.ts';
import { memoryStore } from '../../src/storage/files/memory-store.ts';
import { LineFileWriter } from '../../src/storage/files/line-file.ts';

const RECORDS = 1_000_000;
const QUESTIONS = 5000;
const BATCH = 10_000;
/** Records that are compared before others are read. */
const GROUP = 64;
const WORDS = 60;
/** Every so many records, one is nearly the same as the one before. */
const NEAR_EVERY = 50;
/** Every so many questions, one asks what a record asks. */
const HELD_EVERY = 100;

/** The words of a record, drawn for it alone; or those of the record before it, with another end. */
function wordsOf(record: number): string[] {
  const near = record % NEAR_EVERY === 0 ? 1 : 0;
  const words = Array.from({ length: WORDS }, (_, i) =>
    (randomWord(record - near, i, 0, 0) >>> 12).toString(36),
  );
  if (near === 1) words[WORDS - 1] = String(record);
  return words;
}

/** Questions of as many words as a record has; every so many, one that is taken from a record. */
function questionsOf(count: number, records: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const held = i % HELD_EVERY === 0;
    const record = Math.floor((i / count) * records);
    return wordsOf(held ? record - (record % NEAR_EVERY) + 1 : records + i * 2 + 1)
      .slice(0, held ? WORDS / 2 : WORDS)
      .join(' ');
  });
}

/** Records of made-up words: a question and an answer of some 200 characters each. */
function lines(first: number): Uint8Array {
  const texts = Array.from({ length: BATCH }, (_, i) => {
    const words = wordsOf(first + i);
    const half = WORDS / 2;
    const [prompt, response] = [words.slice(0, half).join(' '), words.slice(half).join(' ')];
    return `${JSON.stringify({ prompt, response })}\n`;
  });
  return new TextEncoder().encode(texts.join(''));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** Milliseconds that the processor has worked for this program. */
function worked(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** What questions take to be got ready, and a finder of them. */
function gettingReady(questions: readonly string[]) {
  collect();
  const before = process.memoryUsage().arrayBuffers;
  const begin = worked();
  const finder = new OverlapFinder([questions]);
  const took = worked() - begin;
  collect();
  return { finder, took, bytes: process.memoryUsage().arrayBuffers - before };
}

/** What a set with these signatures takes to be compared with itself, or with others. */
async function comparing(
  signatures: Uint8Array,
  others: readonly SignedSet[],
): Promise<{ readonly took: number; readonly most: number; readonly report: NearDuplicateReport }> {
  collect();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const begin = worked();
  const report = await findNearDuplicates(signatures, others, () => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    return Promise.resolve();
  });
  return { took: worked() - begin, most, report };
}

/** The records read and written as an import does, and compared on the way; what both took. */
async function importing(records: number, questions: readonly string[]) {
  const files = memoryStore();
  const writer = await LineFileWriter.create(files, 'records.jsonl', 'index.bin');
  const signed = await files.create('signatures.bin');
  const stream = new SignatureStream();
  const ready = gettingReady(questions);
  const tokens = new RecordTokens();
  let [read, searched, bytes] = [0, ready.took, 0];
  const taken: (readonly RecordMessage[])[] = [];
  const search = async (): Promise<void> => {
    const begin = worked();
    for (const messages of taken) {
      tokens.read(messages);
      ready.finder.see(tokens);
      stream.add(tokens.said);
    }
    await signed.write(stream.take());
    taken.length = 0;
    searched += worked() - begin;
  };
  for (let first = 0; first < records; first += BATCH) {
    const file = lines(first);
    bytes += file.length;
    const [begin, before] = [worked(), searched];
    for await (const batch of importRecords(once(file), { fileName: 'made.jsonl' })) {
      for (const imported of batch.records) {
        const record = normalRecord(imported, 'made');
        await writer.addLine(normalLine(record));
        // An import compares each record at once: what was just read is still in the processor's cache.
        taken.push(record.messages);
        if (taken.length === GROUP) await search();
      }
    }
    await search();
    read += worked() - begin - (searched - before);
  }
  await signed.write(stream.end());
  await signed.close();
  await writer.close();
  const [found] = ready.finder.found;
  const signatures = await readWhole(files, 'signatures.bin');
  return { signatures, read, searched, bytes, finderBytes: ready.bytes, found };
}

export async function main(args: readonly string[]): Promise<number> {
  const records = Number(args[0] ?? RECORDS);
  const questions = questionsOf(Number(args[1] ?? QUESTIONS), records);
  const { signatures, read: imported, ...own } = await importing(records, questions);
  const alone = await comparing(signatures, []);
  // Other bytes throughout: a set that has nothing in common with this one.
  const others = signatures.map((byte) => byte ^ 0x5a);
  const read = async (from: number, count: number): Promise<Uint8Array> =>
    others.slice(from * SIGNATURE_BYTES, (from + count) * SIGNATURE_BYTES);
  const both = await comparing(signatures, [{ id: 'other', records, read }]);
  const share = (time: number): string => `${((time / imported) * 100).toFixed(1)} %`;
  const megabytes = (value: number): string => `${(value / 1e6).toFixed(1)} MB`;
  const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`;
  const held = Math.ceil(questions.length / HELD_EVERY);
  console.log(
    [
      `${records} records, ${megabytes(own.bytes)}; ${questions.length} questions`,
      `read and written as an import does: ${seconds(imported)}`,
      `signed, and questions looked for: ${seconds(own.searched)}; questions ${megabytes(own.finderBytes)}`,
      `compared with each other: ${seconds(alone.took)}; signatures ${megabytes(signatures.length)}, ${megabytes(alone.most)} more`,
      `and with another set of as many: ${seconds(both.took)}; ${megabytes(both.most)} more`,
      `together ${share(own.searched + alone.took)}, with the other set ${share(own.searched + both.took)} of the import`,
      `near-duplicates found: ${alone.report.within} of ${Math.floor((records - 1) / NEAR_EVERY)}`,
      `questions found: ${own.found?.firstRow.size} of ${held} (by words ${own.found?.ngram.size}, nearly whole ${own.found?.near.size})`,
    ].join('\n'),
  );
  return 0;
}
