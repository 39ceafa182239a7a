/** Shapes of data that many faults share. */

/**
 * What crosses thread boundaries and lies in storage: names and figures, never sentences of our own. A record among
 * them is the data of the fault of a row.
 */
export type FaultData = Readonly<
  Record<
    string,
    string | number | boolean | readonly string[] | Readonly<Record<string, string | number>>
  >
>;

/** A fault whose words need nothing; it is joined with other data, which a type of no keys leaves alone. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- no data is what it says
export type Plain = Readonly<Record<never, never>>;

/** A thing of the studio, by its id. @inline */
export type OfId = { readonly id: string };

/** @inline */
export type OfFile = { readonly file: string };

/** @inline */
export type AtPath = { readonly path: string };

/** @inline */
export type OfKey = { readonly key: string };

/** @inline */
export type OfTensor = { readonly tensor: string };

/** What a browser or a library said, as it said it. @inline */
export type Detail = { readonly detail: string };

/** A fault as it is stored, and as it crosses a worker boundary. */
export interface FaultDescription {
  /** Names the fault for programs: faults are told apart by it, never by their text. */
  readonly code: string;
  /** What happened, one English sentence; the code where nobody speaks yet (spoken.ts). */
  readonly message: string;
  /** What was kept, by its code, or as earlier versions stored it: an English sentence. Empty for nothing at stake. */
  readonly kept: string;
  /** What to do about it, in English. */
  readonly remedy: string;
  /** The figures and names behind the sentences. */
  readonly data: FaultData;
}
