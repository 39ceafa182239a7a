/** The words with which a cue of a name in small letters begins (rules/names/names-en-small.ts). */
const FIRST_WORDS =
  `patient pt client resident name full username user caller child parent guardian mother father nok next gp dr doctor
  nurse seen attending surgeon consultant author signed contact emergency carer my his her whose maiden first last mr mrs ms miss prof
  dtr dau hubby baby wife husband mum mom dad son daughter sister brother partner gf bf girlfriend boyfriend fiance fiancee aunt uncle
  niece nephew cousin grandson granddaughter grandmother grandfather friend neighbor neighbour caregiver key keyworker advocate pastor
  interpreter maid hub rn hca roommate registered closed opened logged entered booked reviewed done sent given taken checked typed
  witnessed accompanied reported referred examined assessed completed updated verified approved dictated drawn escorted brought called
  requested refer spoke report handed handover talked assigned lives married call letter here scene in lvs came d discussed regards thanks
  cheers ta for did does ask asked told tell saw see bed rm room`.split(/\s+/);

const LETTERS = 5;
const LONGEST = 31;

/** Words by their first two letters and their length: few others share them with a cue. */
const CUES = new Uint8Array(1 << (2 * LETTERS + LETTERS));

const slot = (first: number, second: number, length: number): number =>
  ((first & 31) << (2 * LETTERS)) | ((second & 31) << LETTERS) | Math.min(length, LONGEST);

for (const word of FIRST_WORDS) {
  const [first, second] = [word.charCodeAt(0), word.length > 1 ? word.charCodeAt(1) : 0];
  CUES[slot(first, second, word.length)] = 1;
  // "bed3a:" is one word.
  if (/^(?:bed|rm|room)$/.test(word))
    for (let more = 1; more <= 4; more += 1) CUES[slot(first, second, word.length + more)] = 1;
}

/** Whether a cue may begin with the word at a place. */
export const mayCue = (text: string, start: number, end: number): boolean =>
  CUES[
    slot(text.charCodeAt(start), end - start > 1 ? text.charCodeAt(start + 1) : 0, end - start)
  ] === 1;
