import { FileUp, X } from 'lucide-react';
import { bundledFiles, useEvaluation } from '../../studio/evaluation.ts';
import { Button, IconButton } from '../shared/Button.tsx';
import { NumberField } from '../shared/Field.tsx';
import { FilePicker } from '../shared/FilePicker.tsx';
import { formatBytes } from '../shared/format.ts';
import { Tag } from '../shared/Tag.tsx';
import { CheckField } from '../shared/Toggle.tsx';

/** Evaluation files: those that come along, and one's own. */
export function FileList() {
  const { chosen, own, maxItems, choose, addFiles, removeFile, setMaxItems } = useEvaluation();
  const all = bundledFiles.every(({ name }) => chosen.includes(name));
  return (
    <div className="evaluate-stack">
      <ul className="evaluate-list">
        {bundledFiles.map(({ name, title, what, kind }) => (
          <li key={name}>
            <CheckField
              label={`${title}: ${what}`}
              checked={chosen.includes(name)}
              onChange={(on) => choose(name, on)}
            />
            <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{kind}</Tag>
          </li>
        ))}
        {own.map((file, index) => (
          <li key={`${index}/${file.name}`}>
            <span className="evaluate-own">
              {file.name} <span className="evaluate-quiet">{formatBytes(file.size)}</span>
            </span>
            <IconButton
              size="small"
              label={`Leave out ${file.name}`}
              icon={<X size={15} aria-hidden />}
              onClick={() => removeFile(file)}
            />
          </li>
        ))}
      </ul>
      <div className="evaluate-row">
        <NumberField
          label="Most questions in all"
          help="Taken in turn from every task; 0 takes them all. Fewer are faster and less exact."
          value={maxItems}
          min={0}
          max={1_000_000}
          integer
          onChange={setMaxItems}
        />
        <div className="ui-actions">
          <Button
            size="small"
            onClick={() => {
              for (const { name } of bundledFiles) choose(name, !all);
            }}
          >
            {all ? 'None of the above' : 'All of the above'}
          </Button>
          <FilePicker
            label="Choose evaluation files"
            accept=".jsonl,.ndjson"
            multiple
            size="small"
            icon={<FileUp size={14} aria-hidden />}
            onFiles={addFiles}
          >
            Add own JSONL
          </FilePicker>
        </div>
      </div>
    </div>
  );
}
