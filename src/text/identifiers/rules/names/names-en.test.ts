/** English names that nothing but their place tells, and words of the same form that are none. */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadLists, type Lists } from '../../lists.ts';
import { namesIn } from '../../testing/found.ts';

let lists: Lists;
beforeAll(async () => {
  lists = await loadLists();
});

const names = (text: string): string[] => namesIn(text, lists);

describe('English names by where they stand', () => {
  it.each([
    // A listed name within a sentence, and one that begins it and acts.
    ['Plan agreed, then Okonkwo left for theatre.', ['Okonkwo']],
    ['No further chest pain. Abernathy to increase the dose on Friday.', ['Abernathy']],
    ["The bill was late. Castellanos's visit was coded wrongly.", ['Castellanos']],
    ['Left no message. Siobhan from the study team phoned back.', ['Siobhan']],
    ['1) Kowalczyk lap chole 2) next patient', ['Kowalczyk']],
    ['Accepting Siddiqui @ theatre', ['Siddiqui']],
    ['Secure message to Petrovic 05-DEC-2023: please see', ['Petrovic']],
    // Names of two syllables, first letters of surnames, initials before surnames.
    ['Daughter Hui Min Koh will collect him', ['Hui Min Koh']],
    ['Relieved by Balwinder S @ 0715', ['Balwinder S']],
    ['Reviewed by V. Bishop today', ['V. Bishop']],
    ['Dressing changed, no ooze. G.W.K. 08:20', ['G.W.K.']],
    ['The grafts were done by one of us (O.P.M.).', ['O.P.M.']],
    // Surnames first.
    ['Osei, Kwabena (00057960) came alone', ['Osei, Kwabena']],
    ['MÜLLER, Rajesh    MRN B077986', ['MÜLLER, Rajesh']],
    ['Staff nurse: Rukmini, Jaswinder. Dressing on Monday', ['Rukmini', 'Jaswinder']],
    // What somebody is stays outside.
    ['Guarantor Luca Castellanos; account closed', ['Luca Castellanos']],
    ['Garda Stallard attended.', ['Stallard']],
    ['At distance. Nurse Rasmussen to revisit', ['Rasmussen']],
    // Small letters.
    ['can you chase the echo for alistair haddow pls', ['alistair haddow']],
    ['also did ludmila leave the probe', ['ludmila']],
    ['ICP 11 to 14. chiamaka (wife) slept in the chair', ['chiamaka']],
    ["What's your last name? Arcuri", ['Arcuri']],
  ])('%s', (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it.each([
    'ANESTHESIA: General endotracheal. PROCEDURE PERFORMED: Tonsillectomy and adenoidectomy.',
    "According to Frankel's behavior rating scale he cooperates.",
    'Signs of Beare-Stevenson cutis gyrata syndrome.',
    'Cut with Westcott scissors. A Joseph elevator was used.',
    'Followed by Mastisol. She was given a prescription for Darvocet.',
    'Fluoroscopy was brought in. Bill code 95810. Price of the kit is 12.',
    'Interviews with English-speaking patients. Von-willebrand factor is low.',
    'Tai Chi twice a week. Hepatitis C, vitamin D and C spine.',
    'CC: SOB. Advice: TMT, FBS.',
    'A. Steiner analysis\nB. Barnum\nC. Fischer exact test',
    'Seen at 7 P.M. in the U.S.A.',
  ])('nobody: %s', (text) => {
    expect(names(text)).toEqual([]);
  });
});
