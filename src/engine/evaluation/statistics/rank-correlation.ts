/** Spearman's rank correlation with ties, and how sure it is: by permutation, or for many values by its interval. */

export interface RankCorrelation {
  /** Number of pairs of values. */
  readonly count: number;
  /** Spearman's ρ; null where all values of one side are equal, or there are fewer than three pairs. */
  readonly rho: number | null;
  /** Two-sided: the share of orders of one side that reach this |ρ|. Null where ρ is null. */
  readonly p: number | null;
  /** Whether every order was tried or only a sample. */
  readonly method: 'exact' | 'permutation';
  /** Number of orders that were tried. */
  readonly orders: number;
}

/** Up to this many values, every order is tried: 8! = 40,320. */
const mostExact = 8;
const sampledOrders = 20_000;

/** Ranks from 1; equal values share the mean of their ranks. */
export function meanRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index);
  order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = values.map(() => 0);
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[first] ?? 0]) end += 1;
    for (let i = first; i < end; i += 1) ranks[order[i] ?? 0] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

/** Values minus their mean. */
function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/**
 * ρ = Pearson's correlation of the ranks. p is the share of orders of y in which |ρ| is at least as large: of all
 * orders up to 8 values, else of 20,000 drawn with a fixed seed, including the observed order.
 * @throws RangeError when the sides differ in length
 */
export function spearman(x: readonly number[], y: readonly number[]): RankCorrelation {
  if (x.length !== y.length) throw new RangeError(`${x.length} values against ${y.length}`);
  const count = x.length;
  const method = count <= mostExact ? 'exact' : 'permutation';
  const a = centred(meanRanks(x));
  const b = centred(meanRanks(y));
  const scale = Math.sqrt(dot(a, a) * dot(b, b));
  if (count < 3 || scale === 0) return { count, rho: null, p: null, method, orders: 0 };
  const observed = dot(a, b);
  // Sums of the same terms in another order differ in their last digits.
  const reached = Math.abs(observed) - 1e-9 * scale;
  let orders = 0;
  let extreme = 0;
  const visit = (order: readonly number[]): void => {
    orders += 1;
    if (Math.abs(dot(a, order)) >= reached) extreme += 1;
  };
  if (method === 'exact') eachOrder([...b], visit);
  else {
    const order = [...b];
    for (let draw = 0; draw < sampledOrders; draw += 1) {
      shuffle(order, draw);
      visit(order);
    }
    visit(b);
  }
  const rho = Math.max(-1, Math.min(1, observed / scale));
  return { count, rho, p: extreme / orders, method, orders };
}

/** Spearman's ρ of many values, with an interval of 95 %. */
export interface RankInterval {
  readonly rho: number;
  readonly low: number;
  readonly high: number;
}

/** Fewer values have no interval. */
const fewestForInterval = 10;

/**
 * ρ with an interval by Fisher's z, whose error is √((1 + ρ²/2) / (n − 3)) (Bonett and Wright, Psychometrika 65, 2000).
 * Null of fewer than ten values, or where all values of one side are equal.
 * @throws RangeError when the sides differ in length
 */
export function rankCorrelation(x: readonly number[], y: readonly number[]): RankInterval | null {
  if (x.length !== y.length) throw new RangeError(`${x.length} values against ${y.length}`);
  const [a, b] = [centred(meanRanks(x)), centred(meanRanks(y))];
  const scale = Math.sqrt(dot(a, a) * dot(b, b));
  if (x.length < fewestForInterval || !(scale > 0)) return null;
  const rho = Math.max(-1, Math.min(1, dot(a, b) / scale));
  const reach = 1.96 * Math.sqrt((1 + rho ** 2 / 2) / (x.length - 3));
  return { rho, low: Math.tanh(Math.atanh(rho) - reach), high: Math.tanh(Math.atanh(rho) + reach) };
}

/** Heap's algorithm: visits every order of `values`, and leaves them in a different order. */
function eachOrder(values: number[], visit: (order: readonly number[]) => void): void {
  const counters = values.map(() => 0);
  visit(values);
  for (let i = 1; i < values.length;) {
    const counter = counters[i] ?? 0;
    if (counter < i) {
      swap(values, i % 2 === 0 ? 0 : counter, i);
      visit(values);
      counters[i] = counter + 1;
      i = 1;
    } else {
      counters[i] = 0;
      i += 1;
    }
  }
}

function swap(values: number[], i: number, j: number): void {
  const value = values[i] ?? 0;
  values[i] = values[j] ?? 0;
  values[j] = value;
}

/** Fisher–Yates shuffle with numbers that depend only on the draw: the same shuffles everywhere. */
function shuffle(values: number[], draw: number): void {
  for (let i = values.length - 1; i > 0; i -= 1) {
    swap(values, i, Math.floor(fraction(draw, i) * (i + 1)));
  }
}

/** 0 … 1 from two counters, by rounds of multiplying and folding (an integer hash of 32 bits). */
function fraction(draw: number, index: number): number {
  let word = Math.imul(draw + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca77);
  for (const factor of [0x7feb352d, 0x846ca68b]) {
    word = Math.imul(word ^ (word >>> 16), factor);
    word ^= word >>> 15;
  }
  return (word >>> 0) / 2 ** 32;
}
