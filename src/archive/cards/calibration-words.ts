/** Says in a line how well a model's sureness agrees with how often it is right, for a model card in either language. */
import type { WardLanguage } from '../../contract/exports.ts';
import type { ArchivedCalibration } from '../../contract/run-origin.ts';
import type { CalibrationSays } from '../../engine/evaluation/trust/calibration-report.ts';
import { scoreWords } from './score-words.ts';

const percent = (value: number): string => (value * 100).toFixed(1);

/** Figures of a conclusion, in words. */
interface Found {
  readonly items: number;
  readonly sure: string;
  readonly right: string;
  readonly chance: string;
}

interface Words {
  readonly figures: (ece: string, brier: string, aurc: string) => string;
  readonly says: Readonly<Record<CalibrationSays, (found: Found) => string>>;
}

const words: Readonly<Record<WardLanguage, Words>> = {
  en: {
    figures: (ece, brier, aurc) => `calibration: ECE ${ece}, Brier ${brier}, AURC ${aurc}; `,
    says: {
      few: ({ items }) =>
        `${items} questions are too few to say whether it is as often right as it is sure.`,
      'none-seen': ({ items, chance }) =>
        `${items} questions show no miscalibration (chance alone reaches ${chance}).`,
      'too-sure': ({ sure, right }) => `more often sure (${sure}) than right (${right}).`,
      'too-unsure': ({ sure, right }) => `more often right (${right}) than sure (${sure}).`,
      uneven: () => 'too sure on some questions and too unsure on others.',
    },
  },
  zh: {
    figures: (ece, brier, aurc) => `校准：ECE ${ece}，Brier ${brier}，AURC ${aurc}；`,
    says: {
      few: ({ items }) => `${items} 题太少，无法判断把握与答对是否相符。`,
      'none-seen': ({ items, chance }) => `${items} 题看不出校准偏差（仅凭偶然就可达 ${chance}）。`,
      'too-sure': ({ sure, right }) => `过于自信（把握 ${sure}，答对 ${right}）。`,
      'too-unsure': ({ sure, right }) => `信心不足（把握 ${sure}，答对 ${right}）。`,
      uneven: () => '有些题过于自信，有些题信心不足。',
    },
  },
};

export function calibrationWords(
  language: WardLanguage,
  { items, right, confidence, eceByChance, says, ...figures }: ArchivedCalibration,
): string {
  const { between } = scoreWords[language];
  const figure = ({ value, interval }: ArchivedCalibration['ece']): string =>
    value.toFixed(3) + (interval ? between(interval.low.toFixed(3), interval.high.toFixed(3)) : '');
  const own = words[language];
  const found = {
    items,
    sure: percent(confidence),
    right: percent(right / items),
    chance: eceByChance.toFixed(3),
  };
  const { ece, brier, aurc } = figures;
  return own.figures(figure(ece), figure(brier), figure(aurc)) + own.says[says](found);
}
