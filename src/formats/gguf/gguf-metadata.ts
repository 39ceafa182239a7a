/** Typed access to the metadata of a GGUF file; its errors name a key that is missing or of the wrong kind. */
import type { GgufObstacle, MetadataType } from '../../faults/catalogue/gguf.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import type { GgufHeader, GgufValue } from './gguf.ts';
import { shorten } from './gguf-cursor.ts';

export class GgufFacts {
  readonly file: string;
  readonly header: GgufHeader;
  readonly #supported: string;

  /** @param known names of the architectures that can be run */
  constructor(file: string, header: GgufHeader, known: readonly string[]) {
    this.file = file;
    this.header = header;
    this.#supported = known.join(', ');
  }

  value(key: string): GgufValue | undefined {
    return this.header.metadata.get(key);
  }

  /** @throws StudioError `gguf-metadata` where the value is of another kind */
  #wrong(key: string, due: MetadataType): StudioError {
    const where = { file: this.file, key: shorten(key) };
    return this.value(key) === undefined
      ? fault('gguf-metadata', { ...where, reason: 'missing' })
      : fault('gguf-metadata', { ...where, reason: 'type', due });
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'string') return value;
    throw this.#wrong(key, 'text');
  }

  flag(key: string): boolean | undefined {
    const value = this.value(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.#wrong(key, 'truth value');
  }

  /** A number; a 32-bit float is given as the shortest decimal that rounds to it. */
  number(key: string): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#wrong(key, 'number');
    return shortestDecimal(value);
  }

  /** A whole number from 1 on; a list that holds one same number for every layer counts as that number. */
  count(key: string): number | undefined {
    const stated = this.value(key);
    const values: readonly (GgufValue | undefined)[] = isList(stated) ? stated : [stated];
    const [value] = values;
    if (values.some((other) => other !== value)) {
      throw this.unsupported({ reason: 'layers-differ', key: shorten(key) });
    }
    if (stated === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
    throw this.#wrong(key, 'count');
  }

  /** As `count`, for values that every model needs. */
  needed(key: string): number {
    const count = this.count(key);
    if (count === undefined) throw this.#wrong(key, 'count');
    return count;
  }

  /** As `number`, for values that every model needs. */
  neededNumber(key: string): number {
    const value = this.number(key);
    if (value === undefined) throw this.#wrong(key, 'number');
    return value;
  }

  texts(key: string): readonly string[] | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (isList(value) && value.every((entry) => typeof entry === 'string')) return value;
    throw this.#wrong(key, 'list of texts');
  }

  numbers(key: string): readonly number[] | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (isList(value) && value.every((entry) => typeof entry === 'number')) return value;
    throw this.#wrong(key, 'list of numbers');
  }

  /** The fault of a file that is valid GGUF but cannot be run. */
  unsupported(obstacle: GgufObstacle): StudioError {
    return fault(
      'gguf-unsupported',
      { file: this.file, supported: this.#supported, ...obstacle },
      { kept: 'models' },
    );
  }
}

function isList(value: GgufValue | undefined): value is readonly GgufValue[] {
  return Array.isArray(value);
}

/** The decimal with the fewest digits that rounds to the same float32; a number that is no float32 stays as it is. */
function shortestDecimal(value: number): number {
  if (Math.fround(value) !== value) return value;
  for (let digits = 1; digits < 9; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === value) return decimal;
  }
  return value;
}
