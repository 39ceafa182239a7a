/** Chooses the next token on the device, by argmax or by a draw, and moves each row on. */
import { uniformWords } from '../uniforms.ts';
import { shaderKernels } from '../shaders.ts';
import { foldGrid } from '../../gpu/kernel.ts';
import type { PlanRecorder } from '../../gpu/recorder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import { expectInteger, expectTensor, matrixSizes } from '../tensor-check.ts';

const argmaxKernels = shaderKernels('sampling', 'sampling/argmax-rows');
const sampleKernels = shaderKernels('sampling', 'sampling/sample-token');
const advanceKernels = shaderKernels('sampling', 'sampling/advance');

/** Words per row of the sampling settings. */
export const samplingSettingsWords = 8;
/** How many token ids can end a row. */
export const stopTokens = 16;
/** In `positions`: the row has ended. In `stop`: no token. */
export const endedRow = 0xffffffff;

/** How the next token of a row is chosen. */
export interface SamplingSettings {
  /** Below 1e-5, so also at 0, the most likely token is taken. */
  readonly temperature: number;
  /** Keep the most likely tokens that together have this probability; 1 keeps all. */
  readonly topP: number;
  /** Keep this many most likely tokens; 0 keeps all. */
  readonly topK: number;
  /** Above 1 makes tokens of the history less likely; 1 leaves them. */
  readonly repetitionPenalty: number;
  /** u32 */
  readonly seed: number;
}

/** The rows of the settings tensor of `sampleToken`: u32 [B, 8], floats as their bits. */
export function samplingWords(rows: readonly SamplingSettings[]): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(rows.length * samplingSettingsWords);
  const floats = new Float32Array(words.buffer);
  rows.forEach((settings, row) => {
    const first = row * samplingSettingsWords;
    floats[first] = settings.temperature;
    floats[first + 1] = settings.topP;
    floats[first + 2] = settings.repetitionPenalty;
    words[first + 3] = settings.topK;
    words[first + 4] = settings.seed;
  });
  return words;
}

/** The stop tensor of `advance`: u32 [16]. @throws RangeError for more than 16 ids */
export function stopWords(ids: readonly number[]): Uint32Array<ArrayBuffer> {
  expectInteger(ids.length, 'number of stop tokens', 0, stopTokens);
  const words = new Uint32Array(stopTokens).fill(endedRow);
  words.set(ids);
  return words;
}

function workgroupOf(recorder: PlanRecorder, chosen: number | undefined): number {
  return chosen ?? (recorder.traits.software ? 8 : 256);
}

/** `tokens` (u32 [C]) = the most likely token of each row of `logits` [C, V], ties to the lower id. */
export function argmaxRows(
  recorder: PlanRecorder,
  args: { readonly logits: Tensor; readonly tokens: Tensor; readonly workgroup?: number },
): void {
  const { logits, tokens } = args;
  const { rows, columns } = matrixSizes(logits, 'argmaxRows');
  expectTensor(tokens, 'argmaxRows tokens', [rows], 'u32');
  recorder.dispatch({
    kernel: argmaxKernels(),
    bindings: [
      { tensor: logits, access: 'read' },
      { tensor: tokens, access: 'write' },
    ],
    constants: { WORKGROUP: workgroupOf(recorder, args.workgroup) },
    uniforms: uniformWords('sampling/argmax-rows', { rows, vocabulary: columns }),
    grid: foldGrid(rows, recorder.traits.maxWorkgroupsPerDimension),
  });
}

/**
 * Chooses the next token of every row, in transformers' order: repetition penalty over the history,
 * temperature, top-k, top-p, draw.
 *
 * `logits`: [B, V]. `history`: u32 [B, capacity], of which the first `lengths`[b] tokens count.
 * `settings`: u32 [B, 8], see `samplingWords`. `tokens`: u32 [B], the choice. The random number of a
 * draw depends only on the row's seed and the length of its history, so a generation can be repeated.
 */
export function sampleToken(
  recorder: PlanRecorder,
  args: {
    readonly logits: Tensor;
    readonly history: Tensor;
    readonly lengths: Tensor;
    readonly settings: Tensor;
    readonly tokens: Tensor;
    readonly workgroup?: number;
  },
): void {
  const { logits, history, lengths, settings, tokens } = args;
  const { rows, columns } = matrixSizes(logits, 'sampleToken');
  const capacity = matrixSizes(history, 'sampleToken history').columns;
  expectInteger(rows, 'sampleToken rows', 1, recorder.traits.maxWorkgroupsPerDimension);
  expectTensor(history, 'sampleToken history', [rows, capacity], 'u32');
  expectTensor(lengths, 'sampleToken lengths', [rows], 'u32');
  expectTensor(settings, 'sampleToken settings', [rows, samplingSettingsWords], 'u32');
  expectTensor(tokens, 'sampleToken tokens', [rows], 'u32');
  const seenWords = Math.ceil(columns / 32);
  recorder.dispatch({
    kernel: sampleKernels(),
    bindings: [
      { tensor: logits, access: 'read' },
      { tensor: history, access: 'read' },
      { tensor: lengths, access: 'read' },
      { tensor: settings, access: 'read' },
      { tensor: recorder.scratch('seen tokens', [rows, seenWords], 'u32'), access: 'write' },
      { tensor: recorder.scratch('scores', [rows, columns]), access: 'write' },
      { tensor: tokens, access: 'write' },
    ],
    constants: { WORKGROUP: workgroupOf(recorder, args.workgroup) },
    uniforms: uniformWords('sampling/sample-token', {
      rows,
      vocabulary: columns,
      capacity,
      seen_words: seenWords,
    }),
    grid: [rows, 1, 1],
  });
}

/**
 * Moves every row on by its chosen token without the host: decode steps can be queued one after another
 * and read back together. `history` and `lengths` grow by the token; `ids` and `positions` become the
 * next step's input. A row ends, its position becoming `endedRow`, with a token of `stop` or when its
 * history reaches `limits`[b] or the capacity; rows that have ended do not change.
 *
 * All u32: `tokens`, `limits`, `lengths`, `positions`, `ids` [B], `history` [B, capacity], `stop` [16].
 */
export function advance(
  recorder: PlanRecorder,
  args: {
    readonly tokens: Tensor;
    readonly stop: Tensor;
    readonly limits: Tensor;
    readonly history: Tensor;
    readonly lengths: Tensor;
    readonly positions: Tensor;
    readonly ids: Tensor;
  },
): void {
  const { tokens, stop, limits, history, lengths, positions, ids } = args;
  const { rows, columns: capacity } = matrixSizes(history, 'advance history');
  expectTensor(history, 'advance history', [rows, capacity], 'u32');
  expectTensor(stop, 'advance stop', [stopTokens], 'u32');
  for (const [name, tensor] of Object.entries({ tokens, limits, lengths, positions, ids })) {
    expectTensor(tensor, `advance ${name}`, [rows], 'u32');
  }
  recorder.dispatch({
    kernel: advanceKernels(),
    bindings: [
      { tensor: tokens, access: 'read' },
      { tensor: stop, access: 'read' },
      { tensor: limits, access: 'read' },
      { tensor: history, access: 'readwrite' },
      { tensor: lengths, access: 'readwrite' },
      { tensor: positions, access: 'readwrite' },
      { tensor: ids, access: 'readwrite' },
    ],
    uniforms: uniformWords('sampling/advance', { rows, capacity }),
    grid: [Math.ceil(rows / 64), 1, 1],
  });
}
