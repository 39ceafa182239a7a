/** The studio: rail, top bar and one page at a time. */
import { lazy, Suspense, useEffect } from 'react';
import { Toaster } from 'sonner';
import { Redirect, Route, Router, Switch, useLocation } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { useLanguage } from '../../studio/language.ts';
import { useTheme } from '../../studio/theme.ts';
import { Loading } from '../shared/EmptyState.tsx';
import { loadFaultWords, useFaultWords } from '../shared/faults/error-text.ts';
import { TooltipProvider } from '../shared/controls/Tooltip.tsx';
import { Tour } from '../tour/Tour.tsx';
import { DropZone } from './DropZone.tsx';
import { Notices } from './Notices.tsx';
import { PageFault } from './PageFault.tsx';
import { Rail } from './Rail.tsx';
import { TopBar } from './TopBar.tsx';
import { identifiersPath, judgePath, settingsPath, steps, type StepPath } from './steps.ts';
import { shellText } from './text.ts';
import styles from './App.module.css';

const pages = {
  '/data': lazy(() => import('../data/DataPage.tsx')),
  '/model': lazy(() => import('../model/ModelPage.tsx')),
  '/train': lazy(() => import('../train/TrainPage.tsx')),
  '/experts': lazy(() => import('../experts/ExpertsPage.tsx')),
  '/evaluate': lazy(() => import('../evaluate/EvaluatePage.tsx')),
  '/chat': lazy(() => import('../chat/ChatPage.tsx')),
  '/export': lazy(() => import('../export/ExportPage.tsx')),
} as const satisfies Record<StepPath, unknown>;

/** Never translated. */
const product = 'MedCare Studio'; // words: a name

const JudgePage = lazy(() => import('../judge/JudgePage.tsx'));
const IdentifiersPage = lazy(() => import('../data/identifiers/IdentifiersPage.tsx'));
const SettingsPage = lazy(() => import('../settings/SettingsPage.tsx'));

/** The studio: rail, top bar and one page at a time. */
export function App() {
  // Words are looked up while drawing: when they change, everything is drawn again and stays as it was set.
  const language = useLanguage((state) => state.shown);
  useFaultWords(({ of }) => of);
  useEffect(() => {
    void loadFaultWords();
  }, [language]);
  return (
    <Router hook={useHashLocation}>
      <TooltipProvider>
        <Shell />
      </TooltipProvider>
    </Router>
  );
}

function Shell() {
  const theme = useTheme((state) => state.shown);
  const t = shellText();
  return (
    <div className={styles.shell}>
      <a
        className={styles.skip}
        href="#main"
        onClick={(event) => {
          // The hash is the route; the jump is made by hand.
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {t.skip}
      </a>
      <Rail />
      <TopBar />
      <main className={styles.shellMain} id="main" tabIndex={-1}>
        <Notices />
        <CurrentPage />
      </main>
      <DropZone />
      <Tour />
      <Toaster theme={theme} position="bottom-right" closeButton />
    </div>
  );
}

function pageName(location: string): string | undefined {
  const { names, settings, judge, identifiers } = shellText();
  const step = steps.find(({ path }) => path === location);
  const beside = {
    [settingsPath]: settings,
    [judgePath]: judge,
    [identifiersPath]: identifiers,
  }[location];
  return beside ?? (step && names[step.path]);
}

function CurrentPage() {
  const [location] = useLocation();
  const name = pageName(location);
  useEffect(() => {
    document.title = name === undefined ? product : `${name} · ${product}`;
  }, [name]);
  useEffect(() => {
    document.getElementById('main')?.scrollTo({ top: 0 });
  }, [location]);
  return (
    <PageFault key={location}>
      <Suspense fallback={<Loading what={shellText().page} height={320} />}>
        <Switch>
          {steps.map(({ path }) => (
            <Route key={path} path={path} component={pages[path]} />
          ))}
          <Route path={settingsPath} component={SettingsPage} />
          <Route path={judgePath} component={JudgePage} />
          <Route path={identifiersPath} component={IdentifiersPage} />
          <Route>
            <Redirect to="/data" replace />
          </Route>
        </Switch>
      </Suspense>
    </PageFault>
  );
}
