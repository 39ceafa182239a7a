/** Each word that a cue may begin with is known to the scan, which tells where cues are tried. */
import { beforeAll, expect, it } from 'vitest';
import { loadLists, type Lists } from '../../lists.ts';
import { namesIn } from '../../testing/found.ts';

let lists: Lists;
beforeAll(async () => {
  lists = await loadLists();
});

const CUES =
  `patient:, pt:, client:, resident:, name:, full name:, patient name:, username:, caller:, child:, parent:, guardian:,
  mother:, father:, nok:, next of kin:, gp:, dr:, doctor:, nurse:, seen by:, attending:, surgeon:, consultant:, author:, signed:,
  contact:, emergency contact:, carer:, user:, my name is, his name is, her name was, whose name is, maiden name was, first name is,
  last name is, mr, mrs., ms, miss, prof, dtr, dau, hubby, baby, wife, husband, mum, mom, dad, son, daughter, sister, brother, partner,
  gf, bf, girlfriend, boyfriend, fiance, fiancee, aunt, uncle, niece, nephew, cousin, grandson, granddaughter, grandmother, grandfather,
  friend, neighbor, neighbour, caregiver, key worker, keyworker, advocate, pastor, interpreter, maid, hub, rn, hca, roommate, bed 3:,
  bed12a:, rm 4:, room 5b:, registered by, closed by, opened by, logged by, entered by, booked by, reviewed by, done by, sent by,
  given by, taken by, checked by, typed by, witnessed by, accompanied by, reported by, referred by, examined by, assessed by,
  completed by, updated by, verified by, approved by, dictated by, drawn by, escorted by, brought in by, called by, requested by,
  refer to, spoke to, report to, handed over to, handover to, talked with, assigned to, lives with, married to, call to, letter to,
  here with, scene with, in with, lvs with, came with, d/w, discussed with, regards, thanks, cheers, ta, for, did, does, ask, asked,
  told, tell, saw, see`
    .split(',')
    .map((cue) => cue.trim());

it.each(CUES)('a small name after "%s"', (cue) => {
  expect(namesIn(`At noon, ${cue} ludmila haddow, today`, lists)).toContain('ludmila haddow');
  expect(namesIn(`x\n\n${cue.toUpperCase()} ludmila haddow, today`, lists)).toContain(
    'ludmila haddow',
  );
});
