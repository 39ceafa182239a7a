/** What pages offer to choose for data: its kind, and what to do with the reasoning in it. */
export {
  DATA_KINDS as dataKinds,
  REASONING_USES as reasoningUses,
} from '../../formats/records/record-types.ts';
