/**
 * The self-test of a device: every kernel that a plan uses is first run on a case with known results. Where one
 * is wrong, the device goes on with plainer kernels; where those are wrong too, it computes nothing.
 */
import { fault, StudioError } from '../../faults/fault.ts';
import type { Gpu, Vetting } from '../gpu/device.ts';
import type { DeviceTraits, KernelCall } from '../gpu/kernel.ts';
import type { PlanSpec } from '../gpu/recorder.ts';
import type { KernelCase } from '../kernels/kernel-case.ts';
import { classOf, type KernelSizes } from '../kernels/kernel-classes.ts';
import { callsOf, caseError, expectedOf, isRight, onDevice } from './case-check.ts';
import { checkOf } from './kernel-checks.ts';
import {
  plainerMode,
  sameMode,
  traitsIn,
  type KernelMode,
  type SelfTestReport,
} from '../gpu/kernel-mode.ts';
import { withSeenSubgroups } from './subgroup-probe.ts';

/** What a self-test found so far. */
export interface SelfTestState {
  readonly mode: KernelMode;
  /** Pipelines that gave right results, by shader, form and constants, and the mode. */
  readonly right: readonly string[];
  /** Kernels that gave wrong results in any mode. */
  readonly wrong: readonly string[];
}

export const nothingTested: SelfTestState = { mode: 'full', right: [], wrong: [] };

/** A kernel to be tested. */
interface Item {
  /** Its pipelines. */
  readonly key: string;
  /** Its name for people. */
  readonly name: string;
  readonly computation: KernelCase;
  readonly variant: string;
  /** The traits that its case is recorded for: those with which it is cut, where the plan's call is a part. */
  readonly traits: DeviceTraits;
}

/** Kernels that a fault names. */
const mostNames = 4;

export class SelfTest implements Vetting {
  readonly #onChange: (state: SelfTestState) => void;
  readonly #right: Set<string>;
  readonly #wrong: Set<string>;
  /** Tests that have begun, by key. */
  readonly #tests = new Map<string, Promise<boolean>>();
  /** Items by the request or call that they stand for. */
  readonly #items = new Map<string, Item | null>();
  #mode: KernelMode;

  /** @param state as an earlier test of the same device and kernels left it */
  constructor(
    state: SelfTestState = nothingTested,
    onChange: (state: SelfTestState) => void = () => undefined,
  ) {
    this.#mode = state.mode;
    this.#right = new Set(state.right);
    this.#wrong = new Set(state.wrong);
    this.#onChange = onChange;
  }

  get state(): SelfTestState {
    return { mode: this.#mode, right: [...this.#right], wrong: [...this.#wrong] };
  }

  get report(): SelfTestReport {
    return { mode: this.#mode, right: this.#right.size, wrong: [...this.#wrong] };
  }

  /** The device for plans of the kernels that are in use. */
  view(gpu: Gpu): Gpu {
    const seen = gpu.withVetting(this);
    return this.#mode === 'full' ? seen : seen.withTraits(traitsIn(this.#mode, gpu.traits));
  }

  /**
   * Does work on the device; where a kernel turns out to be wrong, again with plainer ones.
   * @throws StudioError `kernels-wrong` where the plainest are wrong; else what `work` throws
   */
  async use<T>(gpu: Gpu, work: (gpu: Gpu) => Promise<T>): Promise<T> {
    for (;;) {
      const mode = this.#mode;
      try {
        return await work(this.view(gpu));
      } catch (error) {
        const isWrong = error instanceof StudioError && error.code === 'kernels-wrong';
        // Where the mode is as before, there is nothing plainer to try.
        if (!isWrong || this.#mode === mode) throw error;
      }
    }
  }

  /** Plainer kernels from now on, unless the device already uses plainer ones than these traits. */
  #goPlainer(traits: DeviceTraits): void {
    if (!sameMode(traitsIn(this.#mode, traits), traits)) return;
    this.#mode = plainerMode(this.#mode, traits) ?? this.#mode;
    this.#onChange(this.state);
  }

  /** @throws StudioError `kernels-wrong`; the device's fault; `gpu-out-of-memory` */
  async vet(gpu: Gpu, plan: PlanSpec): Promise<void> {
    const known = this.#right.size;
    const items = this.#itemsOf(gpu, plan);
    const found = await Promise.all(items.map((item) => this.#test(gpu, item)));
    const wrong = items.filter((_, place) => found[place] !== true);
    if (this.#right.size > known) this.#onChange(this.state);
    if (wrong.length === 0) return;
    this.#goPlainer(gpu.traits);
    const names = [...new Set(wrong.map(({ name }) => name))];
    const kernels = names.slice(0, mostNames).join(', ');
    throw fault('kernels-wrong', { kernels, count: names.length });
  }

  #itemsOf(gpu: Gpu, { commands }: PlanSpec): Item[] {
    const found = new Map<string, Item>();
    for (const command of commands) {
      if (command.kind !== 'dispatch') continue;
      const item = this.#itemOf(gpu, command.call);
      if (item) found.set(item.key, item);
    }
    return [...found.values()];
  }

  /** The item that a call stands for; null for the later calls of a computation of several. */
  #itemOf(gpu: Gpu, call: KernelCall): Item | null {
    const of = requestOf(call, gpu.traits);
    if (!of) return null;
    const { variant, traits } = of;
    const place = `${JSON.stringify(of.place)} ${modeKey(traits)}`;
    const known = this.#items.get(place);
    if (known !== undefined) return known;
    const computation = of.make();
    const calls = callsOf(traits, (r) => computation.record(r, variant));
    const names = calls.map(({ kernel, constants = {} }) => `${kernel.name} ${textOf(constants)}`);
    const parts = call.share === undefined ? '' : ' in parts';
    const key = `${[...new Set(names)].join(' + ')} ${modeKey(traits)}${parts}`;
    const item = { key, name: call.kernel.name, computation, variant, traits };
    this.#items.set(place, item);
    return item;
  }

  #test(gpu: Gpu, item: Item): Promise<boolean> {
    if (this.#right.has(item.key)) return Promise.resolve(true);
    const begun = this.#tests.get(item.key);
    if (begun) return begun;
    const test = this.#run(gpu.withVetting(null), item);
    this.#tests.set(item.key, test);
    // A device that failed says nothing about its kernels: they are tested again.
    test.catch(() => this.#tests.delete(item.key));
    return test;
  }

  async #run(gpu: Gpu, { key, name, computation, variant, traits }: Item): Promise<boolean> {
    let right = false;
    try {
      right = await onDevice(gpu, computation, async () => {
        const expected = await expectedOf(gpu, computation);
        const recorded = gpu.withTraits(traits);
        const error = await caseError(recorded, computation, variant, { expected, runs: 1 });
        return isRight(error, computation);
      });
    } catch (error) {
      gpu.check();
      if (error instanceof StudioError && error.code === 'gpu-out-of-memory') throw error;
      // A kernel that the device refuses is none that it can use.
    }
    if (right) this.#right.add(key);
    else this.#wrong.add(name);
    return right;
  }
}

/** How a call's computation is made, for a case recorded for these traits. */
interface CaseRequest {
  readonly place: object;
  readonly variant: string;
  readonly traits: DeviceTraits;
  readonly make: () => KernelCase;
}

/** Into how many dispatches, at least, the case of a part is cut. */
const partsOfCase = 3;

/** The case that a call stands for; null where no case begins with it. */
function requestOf(call: KernelCall, traits: DeviceTraits): CaseRequest | null {
  const { kernel, request, constants = {}, share } = call;
  if (request) {
    // Only chooseVariant makes requests, with sizes of this type.
    const sizes = request.sizes as unknown as KernelSizes;
    const of = classOf(sizes);
    const checked = of.checkSizes(sizes);
    const { variant } = request;
    const cut = share !== undefined;
    return {
      place: { checked, variant, cut },
      variant,
      traits: cut ? { ...traits, dispatchWork: of.work(checked) / partsOfCase } : traits,
      make: () => of.knownCase(checked),
    };
  }
  const found = checkOf(kernel);
  if (!found) return null;
  const { check, form } = found;
  const place = { kernel: kernel.name, constants };
  return { place, variant: '', traits, make: () => check.caseOf({ form, constants, traits }) };
}

/** What of the traits, beside form and constants, a kernel's arrangement depends on. */
const modeKey = ({ software, subgroups, f16 }: DeviceTraits): string =>
  [software && 'software', subgroups && 'subgroups', f16 && 'f16'].filter(Boolean).join(' ');

const textOf = (constants: Readonly<Record<string, number>>): string =>
  Object.entries(constants)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

/**
 * The device with its subgroups as a shader sees them, and with a self-test of every kernel before a plan uses it.
 * @throws StudioError the device's fault
 */
export async function withSelfTest(gpu: Gpu, test: SelfTest): Promise<Gpu> {
  return (await withSeenSubgroups(gpu)).withVetting(test);
}

/** Does work on a device; where it is tested, as `SelfTest.use`. */
export function onTested<T>(gpu: Gpu, work: (gpu: Gpu) => Promise<T>): Promise<T> {
  const { vetting } = gpu;
  return vetting instanceof SelfTest ? vetting.use(gpu, work) : work(gpu);
}
