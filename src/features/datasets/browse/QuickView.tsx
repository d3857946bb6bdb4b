import { Button, CloseButton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatBytes, formatFigure, formatHash } from '../../../components/format.ts';
import { LabelMark } from '../../../components/LabelMark.tsx';
import { Reasoning } from '../../../components/Reasoning.tsx';
import type { SampleChecks, SampleRecord } from '../../../shared/domain/sample.ts';
import type { ErrorRecord } from '../../../shared/errors.ts';
import { toErrorRecord, WorkbenchError } from '../../../shared/errors.ts';
import { SamplesStore } from '../../../state/samples.ts';
import { problemTitle } from '../problems.ts';
import styles from './QuickView.module.css';
import { TagsAndNote } from './TagsAndNote.tsx';
import type { SampleEdits } from '../use-sample-edits.ts';

interface Loaded {
  sample: SampleRecord;
  url: string;
}

/** The chosen image large, with everything that is known of it. */
export function QuickView({ sampleId, edits, onClose }: { sampleId: string; edits: SampleEdits; onClose: () => void }) {
  const { loaded, error } = useSample(sampleId);
  return (
    <aside className={styles.view} aria-label="Quick view">
      <header className={styles.head}>
        <h2>{sampleId.slice(sampleId.lastIndexOf('/') + 1)}</h2>
        <CloseButton onClick={onClose} aria-label="Close quick view" />
      </header>
      {error ? <ErrorNotice error={error} /> : null}
      {loaded ? <SampleFacts {...loaded} /> : null}
      {loaded ? <TagsAndNote sampleId={sampleId} edits={edits} /> : null}
    </aside>
  );
}

function SampleFacts({ sample, url }: Loaded) {
  const predicted = SamplesStore.use((state) => state.rows.find(({ id }) => id === sample.id)?.predicted ?? 'none');
  const { datasetId, path, domain, split, label, width, height, format, sizeBytes, annotation, problems, artefacts, checks, sha256 } =
    sample;
  return (
    <>
      <img className={styles.image} src={url} alt={`${path}, ${label ?? 'no label'}`} width={width} height={height} />
      <Button component={Link} to={`/inspect/${encodeURIComponent(datasetId)}/${encodeURIComponent(path)}`} fullWidth>
        Inspect this image
      </Button>
      <dl className={styles.facts}>
        <dt>Label</dt>
        <dd>
          <LabelMark label={label} />
        </dd>
        <dt>Model answer</dt>
        <dd>{predicted === 'none' ? 'not asked yet' : <LabelMark label={predicted} />}</dd>
        <dt>Domain, split</dt>
        <dd>
          {domain || 'none'}, {split}
        </dd>
        <dt>File</dt>
        <dd>
          {width} × {height} {format}, {formatBytes(sizeBytes)}
          {checks ? <TraceWords checks={checks} /> : null}
        </dd>
        <dt>SHA-256</dt>
        <dd>
          <code title={sha256}>{formatHash(sha256)}</code>
        </dd>
        <dt>Path</dt>
        <dd>
          <code>{path}</code>
        </dd>
        {artefacts ? (
          <>
            <dt>Drawn artefacts</dt>
            <dd>
              {artefacts.length === 0 ? 'none' : artefacts.map(({ kind, strength }) => `${kind} ${formatFigure(strength, 2)}`).join(', ')}
            </dd>
          </>
        ) : null}
        {problems.length > 0 ? (
          <>
            <dt>Problems</dt>
            <dd className={styles.problems}>{problems.map((code) => PROBLEM_HINTS[code] ?? problemTitle(code)).join('; ')}</dd>
          </>
        ) : null}
      </dl>
      {annotation ? (
        <section className={styles.text}>
          <h3>Annotation</h3>
          <Reasoning text={annotation.answer} />
          <p className={styles.from}>from {annotation.source}</p>
        </section>
      ) : (
        <p className={styles.from}>No annotation was matched to this image.</p>
      )}
    </>
  );
}

/** Problems whose name alone does not say what they mean for this picture. */
const PROBLEM_HINTS: Readonly<Record<string, string>> = {
  'image-transparent':
    'Partly transparent: shown here over the page, but laid over no colour for the model, which sees the colours stored under the transparency',
  'image-animated': 'An animation: the model sees its first frame alone',
  'image-not-linkable': 'Only a thumbnail is here: the browser does not show files of this name in a linked folder',
};

/** What the checks found in the file. */
function TraceWords({ checks: { hasExif, hasAlpha, jpegQuality, chroma } }: { checks: SampleChecks }) {
  const quality = jpegQuality === null ? [] : [`JPEG quality about ${jpegQuality}`, ...(chroma ? [`chroma ${chroma}`] : [])];
  return <>, {[...quality, hasExif ? 'EXIF' : 'no EXIF', ...(hasAlpha ? ['alpha channel'] : [])].join(', ')}</>;
}

/** Reads record and image; releases the image's URL when it changes. */
function useSample(sampleId: string): { loaded: Loaded | null; error: ErrorRecord | null } {
  const samples = SamplesStore.useApi();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [error, setError] = useState<ErrorRecord | null>(null);
  useEffect(() => {
    let url: string | null = null;
    let current = true;
    const load = async () => {
      const [sample, image] = await Promise.all([samples.getState().readSample(sampleId), samples.getState().readImage(sampleId)]);
      if (!sample)
        throw new WorkbenchError('E-MISSING', `The image "${sampleId}" is not in this browser.`, {
          safe: 'Nothing of yours was changed.',
          remedy: 'Choose another image.',
        });
      if (!current) return;
      url = URL.createObjectURL(image);
      setLoaded({ sample, url });
    };
    load().catch((reason: unknown) => current && setError(toErrorRecord(reason)));
    return () => {
      current = false;
      if (url) URL.revokeObjectURL(url);
    };
  }, [samples, sampleId]);
  return { loaded, error };
}
