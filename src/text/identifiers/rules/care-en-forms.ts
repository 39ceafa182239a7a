/** English places of care by a form of their own: known names, names whose kind stands first, saints alone. */
import type { Found } from '../kinds.ts';

/** Hospitals that are known by one or two words, without the word hospital. */
const KNOWN =
  /\b(?:Mayo Clinic|Cleveland Clinic|Mount Sinai|Mt\.? Sinai|Johns Hopkins|Mass(?:achusetts)? General|MGH|Cedars[- ]Sinai|MD Anderson|Sloan[- ]Kettering|Kaiser Permanente|Beth Israel(?: Deaconess)?|NewYork-Presbyterian|Brigham and Women's|Bellevue|Bart's|Addenbrooke's(?! ?(?:\d|[:=]|[Cc]og|[Ee]xam|score))|Great Ormond Street|Papworth|Moorfields)\b/g;

/** "of The Willows at Dunmore": where somebody lives who needs care. */
const HOME_AT =
  /(?<=\b(?:of|at|from|to|in) )The \p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)? at (?:St\.? )?\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)?/gu;

/** Places of care whose kind stands first: Hôpital Saint-Aubert, Clínica Santa Rosa. */
const ABROAD =
  /(?<!\p{L})(?:H[ôo]pital|Clinique|Cl[íi]nica|Ospedale|Klinik(?:um)?|Krankenhaus|Ziekenhuis|CHU|Centre [Hh]ospitalier|Institut[eo]?(?= (?:Sainte?|San|Santa|Santo|São)[ -])|Hospital(?= (?:de|del|San|Santa|Santo|São|General de|Universitario)\b))(?: (?:Universitario|General|Regional|Infantil|universitaire|régional))?(?: (?:de la|de los|des|de|du|del|della|di|do|da|le|la))?(?: ?(?:d'|l')| )\p{Lu}[\p{L}'-]+(?: (?:de |la |del )?\p{Lu}[\p{L}'-]+){0,2}/gu;

const SAINT = /(?<![\p{L}\d])(?:St\.? \p{Lu}\p{L}+(?:'s|(?<=s)')|Our Lady's)(?![\p{L}-])/gu;
const SENT =
  /(?:admi(?:tted|ssion)|transfer(?:red)?|tfr(?:'d)?|discharged?|d\/c(?:'d)?|dc'd|refer(?:red|ral)|seen|reviewed|surgery|operation|scan|MRI|CT|clinic|appt|appointment|bed|ward|ITU|ICU|A&E|ED|team|registrar|consultant|delivered|born|inpatient|stay|back|taken|sent|moved|repatriated|accepted|labs?|bloods|records|notes|letter)(?:,? [a-z]+)? (?:at|to|from|in|by|via|under) $/i;
/** Streets, churches and schools bear the names of saints as well. */
const NO_CARE =
  /^ (?:Street|St\b|Road|Rd\b|Avenue|Ave\b|Lane|Close|Court|Place|Square|Terrace|Way|Drive|[Cc]hurch|[Ss]chool|[Pp]arish|[Cc]ollege|[Cc]athedral|[Pp]rimary|[Dd]ay\b|wort|fire|dance)/;

/** "transferred to St Thomas'": a saint alone is a hospital where patients are sent. */
function saints(text: string, put: (start: number, name: string) => void): void {
  for (const { 0: name, index } of text.matchAll(SAINT)) {
    const end = index + name.length;
    if (
      SENT.test(text.slice(Math.max(0, index - 40), index)) &&
      !NO_CARE.test(text.slice(end, end + 12))
    )
      put(index, name);
  }
}

export function findCareForms(text: string, found: Found): void {
  const put = (reason: 'form' | 'list') => (start: number, name: string) =>
    found({
      start,
      end: start + name.length,
      kind: 'HOSPITAL',
      reason,
      certainty: reason === 'form' ? 'sure' : 'likely',
    });
  const all = (pattern: RegExp, reason: 'form' | 'list'): void => {
    for (const { 0: name, index } of text.matchAll(pattern)) put(reason)(index, name);
  };
  if (text.includes(' The ')) all(HOME_AT, 'form');
  if (
    /H[ôo]pital |Hospital (?:de|San|Gen|Univ)|Clini(?:que|ca) |Cl[íi]nica |Ospedale |Klinik(?:um)? |Krankenhaus |CHU |Ziekenhuis |Centre [Hh]osp|Institut[eo]? S/.test(
      text,
    )
  )
    all(ABROAD, 'form');
  if (/St\.? |Our Lady/.test(text)) saints(text, put('list'));
  if (
    /Clinic|Sinai|Hopkins|MGH|General|Anderson|Kettering|Kaiser|Israel|Presbyterian|Brigham|Bellevue|Bart's|Addenbrooke|Ormond|Papworth|Moorfields/.test(
      text,
    )
  )
    all(KNOWN, 'list');
}
