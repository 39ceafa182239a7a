/** What to change in this browser, on this system, so that it gives a GPU. */
import { thisBrowser, webGpuAdvice } from '../../../studio/webgpu-advice.ts';
import { webGpuText } from './text.tsx';
import styles from './WebGpuHelp.module.css';

export function WebGpuHelp() {
  const t = webGpuText();
  const browser = thisBrowser();
  return (
    <>
      <p>{t.here(browser)}</p>
      <ul className={styles.list} data-help="webgpu">
        {webGpuAdvice(browser).map((advice) => (
          <li key={advice}>{t.advice[advice]}</li>
        ))}
      </ul>
    </>
  );
}
