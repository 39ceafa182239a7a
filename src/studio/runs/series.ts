/**
 * Columns of numbers that grow and are drawn at every step. The cost of drawing depends on the points drawn and
 * the new values, however long the column is.
 */

/** Numbers that grow by doubling, so that appending copies them only a few times. */
export class Column {
  #values = new Float64Array(256);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  get length(): number {
    return this.#length;
  }

  /** The values so far, as a view; the next push may move them to another array. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}

/** Lowest and highest of every `size` finite values in a row, as indices into all values. */
interface Level {
  readonly size: number;
  readonly lowest: number[];
  readonly highest: number[];
}

/** A curve that is smoothed as it grows. */
interface Smoothed {
  readonly weight: number;
  readonly column: Column;
  average: number;
  correction: number;
}

/** A column that is drawn: sampled without losing a spike, and smoothed. */
export class Series extends Column {
  /** Indices of the finite values, ascending. */
  readonly #finite: number[] = [];
  /** Stretches of 2, 4, 8 … finite values; the last level has one stretch. Made when first asked for. */
  #levels: Level[] | null = null;
  #smoothed: Smoothed | null = null;

  override push(value: number): void {
    super.push(value);
    if (!Number.isFinite(value)) return;
    this.#finite.push(this.length - 1);
    if (this.#levels) this.#enter(this.#levels, this.#finite.length - 1);
  }

  override truncate(length: number): void {
    super.truncate(length);
    while ((this.#finite.at(-1) ?? -1) >= length) this.#finite.pop();
    // Going back is rare; everything for drawing is computed again.
    this.#levels = null;
    this.#smoothed = null;
  }

  /**
   * Indices to draw so that no spike is lost: the first and the last finite value, and the lowest and the
   * highest of each of equally long stretches. Ascending, at most `maxPoints` (≥ 4) of them; all finite
   * values when they are few enough. Values that are not finite are left out. Stretches begin at fixed places,
   * so that points already drawn stay where they are while the series grows.
   */
  sample(maxPoints: number): number[] {
    const finite = this.#finite;
    if (finite.length <= maxPoints) return [...finite];
    const levels = (this.#levels ??= this.#build());
    const level = levels.find(({ lowest }) => 2 * lowest.length + 2 <= maxPoints);
    if (!level) return [];
    const chosen = [finite[0] ?? 0];
    const add = (index: number): void => {
      if (index > (chosen.at(-1) ?? -1)) chosen.push(index);
    };
    level.lowest.forEach((low, stretch) => {
      const high = level.highest[stretch] ?? low;
      add(Math.min(low, high));
      add(Math.max(low, high));
    });
    add(finite.at(-1) ?? 0);
    return chosen;
  }

  #build(): Level[] {
    const levels: Level[] = [{ size: 2, lowest: [], highest: [] }];
    for (let at = 0; at < this.#finite.length; at += 1) this.#enter(levels, at);
    return levels;
  }

  /** Enters the finite value at `at` into the stretches that it belongs to. */
  #enter(levels: Level[], at: number): void {
    const { values } = this;
    const index = this.#finite[at] ?? 0;
    const value = values[index] ?? 0;
    for (const { size, lowest, highest } of levels) {
      const stretch = Math.floor(at / size);
      const low = lowest[stretch];
      const high = highest[stretch];
      if (low === undefined || value < (values[low] ?? 0)) lowest[stretch] = index;
      if (high === undefined || value > (values[high] ?? 0)) highest[stretch] = index;
    }
    const top = levels.at(-1);
    if (top?.lowest.length !== 2) return;
    // The top level has grown beyond one stretch: a level whose stretch holds both goes above it.
    const [lowA = 0, lowB = 0] = top.lowest;
    const [highA = 0, highB = 0] = top.highest;
    levels.push({
      size: top.size * 2,
      lowest: [(values[lowB] ?? 0) < (values[lowA] ?? 0) ? lowB : lowA],
      highest: [(values[highB] ?? 0) > (values[highA] ?? 0) ? highB : highA],
    });
  }

  /**
   * Exponential moving average with the start corrected, so that the first values are not pulled to zero.
   * It begins again at each index in `restarts` (the stages do not bleed into each other); values that are
   * not finite leave it where it was.
   *
   * @param weight share of the past, 0 (no smoothing) up to below 1
   */
  smoothed(weight: number, restarts: readonly number[] = []): Float64Array {
    let known = this.#smoothed;
    if (known?.weight !== weight) {
      known = { weight, column: new Column(), average: 0, correction: 0 };
      this.#smoothed = known;
    }
    const { column } = known;
    const { values } = this;
    for (let index = column.length; index < values.length; index += 1) {
      if (restarts.includes(index)) {
        known.average = 0;
        known.correction = 0;
      }
      const value = values[index] ?? Number.NaN;
      if (Number.isFinite(value)) {
        known.average = weight * known.average + (1 - weight) * value;
        known.correction = weight * known.correction + (1 - weight);
      }
      column.push(known.correction > 0 ? known.average / known.correction : Number.NaN);
    }
    return column.values;
  }
}
