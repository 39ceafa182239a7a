/** How the outputs of two models differ over the same texts. */
export interface LogitDifference {
  /** Tokens whose next-token logits were compared. */
  readonly tokens: number;
  /** Mean −log p of every token but the first of each text, in nats: of the reference and of the other. */
  readonly ownNll: number;
  readonly nll: number;
  /** ‖logits − own‖ / ‖own‖ over all tokens. */
  readonly relativeL2: number;
  /** Mean KL(own ‖ other) of the next-token distributions, in nats. */
  readonly divergence: number;
  /** Share of tokens after which both would choose the same next token. */
  readonly greedyAgreement: number;
}

/** Adds up the differences text by text, in double precision. */
export class LogitComparison {
  readonly #vocabulary: number;
  #tokens = 0;
  #predicted = 0;
  #ownNll = 0;
  #nll = 0;
  #largest = 0;
  #error = 0;
  #norm = 0;
  #divergence = 0;
  #agreed = 0;

  constructor(vocabulary: number) {
    this.#vocabulary = vocabulary;
  }

  /** @param own logits of the reference, [tokens, vocabulary]; `other` in the same shape */
  add(ids: Uint32Array, own: Float32Array, other: Float32Array): void {
    const size = this.#vocabulary;
    for (let t = 0; t < ids.length; t += 1) {
      const ownRow = own.subarray(t * size, (t + 1) * size);
      const row = other.subarray(t * size, (t + 1) * size);
      this.#addRow(ownRow, row, ids[t + 1]);
    }
  }

  #addRow(own: Float32Array, other: Float32Array, next: number | undefined): void {
    const a = logSumExp(own);
    const b = logSumExp(other);
    for (let i = 0; i < own.length; i += 1) {
      const x = own[i] ?? Number.NaN;
      const y = other[i] ?? Number.NaN;
      // Math.max keeps a NaN.
      this.#largest = Math.max(this.#largest, Math.abs(y - x));
      this.#error += (y - x) * (y - x);
      this.#norm += x * x;
      const logP = x - a.value;
      this.#divergence += Math.exp(logP) * (logP - (y - b.value));
    }
    this.#tokens += 1;
    if (a.largest === b.largest) this.#agreed += 1;
    if (next === undefined) return;
    this.#predicted += 1;
    this.#ownNll += a.value - (own[next] ?? Number.NaN);
    this.#nll += b.value - (other[next] ?? Number.NaN);
  }

  /** Largest |logit − own| over all tokens; NaN where one is no number. */
  get largest(): number {
    return this.#largest;
  }

  get result(): LogitDifference {
    return {
      tokens: this.#tokens,
      ownNll: this.#ownNll / this.#predicted,
      nll: this.#nll / this.#predicted,
      relativeL2: Math.sqrt(this.#error / this.#norm),
      divergence: this.#divergence / this.#tokens,
      greedyAgreement: this.#agreed / this.#tokens,
    };
  }
}

/** log Σ exp, and the index of the largest element. */
function logSumExp(row: Float32Array): { value: number; largest: number } {
  let largest = 0;
  for (let i = 1; i < row.length; i += 1) {
    if ((row[i] ?? Number.NaN) > (row[largest] ?? Number.NaN)) largest = i;
  }
  const top = row[largest] ?? Number.NaN;
  let sum = 0;
  for (const value of row) sum += Math.exp(value - top);
  return { value: top + Math.log(sum), largest };
}
