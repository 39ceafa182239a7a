/** The fault of one row of a file: it is listed with its line, and the other rows are read all the same. */
import type { RowFaultCode, RowFaultData, RowFaults } from './catalogue/rows.ts';
import type { Plain } from './catalogue/shapes.ts';
import { spoken } from './spoken.ts';
import { rowWords } from './words.ts';

export class RowFault extends Error {
  readonly code: RowFaultCode;
  readonly data: RowFaultData;

  constructor(code: RowFaultCode, data: RowFaultData) {
    super((spoken && rowWords(spoken, code, data)) ?? code);
    this.name = 'RowFault';
    this.code = code;
    this.data = data;
  }
}

/** Data may be left out where a fault needs none. */
type Given<C extends RowFaultCode> = Plain extends RowFaults[C]
  ? [data?: RowFaults[C]]
  : [data: RowFaults[C]];

/** A fault of a row, to be thrown or listed. */
export function rowFault<C extends RowFaultCode>(code: C, ...[data]: Given<C>): RowFault {
  return new RowFault(code, data ?? {});
}
