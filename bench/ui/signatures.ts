/**
 * A million records: the time to read and write them as an import does, and what signing and grouping them for near-duplicates
 * adds. `node scripts/run-ts.mjs bench/ui/signatures.ts [records]`; both are timed in turns, in seconds of the processor,
 * since machines change speed and other programs take their share.
 */
import { groupNearDuplicates } from '../../src/engine/evaluation/trust/near-duplicates.ts';
import { SIGNATURE_BYTES, SignatureStream } from '../../src/engine/evaluation/trust/signatures.ts';
import { normalLine, normalRecord } from '../../src/formats/records/normal-record.ts';
import { importRecords } from '../../src/formats/records/records.ts';
import { memoryStore } from '../../src/storage/files/memory-store.ts';
import { LineFileWriter } from '../../src/storage/files/line-file.ts';

const RECORDS = 1_000_000;
const BATCH = 10_000;
const WORDS = 60;
/** Every so many records, one is nearly the same as the one before. */
const NEAR_EVERY = 50;

/** Records of made-up words: a question and an answer of some 200 characters each. */
function lines(first: number): Uint8Array {
  const texts = Array.from({ length: BATCH }, (_, i) => {
    const near = (first + i) % NEAR_EVERY === 0 ? 1 : 0;
    let seed = Math.imul(first + i - near + 1, 0x9e3779b1);
    const words = Array.from({ length: WORDS }, () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return (seed >>> 12).toString(36);
    });
    if (near === 1) words[WORDS - 1] = String(first + i);
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

export async function main(args: readonly string[]): Promise<number> {
  const records = Number(args[0] ?? RECORDS);
  const signatures = new Uint8Array(records * SIGNATURE_BYTES);
  const writer = await LineFileWriter.create(memoryStore(), 'records.jsonl', 'index.bin');
  let [importing, signing, used, bytes] = [0, 0, 0, 0];
  const stream = new SignatureStream((chunk) => {
    signatures.set(chunk, used);
    used += chunk.length;
    return Promise.resolve();
  });
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
  await writer.close();
  const begin = worked();
  const before = process.memoryUsage().arrayBuffers;
  const first = groupNearDuplicates(signatures);
  const grouping = worked() - begin;
  const near = first.reduce((sum, root, index) => sum + (root === index ? 0 : 1), 0);
  const megabytes = (value: number): string => `${(value / 1e6).toFixed(1)} MB`;
  console.log(
    [
      `${records} records, ${megabytes(bytes)}`,
      `read and written as an import does: ${(importing / 1000).toFixed(1)} s`,
      `signed: ${(signing / 1000).toFixed(1)} s, grouped: ${(grouping / 1000).toFixed(1)} s: ${(((signing + grouping) / importing) * 100).toFixed(0)} % of that`,
      `signatures ${megabytes(signatures.length)}, while grouping ${megabytes(process.memoryUsage().arrayBuffers - before)} more`,
      `near-duplicates found: ${near} of ${records / NEAR_EVERY}`,
    ].join('\n'),
  );
  return 0;
}
