/** What pages choose among of data: its kind, and what becomes of the reasoning in it. */
export {
  DATA_KINDS as dataKinds,
  REASONING_USES as reasoningUses,
} from '../../formats/records/record-types.ts';
