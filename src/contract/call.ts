/** Declares calls and events: a schema for what comes in, a type for what goes out. */
import { z } from 'zod';

/** A call of the page. What it takes is checked where it arrives; what it gives is a type alone. */
export interface Call<In extends z.ZodType = z.ZodType, Out = unknown> {
  readonly takes: In;
  /** Never there: it carries the type. */
  readonly gives?: Out;
}

/** An event of the worker. The page checks the fields that it reads first. */
export interface Event<Said = unknown> {
  readonly head: z.ZodType;
  /** Never there: it carries the type. */
  readonly says?: Said;
}

type CallBuilder<In extends z.ZodType> = { gives: <Out>() => Call<In, Out> };

/** A call that takes exactly these fields. */
export function takes<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): CallBuilder<z.ZodObject<Shape, z.core.$strict>> {
  return takesOne(z.strictObject(shape));
}

/** A call that takes what this schema takes. */
export function takesOne<In extends z.ZodType>(schema: In): CallBuilder<In> {
  return { gives: () => ({ takes: schema }) };
}

/** An event that says `Said`. Its head names fields of it, so that a message of another shape is found out. */
export function says<Said>(): {
  head: <Head extends z.core.$ZodLooseShape>(
    head: Said extends z.output<z.ZodObject<Head>> ? Head : never,
  ) => Event<Said>;
} {
  return { head: (head) => ({ head: z.object(head) }) };
}

/** The types of a table of calls, by kind. */
export type CallTypes<Table> = {
  readonly [K in keyof Table]: Table[K] extends Call<infer In, infer Out>
    ? { readonly in: z.output<In>; readonly out: Out }
    : never;
};

/** What a table of events says, each with its type. */
export type EventTypes<Table> = {
  readonly [K in keyof Table]: Table[K] extends Event<infer Said>
    ? { readonly type: K } & Said
    : never;
}[keyof Table];
