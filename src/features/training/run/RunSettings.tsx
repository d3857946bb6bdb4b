// Everything that repeats a run: settings with marks for what differs from the preset, engine, versions.
import { Link } from 'react-router';
import { Panel } from '../../../components/Page.tsx';
import { changedFields } from '../../../shared/config/config-file.ts';
import { formatFieldNumber } from '../../../shared/config/field-text.ts';
import { fieldsFor } from '../../../shared/config/fields.ts';
import { PRESET_NAMES } from '../../../shared/config/presets.ts';
import type { RunRecord } from '../../../shared/domain/run.ts';
import { SaveSettings } from '../new/ConfigFile.tsx';
import { formLink } from '../new/draft-address.ts';
import styles from '../Training.module.css';

/** The panel beside the checkpoints. */
export function RunSettings({ run }: { run: RunRecord }) {
  const { config, engine, codeVersion } = run;
  const preset = PRESET_NAMES.find((name) => name === config.preset) ?? 'tiny-demo';
  const changed = changedFields(config, preset);
  return (
    <Panel title="Settings" aside={changed.size === 0 ? `as preset ${preset}` : `${changed.size} differ from preset ${preset}`}>
      <dl className={styles.settings}>
        {fieldsFor(config).map((field) => {
          const value = field.get(config);
          return (
            <div key={field.name} data-changed={changed.has(field.name) || undefined}>
              <dt>{field.name}</dt>
              <dd>{typeof value === 'number' ? formatFieldNumber(value) : String(value)}</dd>
            </div>
          );
        })}
      </dl>
      <p className={styles.muted}>
        {engine ? `Engine ${engine.backend}, ${engine.adapter}, ${engine.threads} threads. ` : ''}App {codeVersion}.
      </p>
      <div className={styles.buttons}>
        <SaveSettings config={config} name={`${run.id}-settings`} />
        <Link to={formLink(run)}>New run with these settings</Link>
      </div>
    </Panel>
  );
}
