/** Draws the studio into the page. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { followLanguage } from './studio/language.ts';
import { loadStudio } from './studio/load.ts';
import { followTheme } from './studio/theme.ts';
import { App } from './views/app/App.tsx';

followTheme();
followLanguage();
loadStudio();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
// Nothing of it is needed to draw the page, so it comes when the page has had its time (in ms).
setTimeout(() => void import('./views/app/later.ts').then(({ beginLater }) => beginLater()), 1000);
