/** The list of all kernel classes, looked up by kind for plans, stored tunings and Settings. */
import { attentionBackwardClass } from './attention/attention-backward.ts';
import { attentionForwardClass } from './attention/attention-forward.ts';
import { cachedAttentionClass } from './attention/cached-attention.ts';
import { className, sizeWords, type KernelClass, type SizeWord } from './kernel-class.ts';
import { forwardFloat16Class, forwardProductClass } from './linear/forward-product.ts';
import { forwardGatedClass } from './linear/gated-forward.ts';
import { forwardNormedClass } from './linear/normed-forward.ts';
import { inputFloat16Class, inputGradientClass } from './linear/input-gradient.ts';
import { weightGradientClass } from './linear/weight-gradient.ts';
import { normBackwardClass, normForwardClass } from './norm/norm.ts';

export const kernelClasses = [
  forwardProductClass,
  inputGradientClass,
  weightGradientClass,
  forwardFloat16Class,
  inputFloat16Class,
  forwardNormedClass,
  forwardGatedClass,
  attentionForwardClass,
  attentionBackwardClass,
  cachedAttentionClass,
  normForwardClass,
  normBackwardClass,
] as const;

type AnyClass = (typeof kernelClasses)[number];
/** The sizes of any class, told apart by `kind`. */
export type KernelSizes = AnyClass extends infer C
  ? C extends KernelClass<infer S>
    ? S
    : never
  : never;
export type KernelKind = KernelSizes['kind'];

const byKind = new Map<string, KernelClass<KernelSizes>>(
  kernelClasses.map((each): [string, KernelClass<KernelSizes>] => [each.kind, each]),
);

/** The class of these sizes. */
export function classOf({ kind }: KernelSizes): KernelClass<KernelSizes> {
  const found = byKind.get(kind);
  if (!found) throw new RangeError(`No kernel class is called ${kind}`);
  return found;
}

/** The name under which a table of choices holds the variant for these sizes. */
export function kernelClass(sizes: KernelSizes): string {
  return className(classOf(sizes), sizes);
}

/** What a class's name, possibly from storage, says; null where there is no such class. */
export function describeClass(
  name: string,
): { readonly kind: KernelKind; readonly sizes: readonly SizeWord[] } | null {
  const [kind = '', ...parts] = name.split('.');
  const found = byKind.get(kind);
  return found ? { kind: found.kind, sizes: sizeWords(found, parts) } : null;
}
