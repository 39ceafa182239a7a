/** Generation by several contestants in turns: one prompt, greedy, the same number of tokens. */
import { spreadOf, type Spread } from '../../measure.ts';
import { countCommands, type CommandCount } from '../count-commands.ts';
import { reasonOf } from '../race.ts';

export interface Generated {
  readonly ids: readonly number[];
  /** From the call to the first token in JavaScript. */
  readonly millisecondsToFirst: number;
  readonly milliseconds: number;
}

export interface Writer {
  generate(prompt: Uint32Array, tokens: number): Promise<Generated>;
  release(): void | Promise<void>;
  readonly dispatchesPerToken?: number;
}

export interface WriterContestant {
  readonly name: string;
  readonly note?: string;
  /** Whether its ids are compared with ours; a library that takes text alone has ids of its own. */
  readonly compared?: boolean;
  prepare(): Promise<Writer>;
}

export interface WriterResult {
  readonly name: string;
  readonly note: string | null;
  readonly millisecondsToFirst: Spread | null;
  /** After the first. */
  readonly tokensPerSecond: Spread | null;
  /** Ids that agree with ours, which is all of them where it is timed; null where they cannot be compared. */
  readonly agreeing: number | null;
  readonly tokens: number;
  readonly dispatchesPerToken: number | null;
  /** Of the whole generation, prompt included. */
  readonly commands: CommandCount | null;
  readonly failure: string | null;
}

export interface GenerationResult {
  readonly model: string;
  readonly parameters: number;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly rounds: number;
  /** Bytes that decoding one token reads at least: all weights but the embedding table, and the cache. */
  readonly bytesPerToken: number;
  readonly contestants: readonly WriterResult[];
}

interface Ready {
  readonly contestant: WriterContestant;
  readonly writer: Writer;
  readonly agreeing: number | null;
  readonly commands: CommandCount | null;
  readonly first: number[];
  readonly rate: number[];
  tokens: number;
}

export async function contest(
  contestants: readonly WriterContestant[],
  prompt: Uint32Array,
  tokens: number,
  rounds: number,
  log: (line: string) => void,
): Promise<WriterResult[]> {
  const ready: Ready[] = [];
  const failed: WriterResult[] = [];
  let expected: readonly number[] | null = null;
  try {
    for (const contestant of contestants) {
      const { name, note = null, compared = true } = contestant;
      let writer: Writer | null = null;
      try {
        writer = await contestant.prepare();
        const prepared = writer;
        // The first finds everything cold, the second is counted and compared.
        await prepared.generate(prompt, 2);
        let generated: Generated | null = null;
        const commands = await countCommands(async () => {
          generated = await prepared.generate(prompt, tokens);
        });
        const ids: readonly number[] = (generated as Generated | null)?.ids ?? [];
        expected ??= ids;
        const wanted = expected;
        const differing = ids.findIndex((id, index) => id !== wanted[index]);
        const agreeing = compared ? (differing < 0 ? ids.length : differing) : null;
        if (agreeing !== null && agreeing < tokens) {
          throw new Error(`wrong: agrees in the first ${agreeing} of ${tokens} tokens`);
        }
        ready.push({ contestant, writer, agreeing, commands, first: [], rate: [], tokens: 0 });
      } catch (error) {
        await writer?.release();
        const failure = reasonOf(error);
        log(`    ${name}: ${failure}`);
        const times = { millisecondsToFirst: null, tokensPerSecond: null, agreeing: null };
        const counts = { tokens: 0, dispatchesPerToken: null, commands: null };
        failed.push({ name, note, ...times, ...counts, failure });
      }
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const one of ready) {
        const { ids, milliseconds, millisecondsToFirst } = await one.writer.generate(
          prompt,
          tokens,
        );
        one.tokens = ids.length;
        one.first.push(millisecondsToFirst);
        one.rate.push((1000 * (ids.length - 1)) / (milliseconds - millisecondsToFirst));
      }
    }
    const timed = ready.map((one): WriterResult => {
      const { contestant, writer, agreeing, commands, first, rate, tokens: written } = one;
      const result: WriterResult = {
        name: contestant.name,
        note: contestant.note ?? null,
        millisecondsToFirst: spreadOf(first),
        tokensPerSecond: spreadOf(rate),
        agreeing,
        tokens: written,
        dispatchesPerToken: writer.dispatchesPerToken ?? null,
        commands,
        failure: null,
      };
      log(
        `    ${result.name.padEnd(24)} ${spreadOf(rate).median.toFixed(1)} tokens/s, ` +
          `${spreadOf(first).median.toFixed(0)} ms to the first`,
      );
      return result;
    });
    return [...timed, ...failed];
  } finally {
    for (const { writer } of ready) await writer.release();
  }
}
