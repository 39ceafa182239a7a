import { Upload } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import { useLocation } from 'wouter';
import { useArchives } from '../../studio/exports/archives.ts';
import { useDataSets } from '../../studio/data/data-sets.ts';
import { filesOf, sortDropped } from '../../studio/data/drop.ts';
import { useEvaluation } from '../../studio/evaluation/evaluation.ts';
import { useModels } from '../../studio/models/models.ts';
import { dropText } from './text.ts';
import styles from './DropZone.module.css';

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

/** Takes files dropped anywhere: records become data sets, a model's folder a model, an archive a run. */
export function DropZone() {
  const [over, setOver] = useState(false);
  const [location, navigate] = useLocation();

  useEffect(() => {
    // Entering a child leaves its parent: only the count says whether the pointer is still inside.
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth += 1;
      setOver(true);
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer || !carriesFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      void take(event.dataTransfer, location, navigate);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', hover);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', hover);
      window.removeEventListener('drop', drop);
    };
  }, [location, navigate]);

  if (!over) return null;
  const t = dropText();
  return (
    <div className={styles.dropZone} aria-hidden>
      <div className={styles.box}>
        <Upload size={28} />
        <strong>{location === '/evaluate' ? t.evaluation : t.import}</strong>
        <span>{location === '/evaluate' ? t.evaluationShape : t.importShape}</span>
      </div>
    </div>
  );
}

async function take(
  transfer: DataTransfer,
  location: string,
  navigate: (to: string) => void,
): Promise<void> {
  let files;
  try {
    files = await filesOf(transfer);
  } catch (thrown) {
    toast.error(dropText().unreadable, {
      description: thrown instanceof Error ? thrown.message : String(thrown),
    });
    return;
  }
  const dropped = sortDropped(files);
  if (dropped.kind === 'nothing') {
    toast.error(dropText().nothing, {
      description: dropText().takes,
    });
  } else if (dropped.kind === 'run') {
    navigate('/export');
    await useArchives.getState().open(dropped.file);
  } else if (dropped.kind === 'model') {
    navigate('/model');
    await useModels.getState().importFolder(dropped.files, dropped.name);
    return;
  }
  if (dropped.kind === 'data' && dropped.others.length > 0) {
    toast.warning(dropText().notTaken(dropped.others), { description: dropText().takes });
  }
  if (dropped.kind !== 'data') return;
  if (location === '/evaluate') {
    useEvaluation.getState().addFiles(dropped.files);
  } else {
    navigate('/data');
    await useDataSets.getState().importFiles(dropped.files);
  }
}
