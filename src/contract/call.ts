/** Declares calls and events: a schema for what comes in, a type for what goes out. */
import { z } from 'zod';
import type { KeptCode } from '../faults/catalogue.ts';
import type { CodesOf, Listed } from './faults.ts';

/** A call of the page. The worker checks its arguments at arrival; its result is only typed. */
export interface Call<
  In extends z.ZodType = z.ZodType,
  Out = unknown,
  Fails extends Listed = Listed,
> {
  readonly takes: In;
  /** The faults with which it may end, beside those of any call (faults.ts). */
  readonly fails: readonly Fails[];
  /** What stays whole when the device fails during the call; null for a call that does not use the device. */
  readonly kept: KeptCode | null;
  /** Never present: it carries the type. */
  readonly gives?: Out;
}

/** An event of the worker. The page checks the fields that it reads first. */
export interface Event<Said = unknown> {
  readonly head: z.ZodType;
  /** Never present: it carries the type. */
  readonly says?: Said;
}

class CallBuilder<In extends z.ZodType, Fails extends Listed = never> {
  readonly #call: Call<In, unknown, Fails>;

  constructor(call: Call<In, unknown, Fails>) {
    this.#call = call;
  }

  /** It may end with these, given by their codes or as all faults of an area. */
  fails<More extends Listed>(...more: readonly More[]): CallBuilder<In, Fails | More> {
    return new CallBuilder({ ...this.#call, fails: [...this.#call.fails, ...more] });
  }

  /** It uses the device. @param kept what stays whole when the device fails during the call */
  onDevice(kept: KeptCode): CallBuilder<In, Fails | 'device'> {
    return new CallBuilder({ ...this.#call, fails: [...this.#call.fails, 'device'], kept });
  }

  gives<Out>(): Call<In, Out, Fails> {
    return this.#call as Call<In, Out, Fails>;
  }
}

/** A call that takes exactly these fields. */
export function takes<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): CallBuilder<z.ZodObject<Shape, z.core.$strict>> {
  return takesOne(z.strictObject(shape));
}

/** A call whose arguments this schema describes. */
export function takesOne<In extends z.ZodType>(schema: In): CallBuilder<In> {
  return new CallBuilder<In>({ takes: schema, fails: [], kept: null });
}

/** An event that says `Said`. `head` names fields of it, so that a message of another shape is noticed. */
export function says<Said>(): {
  head: <Head extends z.core.$ZodLooseShape>(
    head: Said extends z.output<z.ZodObject<Head>> ? Head : never,
  ) => Event<Said>;
} {
  return { head: (head) => ({ head: z.object(head) }) };
}

/** The types of a table of calls, by kind. */
export type CallTypes<Table> = {
  readonly [K in keyof Table]: Table[K] extends Call<infer In, infer Out, infer Fails>
    ? { readonly in: z.output<In>; readonly out: Out; readonly fails: CodesOf<Fails> }
    : never;
};

/** The types of a table of events, by kind. */
export type EventTypes<Table> = {
  readonly [K in keyof Table]: Table[K] extends Event<infer Said>
    ? { readonly type: K } & Said
    : never;
}[keyof Table];
