import { lazy, Suspense, useEffect } from 'react';
import { Toaster } from 'sonner';
import { Redirect, Route, Router, Switch, useLocation } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { useDataSets } from '../../studio/data-sets.ts';
import { useDevice } from '../../studio/device.ts';
import { useHub } from '../../studio/hub.ts';
import { useModels } from '../../studio/models.ts';
import { useRuns } from '../../studio/runs.ts';
import { useTheme } from '../../studio/theme.ts';
import { Loading } from '../shared/EmptyState.tsx';
import { TooltipProvider } from '../shared/Tooltip.tsx';
import { DropZone } from './DropZone.tsx';
import { Notices } from './Notices.tsx';
import { PageFault } from './PageFault.tsx';
import { Rail } from './Rail.tsx';
import { TopBar } from './TopBar.tsx';
import { steps, type StepPath } from './steps.ts';
import './app.css';

const pages = {
  '/data': lazy(() => import('../data/DataPage.tsx')),
  '/model': lazy(() => import('../model/ModelPage.tsx')),
  '/train': lazy(() => import('../train/TrainPage.tsx')),
  '/experts': lazy(() => import('../experts/ExpertsPage.tsx')),
  '/evaluate': lazy(() => import('../evaluate/EvaluatePage.tsx')),
  '/chat': lazy(() => import('../chat/ChatPage.tsx')),
  '/export': lazy(() => import('../export/ExportPage.tsx')),
} as const satisfies Record<StepPath, unknown>;

/** The studio: rail, top bar and one page at a time. */
export function App() {
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
  useEffect(() => {
    void useDevice.getState().open();
    void useDataSets.getState().load();
    void useModels.getState().load();
    void useHub.getState().load();
    void useRuns.getState().load();
  }, []);
  return (
    <div className="shell">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          // The hash is the route; the jump is made by hand.
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to the page
      </a>
      <Rail />
      <TopBar />
      <main className="shell__main" id="main" tabIndex={-1}>
        <Notices />
        <CurrentPage />
      </main>
      <DropZone />
      <Toaster theme={theme} position="bottom-right" closeButton />
    </div>
  );
}

function CurrentPage() {
  const [location] = useLocation();
  useEffect(() => {
    const step = steps.find(({ path }) => path === location);
    document.title = step ? `${step.name} · MedCare Studio` : 'MedCare Studio';
    document.getElementById('main')?.scrollTo({ top: 0 });
  }, [location]);
  return (
    <PageFault key={location}>
      <Suspense fallback={<Loading what="page" height={320} />}>
        <Switch>
          {steps.map(({ path }) => (
            <Route key={path} path={path} component={pages[path]} />
          ))}
          <Route>
            <Redirect to="/data" replace />
          </Route>
        </Switch>
      </Suspense>
    </PageFault>
  );
}
