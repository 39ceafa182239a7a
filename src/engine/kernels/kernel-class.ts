/**
 * A kernel class: one computation that has several kernels, called its variants. One object beside its wrapper
 * describes all of it: its name, its work, which variants a device can run, and how the tuner checks and
 * times them.
 */
import type { DeviceTraits, KernelRequest } from '../gpu/kernel.ts';
import type { KernelCase } from './kernel-case.ts';

/** The kind of fact in a part of a class's name; Settings has words for each. */
export type Measure = 'weights' | 'rows' | 'columns' | 'sums' | 'alignment' | 'heads' | 'cache';

/** Rows and columns of a result, with the length of its sums; or rows of attention, over a cache or not. */
export type ClassShape =
  | {
      readonly rows: number;
      readonly columns: number;
      readonly inner?: number | undefined;
    }
  | {
      readonly rows: number;
      readonly capacity?: number | undefined;
      readonly heads: number;
      /** Heads of keys and values. */
      readonly groups: number;
      readonly headSize: number;
    };

/** A part of a class's name. */
export interface NamePart<S> {
  /** Null where the part means nothing to people. */
  readonly measure: Measure | null;
  of(sizes: S): string | number;
  /** Sizes up to one of these bounds share a class, as do all sizes beyond the last bound. */
  readonly bounds?: readonly number[];
}

/** `V`: the names of its variants. Names of kinds, parts and variants are stored with tunings and runs. */
export interface KernelClass<S extends { readonly kind: string }, V extends string = string> {
  readonly kind: S['kind'];
  /** The rest of a class's name after its kind: points separate parts, dashes separate values inside one part. */
  readonly name: readonly (readonly NamePart<S>[])[];
  /** The shaders of its variants, by their names (shaders.ts): a tuning holds for exactly these. */
  readonly shaders: readonly string[];
  /** Multiplications, roughly. */
  work(sizes: S): number;
  /** Every variant that a device can run for these sizes, the default first. */
  variants(traits: DeviceTraits, sizes: S): readonly V[];
  /** Whether a variant other than the default may be the fastest; where absent, all may. */
  isWorthTiming?(sizes: S, variant: V): boolean;
  /** The sizes that tell how much there is to compute, for people to read. */
  shape(sizes: S): ClassShape;
  /** Elements of the largest operand. */
  largestOperand(sizes: S): number;
  /**
   * Small sizes with remainders in every direction, which the same pipelines compute: float64 loops check them
   * in milliseconds.
   */
  checkSizes(sizes: S): S;
  /** Sizes with about half the work, the best first; none where nothing can be halved. */
  halved(sizes: S): readonly S[];
  /** The computation on made-up values, exactly of these sizes, with its float64 reference. */
  knownCase(sizes: S): KernelCase<V>;
}

/** The smallest bound that holds a size; `x` beyond the last. */
function bucket(size: number, bounds: readonly number[]): string {
  return String(bounds.find((limit) => size <= limit) ?? 'x');
}

/** The name under which a table of choices holds the variant for these sizes. */
export function className<S extends { readonly kind: string }>(
  of: KernelClass<S>,
  sizes: S,
): string {
  const textOf = (part: NamePart<S>): string => {
    const value = part.of(sizes);
    return part.bounds && typeof value === 'number' ? bucket(value, part.bounds) : String(value);
  };
  return [of.kind, ...of.name.map((parts) => parts.map(textOf).join('-'))].join('.');
}

/** What a class's name says about its sizes: `≤ 64`, `> 512`, `q4_0`. */
export interface SizeWord {
  readonly measure: Measure;
  readonly value: string;
}

/** The rest of a name after the kind, part by part. */
export function sizeWords<S extends { readonly kind: string }>(
  { name }: KernelClass<S>,
  parts: readonly string[],
): SizeWord[] {
  return name.flatMap((places, index) => {
    const text = parts[index] ?? '';
    // Dashes separate only where there are several parts: `f16-native` is one.
    const values = places.length > 1 ? text.split('-') : [text];
    return places.flatMap(({ measure, bounds }, place): SizeWord[] => {
      const value = values[place] ?? '';
      if (measure === null) return [];
      if (!bounds) return [{ measure, value }];
      return [{ measure, value: value === 'x' ? `> ${bounds.at(-1)}` : `≤ ${value}` }];
    });
  });
}

/** A form for CPU adapters, where it exists, and one for GPUs. */
export function twoVariants<C extends string, G extends string>(
  { software }: DeviceTraits,
  cpu: { readonly variant: C; readonly exists: boolean },
  gpu: G,
): readonly (C | G)[] {
  if (!cpu.exists) return [gpu];
  return software ? [cpu.variant, gpu] : [gpu, cpu.variant];
}

/** The runnable variants that may be the fastest; the default first. */
export function candidateVariants<S extends { readonly kind: string }, V extends string>(
  of: KernelClass<S, V>,
  traits: DeviceTraits,
  sizes: S,
): readonly V[] {
  const [standard, ...others] = of.variants(traits, sizes);
  if (standard === undefined) return [];
  return [standard, ...others.filter((variant) => of.isWorthTiming?.(sizes, variant) ?? true)];
}

/**
 * The variant for these sizes, and its report in a dispatch: the requested variant, else the choice in the
 * device's table where it can run there, else the default. A plan is recorded with the table in its device's
 * traits, so that a plan recorded without a device follows it too.
 */
export function chooseVariant<S extends { readonly kind: string }, V extends string>(
  of: KernelClass<S, V>,
  traits: DeviceTraits,
  sizes: S,
  asked?: V,
): { readonly variant: V; readonly request: KernelRequest } {
  const kernelClass = className(of, sizes);
  const runnable = of.variants(traits, sizes);
  const wanted = traits.choices?.[kernelClass];
  const variant = asked ?? runnable.find((each) => each === wanted) ?? runnable[0];
  if (variant === undefined) throw new RangeError(`No kernel for ${kernelClass}`);
  return { variant, request: { kernelClass, variant, work: of.work(sizes), sizes: { ...sizes } } };
}
