/** Chooses English, Chinese or the system's language: the browser's own select behind an icon. */
import { Languages } from 'lucide-react';
import {
  languageNames,
  useLanguage,
  type Language,
  type LanguageChoice,
} from '../../studio/language.ts';
import { barText } from './text.ts';
import styles from './LanguageSwitch.module.css';

const languages = Object.keys(languageNames) as Language[];

/** English, Chinese or what the system says: the browser's own select behind an icon. */
export function LanguageSwitch() {
  const { choice, shown, choose } = useLanguage();
  const t = barText();
  return (
    <span className={styles.language}>
      <Languages size={16} aria-hidden />
      <span aria-hidden>{languageNames[shown]}</span>
      <select
        aria-label={t.language}
        title={t.language}
        value={choice}
        onChange={(event) => choose(event.target.value as LanguageChoice)}
      >
        <option value="system">{t.systemLanguage}</option>
        {languages.map((language) => (
          <option key={language} value={language} lang={language}>
            {languageNames[language]}
          </option>
        ))}
      </select>
    </span>
  );
}
