/** Reads the records of a set once for all that they are compared by: their signatures, and the questions they hold. */
import type { OverlapFinder } from '../../engine/evaluation/trust/question-overlap.ts';
import { RecordTokens } from '../../engine/evaluation/trust/record-tokens.ts';
import { SIGNATURE_BYTES, SignatureStream } from '../../engine/evaluation/trust/signatures.ts';
import type { Message, QuestionsLooked } from '../../contract/data.ts';
import { signaturesPath } from '../../storage/data-sets.ts';
import type { FileWriter } from '../../storage/files/file-store.ts';
import type { Storage } from '../../storage/storage.ts';
import type { KnownQuestions } from '../evaluation/known-questions.ts';
import type { RowTaker } from './stored-rows.ts';

/** Signs records one after the other; what all records of a set share says nothing of one of them. */
export class RecordSigner {
  /** Of all records so far, in their order, where their set is at its end. */
  readonly signatures: Uint8Array;
  readonly #tokens = new RecordTokens();
  #written = 0;
  #set = this.#begin();

  constructor(records: number) {
    this.signatures = new Uint8Array(records * SIGNATURE_BYTES);
  }

  #begin(): SignatureStream {
    return new SignatureStream((bytes) => {
      this.signatures.set(bytes, this.#written);
      this.#written += bytes.length;
      return Promise.resolve();
    });
  }

  async add(messages: readonly Message[]): Promise<void> {
    this.#tokens.read(messages);
    await this.#set.add(this.#tokens.said);
  }

  /** Ends a set; further records are another's. */
  async end(): Promise<void> {
    await this.#set.end();
    this.#set = this.#begin();
  }
}

/** What is made of the records of a set. */
export interface Sought {
  /** Whether they are signed; the signatures are kept beside them. */
  readonly sign: boolean;
  /** Null: no questions are looked for. */
  readonly questions: KnownQuestions | null;
}

export class SetSearch implements RowTaker<QuestionsLooked | null> {
  readonly #tokens = new RecordTokens();
  readonly #writer: FileWriter | null;
  readonly #stream: SignatureStream | null;
  readonly #questions: KnownQuestions | null;
  readonly #finder: OverlapFinder | null;

  private constructor(writer: FileWriter | null, questions: KnownQuestions | null) {
    this.#writer = writer;
    this.#stream = writer && new SignatureStream((bytes) => writer.write(bytes));
    this.#questions = questions;
    this.#finder = questions?.finder() ?? null;
  }

  static async begin(
    { files }: Pick<Storage, 'files'>,
    id: string,
    { sign, questions }: Sought,
  ): Promise<SetSearch> {
    const writer = sign ? await files.create(signaturesPath(id)) : null;
    return new SetSearch(writer, questions);
  }

  /** @returns what to wait for, if anything @throws StudioError `storage-full`, `storage-failed` */
  add({ messages }: { readonly messages: readonly Message[] }): Promise<void> | null {
    this.#tokens.read(messages);
    this.#finder?.see(this.#tokens);
    return this.#stream?.add(this.#tokens.said) ?? null;
  }

  async finish(): Promise<QuestionsLooked | null> {
    await this.#stream?.end();
    await this.#writer?.close();
    return this.#questions?.found ?? null;
  }

  async abort(): Promise<void> {
    await this.#writer?.abort();
  }
}
