/** A search of rows under way, with its progress, or the fault that ended it. */
import { ErrorNotice } from '../../shared/Notice.tsx';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { dataText } from '../text.ts';
import type { SearchState } from './use-search.ts';
import listStyles from '../list.module.css';

export function SearchStatus({ search: { task, error, clear } }: { readonly search: SearchState }) {
  return (
    <>
      {task !== null && (
        <div className={listStyles.searching}>
          <TaskProgress task={task} label={dataText().searching} />
        </div>
      )}
      {error && <ErrorNotice error={error} onDismiss={clear} />}
    </>
  );
}
