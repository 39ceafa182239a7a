/**
 * A million records: the time to read and write them as an import does, and what signing and comparing them for near-duplicates
 * adds. `node scripts/run-ts.mjs bench/ui/signatures.ts [records]`; both are timed in turns, in seconds of the processor,
 * since machines change speed and other programs take their share.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { randomWord } from '../../src/engine/kernels/random-words.ts';
import {
  findNearDuplicates,
  type NearDuplicateReport,
  type SignedSet,
} from '../../src/engine/evaluation/trust/near-duplicate-report.ts';
import { SIGNATURE_BYTES, SignatureStream } from '../../src/engine/evaluation/trust/signatures.ts';
import { normalLine, normalRecord } from '../../src/formats/records/normal-record.ts';
import { importRecords } from '../../src/formats/records/records.ts';
import { readWhole } from '../../src/storage/files/file-store.ts';
import { memoryStore } from '../../src/storage/files/memory-store.ts';
import { LineFileWriter } from '../../src/storage/files/line-file.ts';

const RECORDS = 1_000_000;
const BATCH = 10_000;
const WORDS = 60;
/** Every so many records, one is nearly the same as the one before. */
const NEAR_EVERY = 50;

/** The words of a record, drawn for it alone; or those of the record before it, with another end. */
function wordsOf(record: number): string[] {
  const near = record % NEAR_EVERY === 0 ? 1 : 0;
  const words = Array.from({ length: WORDS }, (_, i) =>
    (randomWord(record - near, i, 0, 0) >>> 12).toString(36),
  );
  if (near === 1) words[WORDS - 1] = String(record);
  return words;
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

/** What a set with these signatures takes to be compared with itself, or with others. */
async function comparing(
  signatures: Uint8Array,
  others: readonly SignedSet[],
): Promise<{ readonly took: number; readonly most: number; readonly report: NearDuplicateReport }> {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const begin = worked();
  const report = await findNearDuplicates(signatures, others, () => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    return Promise.resolve();
  });
  return { took: worked() - begin, most, report };
}

export async function main(args: readonly string[]): Promise<number> {
  const records = Number(args[0] ?? RECORDS);
  const files = memoryStore();
  const writer = await LineFileWriter.create(files, 'records.jsonl', 'index.bin');
  const signed = await files.create('signatures.bin');
  const stream = new SignatureStream((chunk) => signed.write(chunk));
  let [importing, signing, bytes] = [0, 0, 0];
  for (let first = 0; first < records; first += BATCH) {
    const file = lines(first);
    bytes += file.length;
    const texts: string[][] = [];
    const begin = worked();
    for await (const batch of importRecords(once(file), { fileName: 'made.jsonl' })) {
      for (const imported of batch.records) {
        const record = normalRecord(imported, 'made');
        await writer.addLine(normalLine(record));
        texts.push(record.messages.map(({ content }) => content));
      }
    }
    const read = worked();
    for (const record of texts) await stream.add(record);
    importing += read - begin;
    signing += worked() - read;
  }
  await stream.end();
  await signed.close();
  await writer.close();
  const signatures = await readWhole(files, 'signatures.bin');
  const alone = await comparing(signatures, []);
  // Other bytes throughout: a set that has nothing in common with this one.
  const others = signatures.map((byte) => byte ^ 0x5a);
  const read = async (from: number, count: number): Promise<Uint8Array> =>
    others.slice(from * SIGNATURE_BYTES, (from + count) * SIGNATURE_BYTES);
  const both = await comparing(signatures, [{ id: 'other', records, read }]);
  const share = (time: number): string => `${((time / importing) * 100).toFixed(0)} %`;
  const megabytes = (value: number): string => `${(value / 1e6).toFixed(1)} MB`;
  const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`;
  console.log(
    [
      `${records} records, ${megabytes(bytes)}`,
      `read and written as an import does: ${seconds(importing)}`,
      `signed: ${seconds(signing)}, compared: ${seconds(alone.took)}: ${share(signing + alone.took)} of that`,
      `signatures ${megabytes(signatures.length)}, while comparing ${megabytes(alone.most)} more`,
      `near-duplicates found: ${alone.report.within} of ${Math.floor((records - 1) / NEAR_EVERY)}`,
      `compared with a second set of as many records too: ${seconds(both.took - alone.took)} more, ${megabytes(both.most)}`,
    ].join('\n'),
  );
  return 0;
}
